#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iostream>
#include <random>
#include <set>
#include <variant>

#include "bench/estimator/published.h"
#include "stepconf/base/file.h"
#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/step_distribution.h"

namespace stepconf::bench {
namespace {

using estimator::FittedFunction;
using estimator::Sample;

constexpr auto kTrainedSizes = std::to_array<int>({128, 512, 1024, 1792, 3008});
constexpr std::size_t kTrainedInvocations = 20;
constexpr int kDraws = 20;

struct Errors {
  double mean = 0, max = 0;
};

Errors errors_of(const std::vector<double>& values) {
  Errors result;
  for (const double value : values) {
    result.mean += value / static_cast<double>(values.size());
    result.max = std::max(result.max, value);
  }
  return result;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

Sample row(const std::string& function, int memory, double duration_ms) {
  Sample sample;
  sample.function = function;
  sample.memory = MemoryMb{memory};
  sample.duration_ms = duration_ms;
  return sample;
}

FittedFunction fit_one(const std::vector<Sample>& samples, const std::string& form) {
  const auto models = estimator::fit(samples, {.form = form});
  return std::get<FittedFunction>(models.functions.begin()->second);
}

// By memory size, in milliseconds.
using Sizes = std::map<int, std::vector<double>>;

// 20 random invocations at each of five sizes.
Sizes drawn(const Sizes& sizes, unsigned seed) {
  std::mt19937 random(seed);
  Sizes result;
  for (const int size : kTrainedSizes) {
    std::vector<double> durations = sizes.at(size);
    std::ranges::shuffle(durations, random);
    durations.resize(kTrainedInvocations);
    result[size] = std::move(durations);
  }
  return result;
}

template <class Predict>
Errors memory_errors(const Sizes& sizes, const Predict& predicted_ms) {
  std::vector<double> errors;
  for (const auto& [size, durations] : sizes)
    errors.push_back(std::abs(predicted_ms(size) / mean(durations) - 1));
  return errors_of(errors);
}

Errors errors_of_fit(const Sizes& sizes, const Sizes& training, const std::string& form) {
  std::vector<Sample> samples;
  for (const auto& [size, durations] : training) {
    for (const double duration : durations) samples.push_back(row("f", size, duration));
  }
  const FittedFunction fitted = fit_one(samples, form);
  return memory_errors(sizes, [&](int size) {
    return fitted.duration.predict({.memory = MemoryMb{size}}).count() * 1000;
  });
}

// Errors for each configuration of one stage, predicted from all the others.
template <class Predict>
Errors left_out_errors(const Stage& stage, const Predict& predict) {
  std::map<std::pair<int, int>, std::vector<double>> configurations;
  for (const StageRun& run : stage.runs)
    configurations[{run.memory_mb, run.functions}].push_back(run.read_s + run.compute_s +
                                                             run.write_s);
  std::vector<double> errors;
  for (const auto& [left_out, seconds] : configurations) {
    Stage rest{stage.serial, {}};
    for (const StageRun& run : stage.runs) {
      if (std::pair(run.memory_mb, run.functions) != left_out) rest.runs.push_back(run);
    }
    errors.push_back(std::abs(predict(rest, left_out.first, left_out.second) / mean(seconds) - 1));
  }
  return errors_of(errors);
}

std::vector<Sample> samples_of(const std::string& name, const Stage& stage) {
  std::vector<Sample> result;
  for (const StageRun& run : stage.runs) result.push_back(sample_of(name, stage, run));
  return result;
}

// Samples of a function of one thread over the paper's space, with 3 % of noise.
std::vector<Sample> made_up(int count) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> noise(0, 0.03);
  const estimator::ConfigurationSpace space;
  const auto any_of = [&](const std::vector<int>& values) {
    return values[random() % values.size()];
  };
  std::vector<Sample> result;
  for (int i = 0; i < count; ++i) {
    Sample sample = row("f", any_of(space.memory_mb), 0);
    sample.processes = any_of(space.processes);
    sample.jobs = 64 / any_of(space.instances);
    sample.duration_ms =
        (50 + 60 * sample.jobs / estimator::speed_up(sample.load())) * noise(random);
    result.push_back(std::move(sample));
  }
  return result;
}

std::string percent(const Errors& errors) {
  return fmt::format("{:5.1f} / {:4.1f}", errors.mean * 100, errors.max * 100);
}

}  // namespace

void predict_memory_sizes(const std::filesystem::path& data) {
  std::cout << "\nOne function, 46 memory sizes, from 20 invocations at each of five\n"
               "relative error in %, mean / max over the sizes: median of 20 random draws, and our "
               "worst draw\n"
               "function  Parrotfish    Eq. (1)       ours          ours, worst\n";
  for (const auto& [function, sizes] : memory_data(data)) {
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> draws;
    for (unsigned seed = 1; seed <= kDraws; ++seed) {
      const Sizes training = drawn(sizes, seed);
      const auto add = [&](const std::string& name, const Errors& errors) {
        draws[name].first.push_back(errors.mean);
        draws[name].second.push_back(errors.max);
      };
      add("parrotfish", memory_errors(sizes, [&](int size) { return parrotfish(training, size); }));
      for (const std::string form : {"equation1", "auto"})
        add(form, errors_of_fit(sizes, training, form));
    }
    const auto typical = [&](const std::string& name) {
      return percent({median(draws[name].first), median(draws[name].second)});
    };
    const Errors worst = {std::ranges::max(draws["auto"].first),
                          std::ranges::max(draws["auto"].second)};
    std::cout << fmt::format("{:<8}  {}  {}  {}  {}\n", function, typical("parrotfish"),
                             typical("equation1"), typical("auto"), percent(worst));
  }
}

void predict_left_out_stages(const std::filesystem::path& data) {
  std::cout
      << "\nStages of two workflows, each configuration predicted from all others\n"
         "relative error in %, mean / max over the configurations\n"
         "stage                    Jolteon       Eq. (1)       ours          form of all, and "
         "its noise\n";
  std::map<std::string, std::vector<double>> means;
  std::map<std::string, int> below;
  for (const auto& [name, stage] : stage_data(data)) {
    std::string line = fmt::format("{:<23}", name);
    const auto add = [&](const std::string& model, const Errors& errors) {
      means[model].push_back(errors.mean);
      below[model] += errors.max < 0.10 ? 1 : 0;
      line += "  " + percent(errors);
    };
    add("jolteon", left_out_errors(stage, [](const Stage& rest, int memory, int functions) {
          return jolteon(rest.runs, rest.serial, memory, functions);
        }));
    for (const std::string form : {"equation1", "auto"}) {
      add(form, left_out_errors(stage, [&](const Stage& rest, int memory, int functions) {
            const auto fitted = fit_one(samples_of(name, rest), form);
            const Sample asked = sample_of(name, rest, {memory, functions});
            return fitted.duration.predict(asked.load()).count();
          }));
    }
    const FittedFunction whole = fit_one(samples_of(name, stage), "auto");
    std::cout << fmt::format("{}  {} {:.1f}\n", line, whole.duration.name(),
                             whole.report.noise_floor * 100);
  }
  std::cout << fmt::format("{:<23}", "mean of the stages");
  for (const std::string model : {"jolteon", "equation1", "auto"})
    std::cout << fmt::format("  {:5.2f}       ", mean(means[model]) * 100);
  std::cout << fmt::format("\n{:<23}", "stages with max < 10 %");
  for (const std::string model : {"jolteon", "equation1", "auto"})
    std::cout << fmt::format("  {:5}       ", below[model]);
  std::cout << "\n";
}

void check_quantiles(const std::filesystem::path& data) {
  std::cout << "\nHeld-back invocations below the predicted percentiles, in %\n"
               "function  trained on                      held back      p95    p99\n";
  for (const auto& [function, sizes] : memory_data(data)) {
    const auto check = [&](const char* name, auto&& is_trained) {
      std::vector<Sample> samples;
      for (const auto& [size, durations] : sizes) {
        for (std::size_t i = 0; i < durations.size(); ++i) {
          if (is_trained(size, i)) samples.push_back(row(function, size, durations[i]));
        }
      }
      const FittedFunction fitted = fit_one(samples, "auto");
      double below95 = 0, below99 = 0, count = 0;
      for (const auto& [size, durations] : sizes) {
        const estimator::StepDistribution instance(fitted, {.memory = MemoryMb{size}});
        const double p95 = instance.instance_quantile(0.95).count() * 1000;
        const double p99 = instance.instance_quantile(0.99).count() * 1000;
        for (std::size_t i = 0; i < durations.size(); ++i) {
          if (is_trained(size, i)) continue;
          ++count;
          below95 += durations[i] <= p95 ? 1 : 0;
          below99 += durations[i] <= p99 ? 1 : 0;
        }
      }
      std::cout << fmt::format("{:<8}  {:<30}  {:9.0f}  {:7.1f}  {:5.1f}\n", function, name, count,
                               below95 / count * 100, below99 / count * 100);
    };
    check("every other one, all sizes", [](int, std::size_t i) { return i % 2 == 0; });
    check("every fifth one, all sizes", [](int, std::size_t i) { return i % 5 == 0; });
    check("every fifth one at five sizes", [](int size, std::size_t i) {
      return i % 5 == 0 && std::ranges::find(kTrainedSizes, size) != kTrainedSizes.end();
    });
  }
}

void predict_mapping_delays(const std::filesystem::path& data) {
  const auto file = data / "step-functions/map-dispatch.csv";
  const auto table = estimator::parse_csv(read_file(file), file.string());
  std::vector<Sample> samples;
  for (const auto& line : table.rows) {
    const estimator::CsvFields fields(table, line);
    Sample sample = row("map", 512, 1);
    sample.instances = *fields.whole("iterations", 1, 10'000);
    sample.dispatch_ms = *fields.number("delay_p50_ms", 0, 1e9);
    sample.cold = fields.text("start_state") == "cold";
    samples.push_back(std::move(sample));
  }
  const estimator::MappingDelay delay = estimator::fit_mapping_delays(samples).at("map");
  std::map<std::pair<int, bool>, std::vector<double>> errors;
  std::vector<double> all;
  std::map<std::pair<int, bool>, int> position;
  for (const Sample& sample : samples) {
    const std::pair map{sample.instances, sample.cold};
    const double predicted =
        delay.at(++position[map], sample.instances).count() + (sample.cold ? delay.cold_s : 0);
    errors[map].push_back(std::abs(predicted * 1000 / *sample.dispatch_ms - 1));
    all.push_back(errors[map].back());
  }
  std::cout << "\nMapping delay of Step Functions' inline Map, every place of every Map\n"
               "iterations  sandboxes  error in %, mean / max\n";
  for (const auto& [map, values] : errors)
    std::cout << fmt::format("{:>10}  {:<9}  {}\n", map.first, map.second ? "cold" : "warm",
                             percent(errors_of(values)));
  std::cout << fmt::format("all                    {}   (knee at {})\n", percent(errors_of(all)),
                           delay.knee.value_or(0));
}

void time_fits(const std::filesystem::path& data) {
  using Clock = std::chrono::steady_clock;
  std::cout << "\nTime of a fit and of a prediction (median of 9)\n"
               "data                        rows  loads  fit, ms  mean, us  quantile, us\n";
  const auto report = [](const std::string& name, const std::vector<Sample>& samples) {
    std::vector<double> fits, means, tails;
    FittedFunction fitted = fit_one(samples, "auto");
    for (int i = 0; i < 9; ++i) {
      const auto begin = Clock::now();
      fitted = fit_one(samples, "auto");
      fits.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
      constexpr int kTimes = 10'000;
      double sum = 0;
      const auto before_means = Clock::now();
      for (int k = 0; k < kTimes; ++k)
        sum += estimator::StepDistribution(fitted, {MemoryMb{512 + k}, 1, 4, 8}).mean().count();
      const auto before_tails = Clock::now();
      for (int k = 0; k < kTimes; ++k) {
        sum += estimator::StepDistribution(fitted, {MemoryMb{512 + k}, 1, 4, 8})
                   .quantile(0.95)
                   .count();
      }
      const auto end = Clock::now();
      if (!std::isfinite(sum)) std::cout << "a prediction is not finite\n";
      using Micro = std::chrono::duration<double, std::micro>;
      means.push_back(Micro(before_tails - before_means).count() / kTimes);
      tails.push_back(Micro(end - before_tails).count() / kTimes);
    }
    std::cout << fmt::format("{:<26}  {:>4}  {:>5}  {:7.1f}  {:8.2f}  {:12.2f}\n", name,
                             samples.size(), fitted.report.configurations, median(fits),
                             median(means), median(tails));
  };
  report("5,000 samples, made up", made_up(5000));
  for (const auto& [function, sizes] : memory_data(data)) {
    std::vector<Sample> samples;
    for (const auto& [size, durations] : sizes)
      for (const double duration : durations) samples.push_back(row(function, size, duration));
    report(function, samples);
  }
  for (const auto& [name, stage] : stage_data(data)) report(name, samples_of(name, stage));
}

}  // namespace stepconf::bench
