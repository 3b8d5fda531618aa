#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/least_squares.h"

// The samples tell when each instance of a step was ready. Which of its step's instances it was,
// the first or the last, is told where the rows of one step stand together. Given the knee, the
// curve is linear in its parameters; the knee is tried at each place seen.

namespace stepconf::estimator {
namespace {

// When one instance was ready.
struct Dispatch {
  // From 1, and of how many.
  int position = 1;
  int instances = 1;
  bool cold = false;
  double seconds = 0;
};

// Fewer places than these say nothing about a line, and about a bend.
constexpr std::size_t kEnoughForLine = 3;
constexpr std::size_t kEnoughForKnee = 5;
// A bend has to explain this share of what the line leaves unexplained: noise alone explains some.
constexpr double kWorthAKnee = 0.3;
constexpr std::size_t kMostKnees = 64;
// A delay of milliseconds beside a stall of seconds: more says no more.
constexpr double kMostScatter = 10;
// Places of one number of instances that are looked at; more tell nothing new about a parabola.
constexpr std::size_t kMostPlaces = 64;
// Relative errors of delays shorter than this do not matter to any step.
constexpr double kSmallestDelay = 0.005;

bool same_step(const Sample& a, const Sample& b) {
  return a.memory == b.memory && a.instances == b.instances && a.processes == b.processes;
}

void add_step(std::span<const Sample* const> step, std::vector<Dispatch>& result) {
  std::vector<const Sample*> rows(step.begin(), step.end());
  // A row without a delay leaves the places of the others unknown.
  if (!std::ranges::all_of(rows, [](const Sample* s) { return s->dispatch_ms.has_value(); }))
    return;
  std::ranges::stable_sort(rows, {}, [](const Sample* s) { return *s->dispatch_ms; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]->ok()) continue;
    const int position = rows.size() == 1 ? rows[i]->instances : static_cast<int>(i) + 1;
    result.push_back({position, rows[i]->instances, rows[i]->cold, *rows[i]->dispatch_ms / 1000});
  }
}

std::vector<Dispatch> dispatches(std::span<const Sample* const> rows) {
  std::vector<Dispatch> result;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && same_step(*rows[begin], *rows[end])) ++end;
    const auto instances = static_cast<std::size_t>(rows[begin]->instances);
    const std::size_t step = (end - begin) % instances == 0 ? instances : 1;
    for (; begin < end; begin += step) add_step(rows.subspan(begin, step), result);
  }
  return result;
}

std::size_t places(const std::vector<Dispatch>& delays) {
  std::set<int> positions;
  for (const Dispatch& delay : delays) positions.insert(delay.position);
  return positions.size();
}

// Repeated measurements of one place become one, so that none counts more for having been measured
// more often; the mean of the middle half, for single stalls of seconds happen. Of many places of
// one number of instances only some are kept, the last among them.
std::vector<Dispatch> averaged(const std::vector<Dispatch>& delays) {
  std::map<std::tuple<int, bool, int>, std::vector<double>> by_place;
  for (const Dispatch& d : delays) by_place[{d.instances, d.cold, d.position}].push_back(d.seconds);
  std::map<std::pair<int, bool>, std::vector<Dispatch>> by_map;
  for (auto& [place, seconds] : by_place) {
    const auto [instances, cold, position] = place;
    std::ranges::sort(seconds);
    const std::size_t cut = seconds.size() / 4;
    const double sum = std::accumulate(seconds.begin() + static_cast<std::ptrdiff_t>(cut),
                                       seconds.end() - static_cast<std::ptrdiff_t>(cut), 0.0);
    by_map[{instances, cold}].push_back(
        {position, instances, cold, sum / static_cast<double>(seconds.size() - 2 * cut)});
  }
  std::vector<Dispatch> result;
  for (const auto& [map, seen] : by_map) {
    const std::size_t stride = seen.size() / kMostPlaces + 1;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if ((seen.size() - 1 - i) % stride == 0) result.push_back(seen[i]);
    }
  }
  return result;
}

MappingDelay delay_of(std::span<const double> p, std::optional<int> knee) {
  return {p[0], p[1], knee, p[2], p[3], p[4], p[5], 0};
}

double predict(const MappingDelay& delay, const Dispatch& at) {
  return delay.at(at.position, at.instances).count() + (at.cold ? delay.cold_s : 0);
}

struct Curve {
  MappingDelay delay;
  double cost = 0;
};

std::optional<Curve> fit_curve(const std::vector<Dispatch>& delays, std::optional<int> knee) {
  LeastSquaresProblem problem;
  problem.predict = [&](std::span<const double> parameters, std::size_t row) {
    return predict(delay_of(parameters, knee), delays[row]);
  };
  for (const Dispatch& delay : delays)
    problem.observed.push_back(std::max(delay.seconds, kSmallestDelay));
  problem.weights.assign(delays.size(), 1.0);
  problem.lower.assign(6, 0.0);
  problem.upper.assign(6, 1e7);
  const bool both =
      std::ranges::any_of(delays, &Dispatch::cold) && !std::ranges::all_of(delays, &Dispatch::cold);
  problem.held = {false, places(delays) < 2, !knee, !knee, !knee, !both};
  const double least = std::ranges::min_element(delays, {}, &Dispatch::seconds)->seconds;
  const double bend = knee ? 0.001 : 0;
  const LeastSquaresSolution solution = minimise(
      problem, {least, problem.held[1] ? 0 : 0.001, 10 * bend, bend, bend, both ? least : 0});
  if (!solution.usable) return std::nullopt;
  return Curve{delay_of(solution.parameters, knee), solution.cost};
}

double scatter(const MappingDelay& delay, const std::vector<Dispatch>& all) {
  // Of single steps around the curve, without the largest of them, which are stalls.
  std::vector<double> squares;
  for (const Dispatch& d : all) {
    const double expected = std::max(predict(delay, d), kSmallestDelay);
    squares.push_back(std::pow(d.seconds / expected - 1, 2));
  }
  std::ranges::sort(squares);
  const std::size_t kept = squares.size() - squares.size() / 50;
  const double sum =
      std::accumulate(squares.begin(), squares.begin() + static_cast<std::ptrdiff_t>(kept), 0.0);
  return std::min(kMostScatter, std::sqrt(sum / static_cast<double>(kept)));
}

std::optional<MappingDelay> bent(const std::vector<Dispatch>& delays, const Curve& line) {
  std::set<int> seen;
  for (const Dispatch& delay : delays) seen.insert(delay.position);
  if (seen.size() < kEnoughForKnee) return std::nullopt;
  const std::vector<int> positions(seen.begin(), seen.end());
  std::optional<Curve> best;
  // Beyond the knee stand at least two places, or the ramp's two terms would be made of nothing.
  const std::size_t last = positions.size() - 2;
  const std::size_t stride = last / kMostKnees + 1;
  for (std::size_t i = 1; i < last; i += stride) {
    const auto candidate = fit_curve(delays, positions[i]);
    if (candidate && (!best || candidate->cost < best->cost)) best = candidate;
  }
  // The lower bound keeps rounding from counting as a bend where the line is exact.
  const bool worth = best && line.cost > 1e-6 && best->cost < (1 - kWorthAKnee) * line.cost;
  if (!worth) return std::nullopt;
  const MappingDelay& delay = best->delay;
  if (delay.ramp1_s == 0 && delay.ramp2_s == 0 && delay.crowd_s == 0) return std::nullopt;
  return delay;
}

MappingDelay fit_delays(const std::vector<Dispatch>& all) {
  const std::vector<Dispatch> delays = averaged(all);
  const auto line = fit_curve(delays, std::nullopt);
  if (!line) return {};
  MappingDelay result = bent(delays, *line).value_or(line->delay);
  if (all.size() > delays.size()) result.cv = scatter(result, all);
  return result;
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
  const bool shared_is_richer = places(everybody) >= kEnoughForLine;
  const MappingDelay shared = shared_is_richer ? fit_delays(everybody) : MappingDelay{};
  std::map<std::string, MappingDelay> result;
  for (const auto& [function, delays] : own) {
    if (shared_is_richer && places(delays) < kEnoughForLine) {
      result[function] = shared;
    } else {
      result[function] = delays.empty() ? MappingDelay{} : fit_delays(delays);
    }
  }
  return result;
}

}  // namespace stepconf::estimator
