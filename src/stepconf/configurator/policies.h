#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "stepconf/compiled/compiled_plan.h"
#include "stepconf/compiled/plan_sources.h"
#include "stepconf/optimizer/strategies.h"

namespace stepconf::configurator {

/// A plan's strategy made ready, for the SLOs that executions bring along: each is prepared once
/// and kept, the last kMostSlos of them. What it keeps stays bounded whatever is asked. Not to be
/// shared between threads.
class Policies {
 public:
  /// `plan` must outlive it.
  explicit Policies(const compiled::CompiledPlan& plan);
  Policies(const Policies&) = delete;
  Policies& operator=(const Policies&) = delete;

  /// Gives the policy for an SLO, absent for none; valid until the next call. `step` is asked about
  /// next, with `jobs` jobs. Throws InvalidInput as optimizer::prepare does.
  optimizer::Policy& get(std::optional<Seconds> slo, workflow::StepId step, int jobs);

 private:
  struct Kept {
    std::optional<Seconds> slo;
    std::unique_ptr<optimizer::Policy> policy;
  };

  std::unique_ptr<optimizer::Policy> prepare(std::optional<Seconds> slo);

  const compiled::CompiledPlan& plan_;
  compiled::PlanSources sources_;
  std::unique_ptr<optimizer::Frontiers> frontiers_;
  // The last one used comes first.
  std::list<Kept> kept_;
  // For what frontiers were pruned.
  std::set<std::pair<workflow::StepId, int>> asked_;
};

/// Executions differ in few SLOs, mostly one.
inline constexpr std::size_t kMostSlos = 8;
/// A frontier takes about 1 KB.
inline constexpr std::size_t kMostLoads = 2000;

}  // namespace stepconf::configurator
