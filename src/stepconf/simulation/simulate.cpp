#include "stepconf/simulation/simulate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/estimator/wilson.h"
#include "stepconf/simulation/clairvoyant.h"

namespace stepconf::simulation {
namespace {

using Begin = std::function<std::unique_ptr<optimizer::Strategy>(optimizer::GlobalCache& cache,
                                                                 std::uint64_t execution)>;

// Every step at its fastest, as believed.
class Fastest final : public optimizer::Strategy {
 public:
  explicit Fastest(optimizer::Frontiers& frontiers) : frontiers_(frontiers) {}
  optimizer::Decision decide(const optimizer::Question& question) override {
    return optimizer::take(frontiers_.of(question.step, question.jobs), 0);
  }

 private:
  optimizer::Frontiers& frontiers_;
};

double percentile(const std::vector<double>& ascending, double share) {
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return std::lerp(ascending[below], ascending[above], place - static_cast<double>(below));
}

std::optional<Result> play(std::string_view name, const Setting& setting,
                           const optimizer::DecisionCharge& charge, const Begin& begin) {
  Player player(setting.truth);
  std::vector<double> costs;
  std::vector<double> durations;
  Result result;
  result.strategy = name;
  for (int run = 0; run < setting.runs; ++run) {
    cache::InMemoryCache cache;
    const auto execution = static_cast<std::uint64_t>(run);
    const auto strategy = begin(cache, execution);
    const Execution played = player.play(*strategy, charge, setting.seed, execution);
    costs.push_back(played.cost.value);
    durations.push_back(played.duration.count());
    if (played.duration <= setting.believed.slo + optimizer::kRounding) ++result.met;
    if (!setting.go_on(run + 1)) return std::nullopt;
  }
  result.runs = setting.runs;
  result.attainment = static_cast<double>(result.met) / setting.runs;
  result.interval = estimator::wilson_interval(result.met, setting.runs, 0.95);
  result.cost_usd = distribution_of(std::move(costs));
  result.duration_s = distribution_of(std::move(durations));
  return result;
}

}  // namespace

Distribution distribution_of(std::vector<double> values) {
  std::ranges::sort(values);
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {.mean = sum / static_cast<double>(values.size()),
          .p5 = percentile(values, 0.05),
          .p50 = percentile(values, 0.50),
          .p95 = percentile(values, 0.95),
          .p99 = percentile(values, 0.99)};
}

std::vector<std::string_view> known_strategies() {
  std::vector<std::string_view> names;
  for (const optimizer::StrategyEntry& entry : optimizer::strategies()) names.push_back(entry.name);
  names.push_back(kFastest);
  names.push_back(kClairvoyant);
  return names;
}

std::optional<Result> simulate(std::string_view name, const Setting& setting) {
  if (name == kClairvoyant) {
    Clairvoyant clairvoyant(setting.truth, setting.believed.slo);
    return play(name, setting, {}, [&](optimizer::GlobalCache&, std::uint64_t execution) {
      return clairvoyant.begin(setting.seed, execution);
    });
  }
  if (name == kFastest) {
    return play(name, setting, {}, [&](optimizer::GlobalCache&, std::uint64_t) {
      return std::make_unique<Fastest>(setting.believed.frontiers);
    });
  }
  const auto names = known_strategies();
  if (std::ranges::find(names, name) == names.end()) {
    const std::string close = nearest(name, names);
    throw InvalidInput(fmt::format("unknown strategy \"{}\"{}; known: {}", name,
                                   close.empty() ? "" : fmt::format(", meant \"{}\"?", close),
                                   fmt::join(names, ", ")));
  }
  const bool pays = setting.charge.has_value() &&
                    optimizer::find_strategy(name).decides == optimizer::Decides::at_each_step;
  const auto policy = optimizer::prepare(name, pays ? setting.believed_charged : setting.believed);
  return play(name, setting, pays ? *setting.charge : optimizer::DecisionCharge{},
              [&](optimizer::GlobalCache& cache, std::uint64_t) { return policy->begin(cache); });
}

}  // namespace stepconf::simulation
