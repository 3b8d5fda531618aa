#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/estimator/option.h"
#include "stepconf/optimizer/warmth.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// Durations that differ by less count as equal: what adding up start times in floating point
/// loses.
inline constexpr Seconds kRounding{1e-9};

/// The options of a step of which none is both slower and dearer than another: durations ascend,
/// costs descend, both strictly. Never empty.
struct Frontier {
  std::vector<estimator::Option> options;
  /// Index of theta*, the option with the least product of cost and duration (Eq. (12), read as
  /// least; docs/algorithms.md says why). Ties go to the lower cost, then to the shorter.
  int most_cost_effective = 0;
  /// How many options there were before pruning.
  int considered = 0;

  const estimator::Option& fastest() const { return options.front(); }

  /// Finds the cheapest option that takes at most `limit` (Eq. (11)), kRounding forgiven; its
  /// index, -1 where none does. O(log options).
  int cheapest_within(Seconds limit) const;
};

/// Prunes `options` to their Pareto frontier (duration, cost). Of equal ones the earliest stays.
/// O(n log n). Throws InvalidInput, which names `step`, where there is no option, or a duration or
/// cost is negative or not finite.
Frontier pareto(std::vector<estimator::Option> options, std::string_view step);

/// One step's configuration given by the user instead of chosen.
struct FixedConfiguration {
  std::string step;
  estimator::Configuration configuration;
};

/// Reads "NAME=1024x4x1": the step's name, memory in MB, instances, processes. The name may hold
/// '='. Throws InvalidInput that quotes the text.
FixedConfiguration parse_fixed(std::string_view text);

/// The frontiers of all steps of a workflow, each pruned once per number of jobs and kept.
/// Workflow and source must outlive it. Not to be shared between threads.
class Frontiers {
 public:
  /// Steps in `fixed` have one option, the one given. Throws InvalidInput where `fixed` names an
  /// unknown step (with the nearest known one), a foreign step or a step twice.
  Frontiers(const workflow::Workflow& workflow, const estimator::OptionSource& options,
            const std::vector<FixedConfiguration>& fixed = {});

  /// The same workflow and fixed steps with the options of another source; warm sandboxes are not
  /// heeded.
  Frontiers(const Frontiers& like, const estimator::OptionSource& options);

  const workflow::Workflow& workflow() const { return workflow_; }
  /// Gives the source of all options, pruned ones too.
  const estimator::OptionSource& source() const { return options_; }

  /// Gives the frontier of `step` for `jobs` jobs (at least 1); it stays valid as long as this
  /// object. Throws InvalidInput where no configuration, or not the fixed one, can run.
  const Frontier& of(workflow::StepId step, int jobs);

  /// Takes what decisions need that are told which sandboxes are warm. Without it they heed it not.
  void heed_warm_pools(WarmPools pools) { warm_pools_.emplace(std::move(pools)); }
  /// Null where decisions do not heed it.
  const WarmPools* warm_pools() const { return warm_pools_ ? &*warm_pools_ : nullptr; }

  /// Gives the frontier of `step` for `jobs` jobs where `warm` sandboxes of its function are idle:
  /// all options are weighed anew and pruned. Null (nobody knows), or a foreign step: as above.
  /// Kept for up to 64 states of a step, which sizes with more sandboxes than jobs do not tell
  /// apart; valid until the next call for the step. A fixed step has its one option, weighed too.
  const Frontier& of(workflow::StepId step, int jobs, const WarmSandboxes* warm);

  /// Gives the frontier for the number of jobs expected, which is at least 1.
  const Frontier& expected(workflow::StepId step) { return of(step, workflow_.steps[step].jobs); }

  bool is_fixed(workflow::StepId step) const { return fixed_[step].has_value(); }

 private:
  Frontier prune(workflow::StepId step, int jobs, const WarmSandboxes* warm = nullptr) const;

  const workflow::Workflow& workflow_;
  const estimator::OptionSource& options_;
  std::vector<std::optional<estimator::Configuration>> fixed_;
  // By step, in the order in which numbers of jobs were asked for: nearly always one or two.
  std::vector<std::vector<std::pair<int, std::unique_ptr<Frontier>>>> known_;
  std::optional<WarmPools> warm_pools_;
  // By step; then by jobs and what is warm.
  std::vector<std::map<std::pair<int, WarmSandboxes>, Frontier>> weighed_;
};

}  // namespace stepconf::optimizer
