#pragma once

#include <span>
#include <vector>

#include "stepconf/estimator/factor_table.h"
#include "stepconf/estimator/forecast.h"
#include "stepconf/estimator/noise.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::estimator {

/// What one instance of a step came to.
struct InstanceRun {
  /// From the step's beginning until its sandbox is asked for.
  Seconds delay{0};
  /// Whether its sandbox has to be made, and how long that would take.
  bool cold = false;
  Seconds init{0};
  /// In the function; of an instance that failed, of the first attempt.
  Seconds duration{0};
  /// The second attempt of an instance that failed, else 0.
  bool failed = false;
  Seconds retry{0};

  /// When it ends, since the step's beginning.
  Seconds end() const { return delay + (cold ? init : Seconds(0)) + duration + retry; }
};

/// The distribution of one step under one configuration. Instance i takes its mapping delay, a cold
/// start, its mean duration times a factor, and once more that where it fails; the step takes as
/// long as the latest. Of a table, whose rows are totals, all instances share one factor.
/// Has no mutable state: may be shared between threads.
class StepLaw {
 public:
  /// What the law is made from; all is copied but the tables, which must outlive the law.
  struct Parts {
    Configuration configuration{};
    /// Mean durations of every instance but the last, which has the jobs that remain, and of that.
    Seconds full{0}, last{0};
    /// By instance: warm mapping delays; its size is how many instances run, at least 1.
    std::vector<double> delays{};
    /// The factor on each delay. Null: 1.
    const FactorTable* delay_factor = nullptr;
    /// The factor on durations, and the same with `outliers`. Null: 1.
    const FactorTable* factor = nullptr;
    const FactorTable* slowed = nullptr;
    Outliers outliers{};
    ColdStarts cold{};
    double failures = 0;
    /// Whether all instances share one factor: the step's total is known, not its parts.
    bool shared_factor = false;
    /// With a shared factor: the cost at a factor of 1, from which it follows in proportion.
    Usd cost;
    pricing::PriceSheet prices{};
    CostRule rule = CostRule::billed;
    bool is_map = false;
    /// Of a foreign step: `full` always, at no cost.
    bool foreign = false;
  };
  explicit StepLaw(Parts parts);

  /// See ScatterSource. Quantiles by numerical inversion: with q instances of mapping delays d_i,
  /// P(step <= t) is the product of P(instance <= t - d_i). Instances are taken in up to 16
  /// groups of equal delay, delays that hardly differ or scatter beside the durations as one; drawn
  /// times are taken at a few points. O(probabilities * groups).
  void quantiles(std::span<const double> probabilities, std::span<double> seconds) const;
  StepOutcome mean() const;
  StepOutcome draw(const Draws& draws) const;

  /// Draws every instance, into `runs`, which is overwritten.
  void draw(const Draws& draws, std::vector<InstanceRun>& runs) const;
  /// Tells what such instances come to, whatever became of them since they were drawn.
  StepOutcome outcome(std::span<const InstanceRun> runs) const;

 private:
  // A time that an instance takes beside its mapping delay and first attempt, and how likely it is:
  // so many seconds, and so many of its own mean durations.
  struct Shift {
    double seconds = 0, durations = 0, weight = 0;

    double at(double duration) const { return seconds + durations * duration; }
  };
  // A factor on a mapping delay, and how likely it is.
  struct DelayFactor {
    double factor = 1, weight = 1;
  };
  // Instances that are alike.
  struct Group {
    double delay = 0, seconds = 0, instances = 0;
  };

  void group();
  std::vector<Shift> shifts_of_one() const;
  double above(double seconds) const;
  double quantile(double probability) const;
  double mean_seconds() const;
  double mean_of_moments() const;
  double slowed(const Draws& draws, int instance, int first_purpose) const;

  Parts parts_;
  std::vector<Group> groups_;
  std::vector<Shift> shifts_;
  std::vector<DelayFactor> delay_factors_;
  double mean_factor_ = 1;
};

}  // namespace stepconf::estimator
