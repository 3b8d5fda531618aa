#include "stepconf/estimator/next_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <variant>

#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/observations.h"
#include "stepconf/estimator/test_points.h"
#include "stepconf/estimator/uncertainty.h"
#include "stepconf/pricing/bill.h"

// The question behind each measurement is: which configuration will be chosen? So what counts is
// how well the configurations are known that may be chosen, those that no other beats in both time
// and cost, as far as can be told. A measurement at one load tells something about all loads that
// are alike or that the form ties to it; the one that takes most of their uncertainty away, for
// what it costs, comes next (integrated variance reduction; Cohn, 1996).

namespace stepconf::estimator {
namespace {

// So many loads first, from which a form can be told at all.
constexpr std::size_t kFirstLoads = 6;
// The mean distance of a normal variable from its mean, in standard deviations.
constexpr double kMeanDistance = 0.798;
// What a call takes beside its duration, where time is counted.
constexpr double kOverheadSeconds = 0.05;

// A configuration that a step may run under, as one instance sees it.
struct LoadOption {
  InstanceLoad load;
  double seconds = 0;
  double cost = 0;
};

class Knowledge {
 public:
  Knowledge(const FittedFunction& function, std::vector<MeasuredLoad> loads,
            const ExperimentOptions& options)
      : function_(function), loads_(thinned(loads, kMostKriged)), options_(options) {
    list_options();
    list_tests();
    std::vector<InstanceLoad> points;
    for (const LoadOption& option : decided_) points.push_back(option.load);
    points.insert(points.end(), tests_.begin(), tests_.end());
    const double amplitude = form_amplitude(function.model_error.elsewhere);
    covariance_.emplace(uncertainty(function.duration, loads_, points, {.amplitude = amplitude}));
    find_relevant();
  }

  bool any_option() const { return !relevant_.empty(); }

  // The mean error to expect over the configurations that may be chosen.
  double error() const {
    double sum = 0;
    for (const std::size_t i : relevant_)
      sum += kMeanDistance * deviation(i) / static_cast<double>(relevant_.size());
    return sum;
  }

  std::optional<InstanceLoad> best_test() const {
    std::optional<InstanceLoad> best;
    double most = 0;
    for (std::size_t t = 0; t < tests_.size(); ++t) {
      const double gain = gain_of(t) / price_of(tests_[t]);
      if (gain <= most * (1 + 1e-9)) continue;
      most = gain;
      best = tests_[t];
    }
    return best;
  }

 private:
  void list_options() {
    for (const int memory : options_.space.memory_mb) {
      for (const int instances : options_.space.instances) {
        if (instances > options_.jobs && instances != options_.space.instances.front()) continue;
        const Split share = split(options_.jobs, std::min(instances, options_.jobs));
        for (const int processes : options_.space.processes) {
          const InstanceLoad load{MemoryMb{memory}, processes, share.jobs_per_instance};
          if (idle(load) || !function_.memory.why_not(load).empty()) continue;
          const double seconds = function_.duration.predict(load).count();
          const Usd each = pricing::instance_cost(options_.prices, load.memory, Seconds(seconds));
          decided_.push_back({load, seconds, share.instances * each.value});
        }
      }
    }
  }

  void list_tests() {
    std::set<InstanceLoad> tests;
    for (const LoadOption& option : decided_) {
      InstanceLoad load = option.load;
      load.jobs = std::min(load.jobs, options_.max_jobs);
      if (!idle(load) && function_.memory.why_not(load).empty()) tests.insert(load);
    }
    tests_.assign(tests.begin(), tests.end());
  }

  bool idle(const InstanceLoad& load) const {
    return load.processes > load.jobs && load.processes != options_.space.processes.front();
  }

  double deviation(std::size_t i) const { return std::sqrt(std::max(0.0, (*covariance_)(i, i))); }

  // Keeps what no other option beats in both time and cost by more than both may be off.
  void find_relevant() {
    for (std::size_t i = 0; i < decided_.size(); ++i) {
      const bool beaten =
          std::ranges::any_of(decided_, [&, j = std::size_t{0}](const LoadOption& other) mutable {
            const double margin = std::exp(deviation(i) + deviation(j++));
            return other.seconds * margin < decided_[i].seconds &&
                   other.cost * margin < decided_[i].cost;
          });
      if (!beaten) relevant_.push_back(i);
    }
  }

  // Variance that a test takes away, summed over the options that count.
  double gain_of(std::size_t test) const {
    const std::size_t at = decided_.size() + test;
    const double cv = function_.spread.cv();
    const double own = (*covariance_)(at, at) + cv * cv + 1e-6;
    double sum = 0;
    for (const std::size_t i : relevant_) sum += std::pow((*covariance_)(i, at), 2) / own;
    return sum;
  }

  double price_of(const InstanceLoad& load) const {
    const Seconds seconds = function_.duration.predict(load);
    switch (options_.spend) {
      case Spend::invocations:
        return 1;
      case Spend::time:
        return seconds.count() + kOverheadSeconds;
      case Spend::usd:
        return pricing::instance_cost(options_.prices, load.memory, seconds).value;
    }
    return 1;
  }

  const FittedFunction& function_;
  std::vector<MeasuredLoad> loads_;
  const ExperimentOptions& options_;
  std::vector<LoadOption> decided_;
  std::vector<InstanceLoad> tests_;
  std::vector<std::size_t> relevant_;
  std::optional<Covariance> covariance_;
};

// A cold sample tells nothing of how long a warm one takes, where there is any of those.
class Measured {
 public:
  explicit Measured(std::span<const Sample> samples)
      : samples_(samples), any_warm_(std::ranges::any_of(samples, [](const Sample& sample) {
          return sample.ok() && !sample.cold;
        })) {}

  bool tried(const InstanceLoad& load) const {
    return std::ranges::any_of(samples_, [&](const Sample& sample) {
      return sample.load() == load && (!sample.ok() || tells(sample));
    });
  }
  bool worked(const InstanceLoad& load) const {
    return std::ranges::any_of(samples_, [&](const Sample& sample) {
      return sample.load() == load && sample.ok() && tells(sample);
    });
  }

 private:
  bool tells(const Sample& sample) const { return !any_warm_ || !sample.cold; }

  std::span<const Sample> samples_;
  bool any_warm_;
};

// The next of the loads from which a form can be told.
std::optional<InstanceLoad> next_corner(std::span<const Sample> samples, const MemoryNeed& memory,
                                        const ExperimentOptions& options) {
  const Measured measured(samples);
  std::size_t taken = 0;
  for (const InstanceLoad& load :
       first_test_points(options.space, options.jobs, options.max_jobs)) {
    if (taken == kFirstLoads) return std::nullopt;
    if (!measured.tried(load) && memory.why_not(load).empty()) return load;
    if (measured.worked(load)) ++taken;
  }
  return std::nullopt;
}

}  // namespace

Experiment next_test(std::span<const Sample> samples, const ExperimentOptions& options) {
  const MemoryNeed memory = learn_memory_need(samples);
  if (const auto corner = next_corner(samples, memory, options))
    return {std::nullopt, corner, "one of the loads that tell the form"};
  std::vector<const Sample*> rows;
  for (const Sample& sample : samples) rows.push_back(&sample);
  std::vector<MeasuredLoad> loads = measured_loads(rows);
  if (loads.size() < 2)
    return {std::nullopt, std::nullopt,
            "nothing that could be measured would tell how memory acts"};
  const Models models = fit(samples);
  const auto& function = std::get<FittedFunction>(models.functions.begin()->second);
  const Knowledge knowledge(function, std::move(loads), options);
  if (!knowledge.any_option())
    return {std::nullopt, std::nullopt,
            fmt::format("no configuration can run {} jobs, as far as is known", options.jobs)};
  const double error = knowledge.error();
  if (error <= options.goal)
    return {error, std::nullopt,
            fmt::format("the expected error is within {:.1f} %", options.goal * 100)};
  const auto next = knowledge.best_test();
  if (!next) return {error, std::nullopt, "nothing that could be measured would help"};
  return {error, next, "takes most uncertainty away"};
}

}  // namespace stepconf::estimator
