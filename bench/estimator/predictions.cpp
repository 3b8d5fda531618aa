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

Errors memory_errors(const std::map<int, std::vector<double>>& sizes, const std::string& function,
                     const std::string& form, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Sample> samples;
  for (const int size : kTrainedSizes) {
    std::vector<double> durations = sizes.at(size);
    std::ranges::shuffle(durations, random);
    for (std::size_t i = 0; i < kTrainedInvocations; ++i)
      samples.push_back(row(function, size, durations[i]));
  }
  const FittedFunction fitted = fit_one(samples, form);
  std::vector<double> errors;
  for (const auto& [size, durations] : sizes) {
    const double predicted = fitted.duration.predict({.memory = MemoryMb{size}}).count() * 1000;
    errors.push_back(std::abs(predicted / mean(durations) - 1));
  }
  return errors_of(errors);
}

// Errors for each configuration of one stage, predicted from all the others.
Errors left_out_errors(const std::vector<Sample>& samples, const std::string& form) {
  const auto load_of = [](const Sample& sample) {
    estimator::InstanceLoad load = sample.load();
    load.instances = sample.instances;
    return load;
  };
  std::map<estimator::InstanceLoad, std::vector<double>> loads;
  for (const Sample& sample : samples) loads[load_of(sample)].push_back(*sample.duration_ms / 1000);
  std::vector<double> errors;
  for (const auto& [left_out, seconds] : loads) {
    std::vector<Sample> rest;
    for (const Sample& sample : samples) {
      if (load_of(sample) != left_out) rest.push_back(sample);
    }
    const double predicted = fit_one(rest, form).duration.predict(left_out).count();
    errors.push_back(std::abs(predicted / mean(seconds) - 1));
  }
  return errors_of(errors);
}

std::map<std::string, std::vector<Sample>> by_stage(const std::filesystem::path& data) {
  std::map<std::string, std::vector<Sample>> result;
  for (StageSample& sample : stage_data(data)) result[sample.stage].push_back(sample.sample);
  return result;
}

std::string percent(const Errors& errors) {
  return fmt::format("{:5.1f} / {:4.1f}", errors.mean * 100, errors.max * 100);
}

}  // namespace

void predict_memory_sizes(const std::filesystem::path& data) {
  std::cout << "\nOne function, 46 memory sizes, from 20 invocations at each of five\n"
               "relative error in %, mean / max over the sizes: median of 20 random draws, and the "
               "worst draw\n"
               "function  Eq. (1)       ours          ours, worst draw\n";
  for (const auto& [function, sizes] : memory_data(data)) {
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> draws;
    for (const std::string form : {"equation1", "auto"}) {
      for (unsigned seed = 1; seed <= kDraws; ++seed) {
        const Errors errors = memory_errors(sizes, function, form, seed);
        draws[form].first.push_back(errors.mean);
        draws[form].second.push_back(errors.max);
      }
    }
    const auto typical = [&](const std::string& form) {
      return percent({median(draws[form].first), median(draws[form].second)});
    };
    const Errors worst = {std::ranges::max(draws["auto"].first),
                          std::ranges::max(draws["auto"].second)};
    std::cout << fmt::format("{:<8}  {}  {}  {}\n", function, typical("equation1"), typical("auto"),
                             percent(worst));
  }
}

void predict_left_out_stages(const std::filesystem::path& data) {
  std::cout << "\nStages of two workflows, each configuration predicted from all others\n"
               "relative error in %, mean / max over the configurations\n"
               "stage                    Eq. (1)       ours          form of all, and its floor\n";
  std::map<std::string, std::vector<double>> means;
  std::map<std::string, int> below;
  for (const auto& [stage, samples] : by_stage(data)) {
    std::string line = fmt::format("{:<23}", stage);
    for (const std::string form : {"equation1", "auto"}) {
      const Errors errors = left_out_errors(samples, form);
      means[form].push_back(errors.mean);
      below[form] += errors.max < 0.10 ? 1 : 0;
      line += "  " + percent(errors);
    }
    const FittedFunction whole = fit_one(samples, "auto");
    std::cout << fmt::format("{}  {} {:.1f}\n", line, whole.duration.name(),
                             whole.report.noise_floor * 100);
  }
  std::cout << fmt::format(
      "mean of stages           {:5.2f}         {:5.2f}\nstages with max < 10 %   {:5}         "
      "{:5}\n",
      mean(means["equation1"]) * 100, mean(means["auto"]) * 100, below["equation1"], below["auto"]);
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
  for (const auto& [function, sizes] : memory_data(data)) {
    std::vector<Sample> samples;
    for (const auto& [size, durations] : sizes)
      for (const double duration : durations) samples.push_back(row(function, size, duration));
    report(function, samples);
  }
  for (const auto& [stage, samples] : by_stage(data)) report(stage, samples);
}

}  // namespace stepconf::bench
