#include "stepconf/percentile/price.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stepconf/percentile/usual_plan.h"

namespace stepconf::percentile {
namespace {

// One miss in ten runs moves the price by 0.025 * 9 up and nine times 0.025 down.
constexpr double kGain = 0.025;
constexpr double kPrecision = 0.02;
constexpr double kPricesPerDecade = 4;
// Tried, the highest first, where the lowest price attains the target already; and what they may
// cost more.
constexpr double kDearerPrices[] = {kMostLogPrice, 2, 1, 0, -1};
constexpr double kForNothing = 1.001;

}  // namespace

Pricing::Pricing(Problem problem, const PriceOptions& options)
    : problem_(std::move(problem)), chains_(lay_out(problem_)), options_(options) {}

const Promise& Pricing::at(double log_price) {
  const auto [entry, is_new] = known_.try_emplace(log_price);
  Promise& promise = entry->second;
  if (is_new) {
    // Where nothing costs anything, any price decides alike.
    const double usd = std::max(chains_.chains[0].cheapest_usd, 1e-12);
    promise.log_price = log_price;
    promise.tables = std::make_shared<const Tables>(
        problem_, chains_, usd * std::pow(10, log_price), options_.resolution);
    promise.predicted = rehearsal().play(*promise.tables);
    if (usual_plan_) follow_plan(promise);
  }
  return promise;
}

Chances Pricing::chances(const Promise& promise) {
  return Chances(chains_, rehearsal(), *promise.tables);
}

Rehearsal& Pricing::rehearsal() {
  if (!rehearsal_) {
    rehearsal_.emplace(problem_, chains_, options_.runs, options_.seed);
    usual_plan_ = usual_plan(problem_);
  }
  return *rehearsal_;
}

void Pricing::follow_plan(Promise& promise) const {
  auto following =
      std::make_shared<const Tables>(promise.tables->following(*usual_plan_, problem_, chains_));
  const Outcome outcome = rehearsal_->play(*following);
  const auto paid = [&](const Outcome& of) {
    return of.usd + (1 - of.attainment) * promise.tables->miss();
  };
  if (paid(outcome) >= paid(promise.predicted)) return;
  promise.predicted = outcome;
  promise.tables = std::move(following);
}

Promise Pricing::attain(double target) {
  const auto attains = [&](const Promise& promise) {
    return promise.predicted.attainment >= target;
  };
  Promise best = at(kLeastLogPrice);
  if (attains(best)) {
    // Caring costs nothing as long as all goes as expected; it helps when a run has more jobs than
    // expected, or retries some.
    for (const double price : kDearerPrices) {
      if (const Promise& dearer = at(price);
          attains(dearer) && dearer.predicted.usd <= best.predicted.usd * kForNothing) {
        best = dearer;
        break;
      }
    }
  } else {
    const Promise& dearest = at(kMostLogPrice);
    if (!attains(dearest)) {
      for (const auto& [price, promise] : known_) {
        if (promise.predicted.attainment > best.predicted.attainment) best = promise;
        if (attains(best)) break;
      }
    } else {
      best = dearest;
      double low = kLeastLogPrice;
      while (best.log_price - low > kPrecision) {
        const double middle = (low + best.log_price) / 2;
        if (const Promise& promise = at(middle); attains(promise)) {
          best = promise;
        } else {
          low = middle;
        }
      }
    }
  }
  best.attained = attains(best);
  return best;
}

double moved_price(double log_price, bool met, double target) {
  const double excess = (met ? 0.0 : 1.0) / (1 - target) - 1;
  return std::clamp(log_price + kGain * excess, kLeastLogPrice, kMostLogPrice);
}

double kept_price(double log_price) {
  const double price = std::round(log_price * kPricesPerDecade) / kPricesPerDecade;
  return std::clamp(price, kLeastLogPrice, kMostLogPrice);
}

}  // namespace stepconf::percentile
