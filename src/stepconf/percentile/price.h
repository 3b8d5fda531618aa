#pragma once

#include <map>
#include <memory>
#include <optional>

#include "stepconf/percentile/chances.h"

namespace stepconf::percentile {

/// The price of a miss is counted as log10 of its multiple of what the workflow costs at its
/// cheapest, within this range.
inline constexpr double kLeastLogPrice = -1.5, kMostLogPrice = 3;

/// What a policy promises.
struct Promise {
  double log_price = 0;
  std::shared_ptr<const Tables> tables;
  Outcome predicted;
  /// Whether the target asked for is attained; if not, `predicted` is the most there is.
  bool attained = false;
};

struct PriceOptions {
  Resolution resolution{};
  /// Rehearsed runs; a share near 0.99 is then known to about 0.0015 (two standard errors, without
  /// what the even luck saves).
  int runs = 10000;
  std::uint64_t seed = 1;
};

/// Solves one problem for different prices of a miss, and finds the price that attains a target.
/// Not to be shared between threads.
class Pricing {
 public:
  explicit Pricing(Problem problem, const PriceOptions& options = {});
  Pricing(const Pricing&) = delete;
  Pricing& operator=(const Pricing&) = delete;

  const Problem& problem() const { return problem_; }
  const Chains& chains() const { return chains_; }

  /// Solves for one price, and rehearses. Where executions may go exactly as planned, the best plan
  /// for that is rehearsed too, and followed where it does better: on the grid of the tables a plan
  /// that takes all of the SLO is in time in part. Kept: the same price again costs nothing.
  const Promise& at(double log_price);

  /// Finds the lowest price that attains `target`, to 0.02 of its logarithm: some nine solves, less
  /// where earlier searches left some. Where the lowest of all does, the highest that costs hardly
  /// more (0.1 %): it is prepared for what is not expected. Not attained at the highest price: the
  /// most that was seen.
  Promise attain(double target);

  /// Rehearses for the chances along the way of a promise of this problem.
  Chances chances(const Promise& promise);

  /// Takes a promise that was made before for the same problem, as if by `at`.
  void keep(const Promise& promise) { known_.try_emplace(promise.log_price, promise); }

 private:
  Rehearsal& rehearsal();
  void follow_plan(Promise& promise) const;

  Problem problem_;
  Chains chains_;
  PriceOptions options_;
  /// Made when first needed.
  std::optional<Rehearsal> rehearsal_;
  std::optional<std::vector<int>> usual_plan_;
  std::map<double, Promise> known_;
};

/// Moves the price of a miss after a run: up by what a miss weighs against the share of misses that
/// the target allows, down a little after a run that met the SLO, so that in the long run as many
/// runs miss as are to (a stochastic approximation, Robbins and Monro, 1951). Clamped to the range.
double moved_price(double log_price, bool met, double target);

/// Gives the nearest of the prices, four a decade, that tables are kept for while a price moves.
double kept_price(double log_price);

}  // namespace stepconf::percentile
