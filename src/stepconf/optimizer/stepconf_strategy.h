#pragma once

#include <memory>
#include <vector>

#include "stepconf/optimizer/division.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/global_cache.h"
#include "stepconf/optimizer/strategies.h"

namespace stepconf::optimizer {

/// Algorithm 2, the global-cached most cost-effective critical path algorithm, for any DAG:
/// docs/algorithms.md. A step that is asked about again (some of its jobs are retried) is decided
/// on its sub-graph's latest finish and the time left by then; what lies ahead is divided anew. O(V
/// + E + log Theta) per decision once the step's options are pruned for its number of jobs.
class StepConfStrategy final : public Strategy {
 public:
  /// `slo` is the time to plan for, headroom taken off; where it is beyond 10^12 s, as for an
  /// execution without an SLO, decisions name no sub-SLO. `frontiers` and `cache` must outlive the
  /// strategy; the cache is this execution's own. Throws InvalidInput where a step has no options.
  StepConfStrategy(Frontiers& frontiers, Seconds slo, GlobalCache& cache);

  /// Throws Error for a step that the workflow does not have, or fewer than 1 job.
  Decision decide(const Question& question) override;

 private:
  // The step's share of the time left; stores what the division leaves for later steps.
  Seconds divide(workflow::StepId step, Seconds now);

  Frontiers& frontiers_;
  GlobalCache& cache_;
  Divider divider_;
  // t(theta*) by step, for the jobs expected.
  std::vector<double> weights_;
  // What stands for a step of which the cache knows nothing yet: its component of the workflow.
  std::vector<std::shared_ptr<const SubGraph>> initial_;
};

/// Algorithm 2 for one workflow and SLO.
class StepConfPolicy final : public Policy {
 public:
  /// As StepConfStrategy.
  StepConfPolicy(Frontiers& frontiers, Seconds slo) : frontiers_(frontiers), slo_(slo) {}
  std::unique_ptr<Strategy> begin(GlobalCache& cache) override {
    return std::make_unique<StepConfStrategy>(frontiers_, slo_, cache);
  }

 private:
  Frontiers& frontiers_;
  Seconds slo_;
};

}  // namespace stepconf::optimizer
