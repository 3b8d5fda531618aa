#include "stepconf/estimator/step_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "stepconf/pricing/bill.h"

namespace stepconf::estimator {
namespace {

constexpr int kGroups = 16;
// Parts of an instance's standard deviation that do not count: as the spread of delays within a
// group, and as the scatter of a delay itself (squares add up: half a percent of the deviation).
constexpr double kWithinGroup = 0.25, kOfDelay = 0.1;
// Points at which drawn times are taken for quantiles.
constexpr int kInits = 8;
// Parts of a distribution, finer in the upper tail, each taken at its middle.
constexpr double kBins[] = {.1, .2, .2, .2, .14, .08, .04, .02, .012, .008};
// Points of the integral over the distribution.
constexpr int kIntegral = 160;

// Half of what lies between one standard deviation below and above, were the factor normal.
double deviation(const FactorTable& factor) {
  constexpr double kBelow = 0.158655;
  return (factor.quantile(1 - kBelow, kBelow) - factor.quantile(kBelow, 1 - kBelow)) / 2;
}

struct Weighted {
  double factor = 1, weight = 1;
};

std::vector<Weighted> parts_of(const FactorTable& factor) {
  if (factor.constant()) return {{}};
  std::vector<Weighted> result;
  double below = 0;
  for (const double bin : kBins) {
    const double middle = below + bin / 2;
    result.push_back({factor.quantile(middle, 1 - middle), bin});
    below += bin;
  }
  return result;
}

}  // namespace

StepLaw::StepLaw(Parts parts) : parts_(std::move(parts)) {
  static const FactorTable constant;
  if (parts_.factor == nullptr) parts_.factor = &constant;
  if (parts_.slowed == nullptr) parts_.slowed = parts_.factor;
  if (parts_.delay_factor == nullptr) parts_.delay_factor = &constant;
  const Outliers& outliers = parts_.outliers;
  mean_factor_ = 1 + outliers.probability * ((outliers.least + outliers.greatest) / 2 - 1);
  group();
  shifts_ = shifts_of_one();
  if (parts_.shared_factor && shifts_.size() > 1) {
    // The factor is common, the rest each instance's own: of that, the largest.
    double below = 0;
    double reached = 0;
    for (Shift& shift : shifts_) {
      below += shift.weight;
      const double all = std::pow(std::min(below, 1.0), static_cast<double>(parts_.delays.size()));
      shift.weight = all - reached;
      reached = all;
    }
  }
  delay_factors_ = {{}};
  const double greatest = *std::ranges::max_element(parts_.delays);
  if (greatest * deviation(*parts_.delay_factor) <=
      kOfDelay * parts_.full.count() * deviation(*parts_.slowed)) {
    return;
  }
  delay_factors_.clear();
  for (const Weighted& part : parts_of(*parts_.delay_factor))
    delay_factors_.push_back({part.factor, part.weight});
}

void StepLaw::group() {
  const std::vector<double>& delays = parts_.delays;
  const auto instances = static_cast<int>(delays.size());
  if (parts_.shared_factor) {
    groups_ = {{0, parts_.full.count(), 1}};
    return;
  }
  const bool last_differs = parts_.last != parts_.full && instances > 1;
  const int alike = last_differs ? instances - 1 : instances;
  const auto [least, greatest] = std::ranges::minmax(delays);
  const double step = kWithinGroup * parts_.full.count() * deviation(*parts_.slowed);
  int groups = std::min(alike, kGroups);
  if (greatest - least <= step * groups)
    groups = std::max(1, static_cast<int>(std::ceil((greatest - least) / std::max(step, 1e-300))));
  for (int g = 0; g < groups; ++g) {
    const int from = static_cast<int>(static_cast<long long>(alike) * g / groups);
    const int to = static_cast<int>(static_cast<long long>(alike) * (g + 1) / groups);
    double sum = 0;
    for (int i = from; i < to; ++i) sum += delays[i];
    groups_.push_back({sum / (to - from), parts_.full.count(), static_cast<double>(to - from)});
  }
  if (last_differs) groups_.push_back({delays.back(), parts_.last.count(), 1});
}

std::vector<StepLaw::Shift> StepLaw::shifts_of_one() const {
  std::vector<Shift> inits = {{.weight = 1}};
  const ColdStarts& cold = parts_.cold;
  if (cold.probability > 0) {
    inits.front().weight = 1 - cold.probability;
    const int points = cold.least == cold.greatest ? 1 : kInits;
    for (int k = 0; k < points; ++k) {
      const double share = (k + 0.5) / points;
      inits.push_back({.seconds = std::lerp(cold.least.count(), cold.greatest.count(), share),
                       .weight = cold.probability / points});
    }
  }
  if (parts_.failures <= 0) return inits;
  const std::vector<Weighted> retries = parts_of(*parts_.slowed);
  std::vector<Shift> result;
  for (const Shift& init : inits) {
    result.push_back({.seconds = init.seconds, .weight = init.weight * (1 - parts_.failures)});
    for (const Weighted& retry : retries) {
      result.push_back({.seconds = init.seconds,
                        .durations = retry.factor,
                        .weight = init.weight * parts_.failures * retry.weight});
    }
  }
  std::ranges::sort(result, {}, [&](const Shift& each) { return each.at(parts_.full.count()); });
  return result;
}

double StepLaw::above(double seconds) const {
  double log_below = 0;
  for (const Group& group : groups_) {
    double above = 0;
    for (const DelayFactor& factor : delay_factors_) {
      const double left = seconds - group.delay * factor.factor;
      double part = 0;
      for (const Shift& shift : shifts_) {
        const double own = left - shift.at(group.seconds);
        if (own < 0) {
          part += shift.weight;
        } else if (group.seconds > 0) {
          part += shift.weight * parts_.slowed->above(own / group.seconds);
        }
      }
      above += factor.weight * part;
    }
    if (above >= 1) return 1;
    log_below += group.instances * std::log1p(-above);
  }
  return -std::expm1(log_below);
}

double StepLaw::quantile(double probability) const {
  const auto alone = [&](double instances, double seconds) {
    const double log_below = std::log(probability) / instances;
    return seconds * parts_.slowed->quantile(std::exp(log_below), -std::expm1(log_below));
  };
  const Group& last = groups_.back();
  // Any group is a lower bound; all of them together with the greatest of everything an upper one.
  double lower = 0;
  double upper = 0;
  double instances = 0;
  double greatest_delay = 0;
  double greatest_seconds = 0;
  for (const Group& group : groups_) {
    instances += group.instances;
    greatest_delay = std::max(greatest_delay, group.delay);
    greatest_seconds = std::max(greatest_seconds, group.seconds);
    lower = std::max(
        lower, group.delay * delay_factors_.front().factor + alone(group.instances, group.seconds));
  }
  if (groups_.size() == 1 && shifts_.size() == 1 && delay_factors_.size() == 1)
    return last.delay + shifts_.front().seconds + alone(last.instances, last.seconds);
  upper = greatest_delay * delay_factors_.back().factor + shifts_.back().at(greatest_seconds) +
          alone(instances, greatest_seconds);
  const double goal = 1 - probability;
  const auto miss = [&](double seconds) {
    return std::log(std::max(above(seconds), 1e-300) / goal);
  };
  // Regula falsi, Illinois variant, on the logarithm, which falls smoothly; where distributions
  // have steps, every third time bisection.
  double at_lower = miss(lower);
  if (at_lower <= 0) return lower;
  double at_upper = miss(upper);
  if (at_upper > 0) return upper;
  int side = 0;
  for (int i = 1; i < 60 && upper - lower > 1e-7 * upper; ++i) {
    double at = i % 3 == 0 ? (lower + upper) / 2
                           : (lower * at_upper - upper * at_lower) / (at_upper - at_lower);
    if (!(at > lower && at < upper)) at = (lower + upper) / 2;
    const double value = miss(at);
    if (std::abs(value) < 1e-4) return at;
    if (value > 0) {
      lower = at;
      at_lower = value;
      if (side == 1) at_upper /= 2;
      side = 1;
    } else {
      upper = at;
      at_upper = value;
      if (side == -1) at_lower /= 2;
      side = -1;
    }
  }
  return upper;
}

void StepLaw::quantiles(std::span<const double> probabilities, std::span<double> seconds) const {
  for (std::size_t i = 0; i < probabilities.size(); ++i) seconds[i] = quantile(probabilities[i]);
}

// Where durations are constant, the step ends at one of a few moments.
double StepLaw::mean_of_moments() const {
  std::vector<double> moments;
  for (const Group& group : groups_) {
    for (const Shift& shift : shifts_)
      moments.push_back(group.delay + group.seconds + shift.at(group.seconds));
  }
  std::ranges::sort(moments);
  double sum = moments.front();
  for (std::size_t k = 1; k < moments.size(); ++k) {
    const double middle = (moments[k - 1] + moments[k]) / 2;
    sum += above(middle) * (moments[k] - moments[k - 1]);
  }
  return sum;
}

double StepLaw::mean_seconds() const {
  const Group& only = groups_.front();
  if (groups_.size() == 1 && only.instances == 1) {
    // Means of sums are sums of means.
    double shift = 0;
    for (const Shift& each : shifts_) shift += each.weight * each.at(only.seconds);
    return only.delay + only.seconds * mean_factor_ + shift;
  }
  if (parts_.slowed->constant() && delay_factors_.size() == 1) return mean_of_moments();
  // E[t] = t0 + the integral of P(t > x) from t0 on, at points that lie denser where it changes.
  const double from = quantile(1e-7);
  const double middle = quantile(0.5);
  const double to = quantile(1 - 1e-8);
  if (to <= from) return to;
  const double bend = 2 * std::log(std::max(2.0, (to - from) / std::max(middle - from, 1e-12)) - 1);
  const auto place = [&](double share) {
    return bend < 1e-6 ? std::lerp(from, to, share)
                       : from + (to - from) * std::expm1(bend * share) / std::expm1(bend);
  };
  double sum = from;
  double before = from;
  double above_before = 1;
  for (int k = 1; k <= kIntegral; ++k) {
    const double at = place(static_cast<double>(k) / kIntegral);
    const double above_at = above(at);
    sum += (above_before + above_at) / 2 * (at - before);
    before = at;
    above_before = above_at;
  }
  return sum;
}

StepOutcome StepLaw::mean() const {
  if (parts_.foreign) return {parts_.full, Usd{}};
  const Seconds duration(mean_seconds());
  const auto instances = static_cast<double>(parts_.delays.size());
  const double gigabytes = parts_.configuration.memory.value / 1024.0;
  const double init =
      parts_.cold.probability * (parts_.cold.least + parts_.cold.greatest).count() / 2;
  const double init_usd = init * gigabytes * parts_.prices.usd_per_gb_second;
  if (parts_.shared_factor) {
    return {duration,
            parts_.cost * (mean_factor_ * (1 + parts_.failures)) + Usd{instances * init_usd}};
  }
  if (parts_.rule == CostRule::paper) {
    return {duration, pricing::paper_cost(parts_.prices, parts_.configuration.memory,
                                          static_cast<int>(instances), duration)};
  }
  // Rounding up to whole milliseconds adds half of one on average, where durations scatter.
  const bool scatters = !parts_.slowed->constant() || init > 0;
  const std::array<pricing::InstanceUse, 2> uses = {
      pricing::InstanceUse{static_cast<int>(instances) - 1, parts_.full},
      pricing::InstanceUse{1, parts_.last}};
  Usd cost = pricing::billed_cost(parts_.prices, parts_.configuration.memory, uses, parts_.is_map);
  if (scatters) {
    const double fees = instances * parts_.prices.usd_per_request +
                        parts_.prices.usd_per_transition *
                            pricing::transitions(parts_.prices.orchestrator, parts_.is_map,
                                                 static_cast<int>(instances));
    const double seconds = (instances - 1) * parts_.full.count() + parts_.last.count();
    cost = Usd{(seconds * mean_factor_ + instances * 0.0005) * gigabytes *
                   parts_.prices.usd_per_gb_second +
               instances * init_usd + fees};
  }
  if (parts_.failures > 0) {
    const double seconds = (instances - 1) * parts_.full.count() + parts_.last.count();
    const int transition = pricing::transitions(parts_.prices.orchestrator, false, 1);
    cost += Usd{parts_.failures * ((seconds * mean_factor_ + instances * (scatters ? 0.0005 : 0)) *
                                       gigabytes * parts_.prices.usd_per_gb_second +
                                   instances * (parts_.prices.usd_per_request +
                                                transition * parts_.prices.usd_per_transition))};
  }
  return {duration, cost};
}

}  // namespace stepconf::estimator
