#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "stepconf/estimator/cold_start.h"
#include "stepconf/estimator/least_squares.h"

namespace stepconf::estimator {
namespace {

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

double cv(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return centre > 0 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) / centre : 0;
}

// first_call_s + first_call_work / min(x, 1), by least squares on whole cold durations: what a
// first call adds may be small beside them, and is then worth little precision.
void fit_first_call(const std::map<MemoryMb, std::vector<double>>& cold_over_warm,
                    const std::map<MemoryMb, double>& warm, ColdStart& result) {
  LeastSquaresProblem problem;
  std::vector<MemoryMb> memories;
  for (const auto& [memory, extra] : cold_over_warm) {
    memories.push_back(memory);
    problem.observed.push_back(std::max(warm.at(memory) + mean(extra), 1e-4));
    problem.weights.push_back(1);
  }
  problem.predict = [&](std::span<const double> p, std::size_t row) {
    return warm.at(memories[row]) + p[0] + p[1] / std::min(vcpus(memories[row]), 1.0);
  };
  problem.lower = {0, 0};
  problem.upper = {1e6, 1e6};
  // Above one vCPU all sizes are alike to a first call.
  std::set<double> shares;
  for (const MemoryMb memory : memories) shares.insert(std::min(vcpus(memory), 1.0));
  problem.held = {shares.size() < 2, false};
  const LeastSquaresSolution solution = minimise(problem, {0, 0.01});
  if (!solution.usable) return;
  result.first_call_s = solution.parameters[0];
  result.first_call_work = solution.parameters[1];
}

}  // namespace

ColdStart learn_cold_start(std::span<const Sample* const> samples, const DurationModel& warm) {
  ColdStart result;
  std::vector<double> inits;
  std::map<MemoryMb, std::vector<double>> cold_over_warm;
  std::map<MemoryMb, double> expected;
  for (const Sample* sample : samples) {
    if (!sample->ok() || !sample->cold) continue;
    ++result.samples;
    if (sample->init_ms) inits.push_back(*sample->init_ms / 1e3);
    const double seconds = warm.predict(sample->load()).count();
    cold_over_warm[sample->memory].push_back(*sample->duration_ms / 1e3 - seconds);
    double& longest = expected[sample->memory];
    longest = std::max(longest, seconds);
  }
  if (!inits.empty()) {
    result.init_s = mean(inits);
    result.init_cv = cv(inits);
  }
  const bool any_warm =
      std::ranges::any_of(samples, [](const Sample* s) { return s->ok() && !s->cold; });
  // Where every row is cold, the durations were fitted to them, first calls included.
  if (any_warm && !cold_over_warm.empty()) fit_first_call(cold_over_warm, expected, result);
  return result;
}

}  // namespace stepconf::estimator
