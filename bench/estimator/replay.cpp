#include "bench/estimator/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "stepconf/base/file.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/next_test.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/estimator/test_points.h"

namespace stepconf::bench {
namespace {

using estimator::InstanceLoad;
using estimator::Sample;

constexpr auto kTests = std::to_array<int>({8, 12, 16, 20, 24});
constexpr std::size_t kRepeats = 2;
// As the project of the measurements has it.
constexpr int kJobs = 64;
constexpr int kMostTestJobs = 8;

// What was measured of one function, by load.
using Truth = std::map<InstanceLoad, std::vector<Sample>>;

std::map<std::string, Truth> read_truth(const std::filesystem::path& file) {
  std::map<std::string, Truth> result;
  for (const Sample& sample : estimator::parse_samples(read_file(file), file.string())) {
    if (sample.ok() && !sample.cold) result[sample.function][sample.load()].push_back(sample);
  }
  return result;
}

double mean_seconds(const std::vector<Sample>& samples) {
  double sum = 0;
  for (const Sample& sample : samples)
    sum += *sample.duration_ms / 1000 / static_cast<double>(samples.size());
  return sum;
}

// Mean and greatest relative error over the whole space, in percent.
std::string errors_of(const std::vector<Sample>& samples, const Truth& truth,
                      const std::string& form) {
  const auto models = estimator::fit(samples, {.form = form});
  const auto& fitted = std::get<estimator::FittedFunction>(models.functions.begin()->second);
  double mean = 0;
  double max = 0;
  for (const auto& [load, measured] : truth) {
    const double error =
        std::abs(fitted.duration.predict(load).count() / mean_seconds(measured) - 1);
    mean += error / static_cast<double>(truth.size());
    max = std::max(max, error);
  }
  return fmt::format("{:5.1f} / {:5.1f}", mean * 100, max * 100);
}

using Choose = std::function<std::optional<InstanceLoad>(const std::vector<Sample>&)>;

void replay(const std::string& name, const Truth& truth, const Choose& choose,
            const std::vector<std::string>& forms) {
  std::vector<Sample> samples;
  std::map<InstanceLoad, std::size_t> used;
  std::map<std::string, std::string> lines;
  for (int test = 1; test <= kTests.back(); ++test) {
    const auto load = choose(samples);
    if (!load || !truth.contains(*load)) break;
    const std::vector<Sample>& measured = truth.at(*load);
    for (std::size_t i = 0; i < kRepeats; ++i)
      samples.push_back(measured[used[*load]++ % measured.size()]);
    if (std::ranges::find(kTests, test) == kTests.end()) continue;
    for (const std::string& form : forms) lines[form] += "  " + errors_of(samples, truth, form);
  }
  for (const std::string& form : forms)
    std::cout << fmt::format("  {:<28}{}\n", name + ", " + form, lines[form]);
}

}  // namespace

void replay_profiles(const std::filesystem::path& truth_file) {
  std::cout
      << "\nProfiles replayed on measurements: relative error in % over the whole space, mean / "
         "max\n  tests of 2 invocations      ";
  for (const int tests : kTests) std::cout << fmt::format("  {:>13}", tests);
  std::cout << "\n";
  const estimator::ExperimentOptions options{.jobs = kJobs, .max_jobs = kMostTestJobs, .goal = 0};
  for (const auto& [function, truth] : read_truth(truth_file)) {
    std::cout << function << "\n";
    const auto next = [&](const std::vector<Sample>& samples) {
      return estimator::next_test(samples, options).next;
    };
    const auto list = estimator::first_test_points(options.space, kJobs, kMostTestJobs);
    const auto listed = [&, i = std::size_t{0}](const std::vector<Sample>&) mutable {
      return std::optional(list[i++ % list.size()]);
    };
    replay("chosen", truth, next, {"auto", "equation1"});
    replay("listed", truth, listed, {"auto", "equation1"});
  }
}

}  // namespace stepconf::bench
