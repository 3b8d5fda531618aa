#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/compiled/prepared.h"
#include "stepconf/estimator/model_options.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::compiled {

/// What is to be reached, and how: a project's own settings.
struct Goal {
  /// The end-to-end time allowed; absent where only an execution's input, or nobody, gives one.
  std::optional<Seconds> slo;
  /// Where the SLO stands in an execution's input, such as $.slo_seconds; empty: nowhere. `slo` is
  /// then the default.
  std::string slo_path;
  double target = 0.95;
  double headroom = 0;
  std::string strategy;
  /// Whether the time and the price of each decision are planned for: by the configurator they are
  /// paid, within a process that runs the workflow itself they are not (optimizer::DecisionCharge).
  bool decisions_charged = false;

  bool operator==(const Goal&) const = default;
};

/// Everything that decisions of a project rest on, in one value: wherever it is loaded, the same
/// decisions come out. One plan serves any number of executions.
struct CompiledPlan {
  /// Which program made it, for people.
  std::string made_by;
  workflow::Workflow workflow;
  Goal goal;
  /// Models, prices, configuration spaces and the rule for costs.
  std::shared_ptr<const estimator::ModelOptions> options;
  std::vector<PreparedKind> prepared;
  /// What strategies computed beforehand, by their names; bytes that only they understand.
  std::map<std::string, std::string> policies;
};

/// Numbers of jobs are prepared for up to this multiple of the largest that is expected; beyond,
/// the models in the plan are asked.
inline constexpr double kPreparedMultiple = 8;

/// Makes a plan: prunes the options of every step for a grid of job numbers. Some 25 us a number.
/// Throws InvalidInput where a function has no model.
CompiledPlan compile(std::string made_by, workflow::Workflow workflow, Goal goal,
                     estimator::ModelOptions options, double multiple = kPreparedMultiple);

/// Writes a plan file (docs/plan-file.md); equal plans give equal bytes.
std::string to_bytes(const CompiledPlan& plan);

/// Reads a plan file. Throws InvalidInput, which begins with `source`, as read_container, and where
/// the content is not what such a file holds.
CompiledPlan plan_from_bytes(std::string_view bytes, const std::string& source);

}  // namespace stepconf::compiled
