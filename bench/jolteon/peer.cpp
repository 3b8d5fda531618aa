#include "bench/jolteon/peer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <set>

namespace stepconf::bench {
namespace {

constexpr double kShare = 0.95;
constexpr int kDepth = 4;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double usd(const std::vector<StageModel>& stages, const std::vector<StageConfiguration>& x) {
  double sum = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) sum += stages[s].usd(x[s]);
  return sum;
}

std::vector<double> durations(const std::vector<StageModel>& stages,
                              const std::vector<StageConfiguration>& x) {
  std::vector<double> sums(stages.front().samples().size(), 0);
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const StageModel::Coefficients times = stages[s].terms(x[s]);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const StageModel::Coefficients& sample = stages[s].samples()[i];
      sums[i] += std::max(0.0, std::inner_product(times.begin(), times.end(), sample.begin(), 0.0));
    }
  }
  return sums;
}

double p95(std::vector<double> values) {
  const auto place =
      static_cast<std::size_t>(std::ceil(kShare * static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place),
                   values.end());
  return values[place];
}

// Each coordinate by golden section, with the square of what samples exceed the limit by priced
// higher and higher.
std::vector<StageConfiguration> continuous(const std::vector<StageModel>& stages, double limit) {
  std::vector<StageConfiguration> x;
  for (const StageModel& stage : stages) x.push_back({stage.serial() ? 1.0 : 16.0, 3});
  const double scale = usd(stages, x);
  for (double price = 1; price <= 1e6; price *= 10) {
    const auto value = [&] {
      double excess = 0;
      for (const double seconds : durations(stages, x))
        excess += std::pow(std::max(0.0, seconds / limit - 1), 2);
      return usd(stages, x) / scale +
             price * excess / static_cast<double>(stages[0].samples().size());
    };
    for (int sweep = 0; sweep < 4; ++sweep) {
      for (std::size_t s = 0; s < stages.size(); ++s) {
        for (const bool vcpus : {false, true}) {
          if (!vcpus && stages[s].serial()) continue;
          double& coordinate = vcpus ? x[s].vcpus : x[s].functions;
          double low = vcpus ? kVcpus.front() : kFunctions.front();
          double high = vcpus ? kVcpus.back() : kFunctions.back();
          for (int i = 0; i < 20; ++i) {
            const double a = high - 0.618 * (high - low), b = low + 0.618 * (high - low);
            coordinate = a;
            const double at_a = value();
            coordinate = b;
            (at_a < value() ? high : low) = at_a < value() ? b : a;
          }
          coordinate = (low + high) / 2;
        }
      }
    }
  }
  return x;
}

template <std::size_t N>
int nearest(const std::array<double, N>& grid, double value) {
  return static_cast<int>(std::min_element(grid.begin(), grid.end(),
                                           [&](double a, double b) {
                                             return std::abs(a - value) < std::abs(b - value);
                                           }) -
                          grid.begin());
}

class Probe {
 public:
  Probe(const std::vector<StageModel>& stages, double limit, bool needs_less_slack)
      : stages_(stages), limit_(limit), needs_less_slack_(needs_less_slack) {}

  GridPlaces run(GridPlaces start) {
    while (slack(start) < 0) {
      const GridPlaces next = breadth_first(start);
      if (next == start) break;
      start = next;
    }
    return breadth_first(start);
  }

 private:
  std::vector<StageConfiguration> configurations(const GridPlaces& places) const {
    std::vector<StageConfiguration> x;
    for (std::size_t s = 0; s < stages_.size(); ++s) x.push_back(at(stages_[s], places[s]));
    return x;
  }
  double slack(const GridPlaces& places) const {
    return limit_ - p95(durations(stages_, configurations(places)));
  }

  GridPlaces breadth_first(const GridPlaces& start) {
    std::set<GridPlaces> seen = {start};
    std::deque<std::pair<GridPlaces, int>> open = {{start, 0}};
    GridPlaces best = start;
    double best_slack = slack(start), best_usd = usd(stages_, configurations(start));
    while (!open.empty()) {
      const auto [places, depth] = open.front();
      open.pop_front();
      const double here = slack(places), costs = usd(stages_, configurations(places));
      const bool better = best_slack >= 0 ? here >= 0 && costs < best_usd &&
                                                (!needs_less_slack_ || here < best_slack)
                                          : here > best_slack;
      if (better) {
        best = places;
        best_slack = here;
        best_usd = costs;
      }
      if (depth == kDepth) continue;
      for (std::size_t s = 0; s < stages_.size(); ++s) {
        for (const int part : {0, 1}) {
          if (part == 0 && stages_[s].serial()) continue;
          const int count = static_cast<int>(part == 0 ? kFunctions.size() : kVcpus.size());
          for (const int step : {-1, 1}) {
            GridPlaces next = places;
            next[s][part] += step;
            if (next[s][part] < 0 || next[s][part] >= count || !seen.insert(next).second) continue;
            open.emplace_back(std::move(next), depth + 1);
          }
        }
      }
    }
    return best;
  }

  const std::vector<StageModel>& stages_;
  double limit_;
  bool needs_less_slack_;
};

}  // namespace

StageConfiguration at(const StageModel& stage, const std::array<int, 2>& place) {
  return {stage.serial() ? 1 : kFunctions[place[0]], kVcpus[place[1]]};
}

PeerAnswer choose_as_jolteon(const std::vector<StageModel>& stages, double limit,
                             bool needs_less_slack) {
  PeerAnswer answer;
  double began = now();
  const std::vector<StageConfiguration> x = continuous(stages, limit);
  answer.continuous_s = now() - began;
  GridPlaces start;
  for (const StageConfiguration& c : x)
    start.push_back({nearest(kFunctions, c.functions), nearest(kVcpus, c.vcpus)});
  began = now();
  answer.places = Probe(stages, limit, needs_less_slack).run(std::move(start));
  answer.probing_s = now() - began;
  return answer;
}

}  // namespace stepconf::bench
