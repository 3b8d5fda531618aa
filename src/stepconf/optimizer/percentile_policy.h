#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "stepconf/optimizer/percentile_choices.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/percentile/chances.h"
#include "stepconf/percentile/prepared.h"
#include "stepconf/percentile/price.h"

namespace stepconf::optimizer {

/// What the strategy percentile promises for a workflow, an SLO and a target.
struct PercentileSummary {
  double target = 0;
  /// Share of executions that are predicted to meet the SLO, and what one costs on average.
  double attainment = 0;
  Usd cost;
  /// False where no price attains the target; `attainment` is then the most there is.
  bool attained = false;
  /// The next higher of the targets 0.9, 0.95, 0.99 and 0.999, and what it would cost; absent where
  /// there is none, or it is out of reach.
  std::optional<double> next_target{};
  std::optional<Usd> next_cost{};
  /// The price of a miss (percentile/price.h).
  double log_price = 0;
  /// Whether the workflow is not series-parallel and was planned as one that waits more.
  bool approximated = false;
};

/// Meets the SLO in a target share of executions at the least expected cost: docs/algorithms.md.
/// For any DAG. All tables are made with the object; a decision is a look-up.
class PercentilePolicy final : public Policy {
 public:
  /// Throws InvalidInput where `inputs` has no scatter or a step has no options.
  explicit PercentilePolicy(const StrategyInputs& inputs);

  std::unique_ptr<Strategy> begin(GlobalCache& cache) override;

  /// The options with their scatter, the tables and what they promise (percentile/prepared.h). Used
  /// again for the same options, scatter, SLO and target, or price where one is given.
  std::string prepared() const override;

  /// Gives the price of a miss that is planned with (percentile/price.h).
  double log_price() const { return prepared_.promise.log_price; }

  /// Tells what is promised. Searches the price of the next higher target when first called.
  const PercentileSummary& summary();

 private:
  friend class PercentileStrategy;

  percentile::Problem problem();
  percentile::Prepared prepare(const StrategyInputs& inputs);

  Frontiers& frontiers_;
  Seconds slo_;
  double target_;
  bool approximated_ = false;
  // Filled in as numbers of jobs are asked for.
  mutable PercentileChoices choices_;
  percentile::Pricing pricing_;
  percentile::PreparedKey key_;
  percentile::Prepared prepared_;
  // By chain and element: the least mean time of all that follows, up to the workflow's end.
  std::vector<std::vector<double>> ahead_;
  std::optional<PercentileSummary> summary_;
};

}  // namespace stepconf::optimizer
