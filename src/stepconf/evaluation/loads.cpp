#include "stepconf/evaluation/loads.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace stepconf::evaluation {
namespace {

// The durations of a load's warm samples, in seconds.
struct Measured {
  int count = 0;
  bool failed = false;
  Seconds sum{0};
  double squares = 0;

  // Standard deviation over mean; 0 of fewer than two.
  double variation() const {
    if (count < 2 || sum.count() <= 0) return 0;
    const double mean = sum.count() / count;
    return std::sqrt(std::max(0.0, (squares - sum.count() * mean) / (count - 1))) / mean;
  }
};

Measured measured(std::span<const estimator::Sample> samples, const std::string& function,
                  const estimator::InstanceLoad& load) {
  Measured result;
  for (const estimator::Sample& sample : samples) {
    if (sample.function != function || sample.load() != load) continue;
    if (!sample.ok()) result.failed = true;
    if (!sample.ok() || sample.cold) continue;
    ++result.count;
    const double seconds = *sample.duration_ms / 1e3;
    result.sum += Seconds(seconds);
    result.squares += seconds * seconds;
  }
  return result;
}

}  // namespace

std::vector<estimator::InstanceLoad> ground_truth_loads(const estimator::ConfigurationSpace& space,
                                                        int jobs) {
  std::set<estimator::InstanceLoad> loads;
  for (const int instances : space.instances) {
    const int each = estimator::split(jobs, std::min(instances, jobs)).jobs_per_instance;
    for (const int memory : space.memory_mb) {
      for (const int processes : space.processes) {
        const bool all_at_work = processes <= each || processes == space.processes.front();
        if (all_at_work) loads.insert({{memory}, processes, each});
      }
    }
  }
  return {loads.begin(), loads.end()};
}

std::vector<estimator::Configuration> steps_that_fit(const estimator::ConfigurationSpace& space,
                                                     int jobs, int processes, double cpus,
                                                     double cpu_scale) {
  std::vector<estimator::Configuration> result;
  for (const int memory : space.memory_mb) {
    for (auto instances = space.instances.rbegin(); instances != space.instances.rend();
         ++instances) {
      const bool exact = estimator::split(jobs, *instances).instances == *instances;
      const double promised = *instances * vcpus({memory}) * cpu_scale;
      if (exact && promised <= cpus) result.push_back({{memory}, *instances, processes});
    }
  }
  return result;
}

Seconds expected_duration(const estimator::InstanceLoad& load, Seconds work) {
  return work * load.jobs / estimator::speed_up(load);
}

std::optional<Seconds> work_of(std::span<const estimator::Sample> samples,
                               const std::string& function, const estimator::InstanceLoad& load) {
  const Measured found = measured(samples, function, load);
  if (found.count == 0) return std::nullopt;
  return found.sum / found.count * estimator::speed_up(load) / load.jobs;
}

int Repeats::wanted(Seconds one) const {
  constexpr Seconds kLong{4};
  if (one > kLong) return std::max(1, least - 1);
  const double enough = std::ceil(together / std::max(one, Seconds(1e-3)));
  return std::clamp(static_cast<int>(enough), least, std::max(least, most));
}

int missing_repeats(std::span<const estimator::Sample> samples, const std::string& function,
                    const estimator::InstanceLoad& load, Seconds expected, const Repeats& repeats) {
  const Measured found = measured(samples, function, load);
  if (found.failed) return 0;
  const Seconds one = found.count > 0 ? found.sum / found.count : expected;
  const double share = found.variation() / repeats.certainty;
  const double until_certain =
      std::min(std::ceil(share * share - 1e-9), static_cast<double>(repeats.most_where_uncertain));
  return std::max(0, std::max(repeats.wanted(one), static_cast<int>(until_certain)) - found.count);
}

}  // namespace stepconf::evaluation
