#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>
#include <vector>

#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/least_squares.h"

// The samples tell when each instance of a step was ready. What the model wants is the last of
// them, so the rows of one step, which stand together, are put together again where that is
// possible. Given the knee, the curve is linear in its parameters; the knee is tried at each number
// of instances seen.

namespace stepconf::estimator {
namespace {

struct Dispatch {
  int instances = 1;
  double seconds = 0;
};

// Fewer numbers of instances than these say nothing about a line, and about a bend.
constexpr std::size_t kEnoughForLine = 3;
constexpr std::size_t kEnoughForKnee = 5;
// A bend has to explain this share of what the line leaves unexplained: noise alone explains some.
constexpr double kWorthAKnee = 0.3;
constexpr std::size_t kMostKnees = 64;
// Relative errors of delays shorter than this do not matter to any step.
constexpr double kSmallestDelay = 0.005;

bool same_step(const Sample& a, const Sample& b) {
  return a.memory == b.memory && a.instances == b.instances && a.processes == b.processes;
}

bool counts(const Sample& sample, bool with_cold) {
  return sample.ok() && sample.dispatch_ms && (with_cold || !sample.cold);
}

// A group whose last instance cannot be known, because a row is cold, failed or without delay, says
// nothing.
void add_group(std::span<const Sample* const> group, bool with_cold,
               std::vector<Dispatch>& result) {
  if (!std::ranges::all_of(group, [&](const Sample* s) { return counts(*s, with_cold); })) return;
  const auto last =
      std::ranges::max_element(group, {}, [](const Sample* s) { return *s->dispatch_ms; });
  result.push_back({group.front()->instances, *(*last)->dispatch_ms / 1000});
}

std::vector<Dispatch> dispatches(std::span<const Sample* const> rows) {
  const bool with_cold =
      std::ranges::none_of(rows, [](const Sample* s) { return counts(*s, false); });
  std::vector<Dispatch> result;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && same_step(*rows[begin], *rows[end])) ++end;
    const auto instances = static_cast<std::size_t>(rows[begin]->instances);
    const std::size_t group = (end - begin) % instances == 0 ? instances : 1;
    for (; begin < end; begin += group) add_group(rows.subspan(begin, group), with_cold, result);
  }
  return result;
}

std::size_t distinct(const std::vector<Dispatch>& delays) {
  std::set<int> instances;
  for (const Dispatch& delay : delays) instances.insert(delay.instances);
  return instances.size();
}

MappingDelay delay_of(std::span<const double> parameters, std::optional<int> knee) {
  return {parameters[0], parameters[1], knee, parameters[2], parameters[3]};
}

struct Candidate {
  MappingDelay delay;
  double cost = 0;
};

// Repeated measurements of one number of instances become one, so that none counts more for having
// been measured more often.
std::vector<Dispatch> averaged(const std::vector<Dispatch>& delays) {
  std::map<int, std::vector<double>> by_instances;
  for (const Dispatch& delay : delays) by_instances[delay.instances].push_back(delay.seconds);
  std::vector<Dispatch> result;
  for (auto& [instances, seconds] : by_instances) {
    // The mean of the middle half: single stalls of seconds happen.
    std::ranges::sort(seconds);
    const std::size_t cut = seconds.size() / 4;
    const double sum = std::accumulate(seconds.begin() + static_cast<std::ptrdiff_t>(cut),
                                       seconds.end() - static_cast<std::ptrdiff_t>(cut), 0.0);
    result.push_back({instances, sum / static_cast<double>(seconds.size() - 2 * cut)});
  }
  return result;
}

std::optional<Candidate> fit_curve(const std::vector<Dispatch>& delays, std::optional<int> knee) {
  LeastSquaresProblem problem;
  problem.predict = [&](std::span<const double> parameters, std::size_t row) {
    return delay_of(parameters, knee).at(delays[row].instances).count();
  };
  for (const Dispatch& delay : delays)
    problem.observed.push_back(std::max(delay.seconds, kSmallestDelay));
  problem.weights.assign(delays.size(), 1.0);
  problem.lower.assign(4, 0.0);
  problem.upper.assign(4, 1e7);
  problem.held = {false, false, !knee, !knee};
  const double least = std::ranges::min_element(delays, {}, &Dispatch::seconds)->seconds;
  const LeastSquaresSolution solution =
      minimise(problem, {least, 0.001, knee ? 0.01 : 0, knee ? 0.001 : 0});
  if (!solution.usable) return std::nullopt;
  return Candidate{delay_of(solution.parameters, knee), solution.cost};
}

MappingDelay constant(const std::vector<Dispatch>& delays) {
  double sum = 0;
  for (const Dispatch& delay : delays) sum += delay.seconds;
  MappingDelay result;
  result.base_s = sum / static_cast<double>(delays.size());
  return result;
}

MappingDelay fit_delays(const std::vector<Dispatch>& all) {
  const std::vector<Dispatch> delays = averaged(all);
  if (delays.size() < 2) return constant(all);
  const auto line = fit_curve(delays, std::nullopt);
  if (!line) return constant(all);
  if (delays.size() < kEnoughForKnee) return line->delay;
  std::optional<Candidate> bent;
  // Beyond the knee stand at least two values, or the ramp's two terms would be made of nothing.
  const std::size_t last = delays.size() - 2;
  const std::size_t stride = last / kMostKnees + 1;
  for (std::size_t i = 1; i < last; i += stride) {
    const auto candidate = fit_curve(delays, delays[i].instances);
    if (candidate && (!bent || candidate->cost < bent->cost)) bent = candidate;
  }
  // The lower bound keeps rounding from counting as a bend where the line is exact.
  const bool worth = bent && line->cost > 1e-6 && bent->cost < (1 - kWorthAKnee) * line->cost;
  const bool bends = bent && (bent->delay.ramp1_s > 0 || bent->delay.ramp2_s > 0);
  return worth && bends ? bent->delay : line->delay;
}

}  // namespace

std::map<std::string, MappingDelay> fit_mapping_delays(std::span<const Sample> samples) {
  std::map<std::string, std::vector<const Sample*>> rows;
  for (const Sample& sample : samples) rows[sample.function].push_back(&sample);
  std::map<std::string, std::vector<Dispatch>> own;
  std::vector<Dispatch> everybody;
  for (const auto& [function, of_function] : rows) {
    own[function] = dispatches(of_function);
    std::ranges::copy(own[function], std::back_inserter(everybody));
  }
  const bool shared_is_richer = distinct(everybody) >= kEnoughForLine;
  const MappingDelay shared = shared_is_richer ? fit_delays(everybody) : MappingDelay{};
  std::map<std::string, MappingDelay> result;
  for (const auto& [function, delays] : own) {
    if (shared_is_richer && distinct(delays) < kEnoughForLine) {
      result[function] = shared;
    } else {
      result[function] = delays.empty() ? MappingDelay{} : fit_delays(delays);
    }
  }
  return result;
}

}  // namespace stepconf::estimator
