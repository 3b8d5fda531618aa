#include "stepconf/profiler/study.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/executor/measure.h"

namespace stepconf::profiler {

Study::Study(std::string function, StudyOptions options)
    : function_(std::move(function)), options_(std::move(options)) {}

void Study::add(const estimator::Sample& sample, store::Origin origin) {
  samples_.push_back(sample);
  experiment_.reset();
  if (origin == store::Origin::run) ++runs_;
  if (origin == store::Origin::run || !in_space(sample.load())) return;
  Tested& tested = tested_[sample.load()];
  tested.profiled |= origin == store::Origin::profile;
  if (!sample.ok()) {
    ++tested.failures;
  } else {
    ++(sample.cold ? tested.cold : tested.warm);
  }
}

std::optional<Test> Study::next() const {
  for (const auto& [load, tested] : tested_) {
    if (unfinished(tested)) {
      return Test{load, options_.repeats - tested.warm, "was begun earlier"};
    }
  }
  if (!experiment().next || tests() >= options_.points) return std::nullopt;
  return Test{*experiment().next, options_.repeats, experiment().reason};
}

int Study::tests() const {
  int result = 0;
  for (const auto& [load, tested] : tested_) result += times(tested);
  return result;
}

int Study::remaining_tests() const {
  if (!next()) return 0;
  const auto begun = std::ranges::count_if(
      tested_, [this](const auto& entry) { return unfinished(entry.second); });
  return std::max(0, options_.points - tests()) + static_cast<int>(begun);
}

std::string Study::reason() const {
  if (experiment().next && tests() >= options_.points) {
    return fmt::format("{} tests are done, the most that --points allows", tests());
  }
  return experiment().reason;
}

const estimator::Experiment& Study::experiment() const {
  if (!experiment_) experiment_ = estimator::next_test(samples_, options_.experiment);
  return *experiment_;
}

// A test whose memory size the function cannot be called with any more is left alone.
bool Study::in_space(const estimator::InstanceLoad& load) const {
  const auto& sizes = options_.experiment.space.memory_mb;
  return std::ranges::find(sizes, load.memory.value) != sizes.end();
}

bool Study::unfinished(const Tested& tested) const {
  // A function whose process ends after each call is never warm.
  const bool never_warm = tested.cold >= options_.repeats + executor::kColdInExcess;
  return tested.profiled && tested.failures == 0 && tested.warm < options_.repeats && !never_warm;
}

// Where the estimator asks for a load again, that is a further test: so it comes to an end.
int Study::times(const Tested& tested) const {
  if (!tested.profiled) return 1;
  const int in_full = tested.warm / options_.repeats;
  const int never_warm =
      tested.warm > 0 ? 0 : tested.cold / (options_.repeats + executor::kColdInExcess);
  return std::max(1, in_full + tested.failures + never_warm);
}

}  // namespace stepconf::profiler
