#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "bench/percentile/workload.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/percentile/rehearsal.h"
#include "stepconf/workflow/workflow.h"

// Who plays in the trial of the percentile policy, all on the same luck.
namespace stepconf::percentile {

/// Plays tables, whose alternatives are those that `trial` keeps, on the truth. All must outlive
/// it.
class Stage {
 public:
  Stage(const Trial& trial, const Chains& chains, const Draws& draws)
      : trial_(trial), chains_(chains), draws_(draws) {}

  Came run(const Tables& tables, double slo, int run) const;
  /// Plays the first `runs` runs.
  Outcome play(const Tables& tables, double slo, int runs) const;

 private:
  double end_of(int chain, Due due, double now, const Tables& tables, int run, double& usd) const;

  const Trial& trial_;
  const Chains& chains_;
  const Draws& draws_;
};

/// Plays strategies by their names (optimizer/strategies.h). They are told of the kept
/// configurations what is believed of their means.
class Rivals {
 public:
  /// Plays the first `runs` runs. Both references must outlive it.
  Rivals(const Trial& trial, const Draws& draws, int runs);

  /// Plays with the headroom of `half_points` times 0.5 %. Kept.
  Outcome play(std::string_view strategy, double slo, int half_points);

  /// Finds the least headroom, in steps of 0.5 points up to 60 %, that attains `target`, by
  /// bisection; what it comes to. Attainment below `target`: none does.
  Outcome padded(std::string_view strategy, double slo, double target);

 private:
  class Means final : public estimator::OptionSource {
   public:
    explicit Means(const Trial& trial) : trial_(trial) {}
    std::vector<estimator::Option> options(const workflow::Step& step, int jobs) const override;
    estimator::Evaluation evaluate(const workflow::Step& step, int jobs,
                                   const estimator::Configuration& configuration) const override;

   private:
    const Trial& trial_;
  };

  Came run(optimizer::Policy& policy, int run) const;

  const Trial& trial_;
  const Draws& draws_;
  int runs_;
  workflow::Workflow workflow_;
  Means means_;
  optimizer::Frontiers frontiers_;
  std::map<std::pair<std::string_view, std::pair<double, int>>, Outcome> known_;
};

/// Who knows the luck of the first `runs` runs beforehand: of each the cheapest plan of kept
/// configurations within the SLO, the fastest where none is (solver/tree_solver.h).
struct Clairvoyant {
  double usd = 0;
  /// Share of runs that any plan brings within the SLO.
  double feasible = 0;
};
Clairvoyant clairvoyant(const Trial& trial, const Draws& draws, double slo, int runs);

}  // namespace stepconf::percentile
