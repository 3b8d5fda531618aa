#pragma once

#include <memory>
#include <optional>
#include <string>

#include "stepconf/cache/conditional_table.h"
#include "stepconf/cache/execution_state.h"
#include "stepconf/compiled/compiled_plan.h"
#include "stepconf/configurator/deployment.h"
#include "stepconf/configurator/dispatch.h"
#include "stepconf/configurator/event.h"
#include "stepconf/configurator/policies.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::configurator {

/// What came of an event: the answer, and all that the log says of it.
struct Verdict {
  Event event;
  Mode mode = Mode::on;
  /// What the state machine is told.
  Dispatch dispatch{};
  /// Why `dispatch` is the safe configuration; empty where it is what was decided.
  std::string why_safe{};
  /// Jobs that were decided for.
  int jobs = 0;
  /// What was decided; absent where nothing was, or an earlier decision was found.
  std::optional<optimizer::Decision> decision{};
  /// Its configuration, or the earlier one's; absent where nothing was decided.
  std::optional<estimator::Configuration> chosen{};
  /// Whether the same question had been answered before.
  bool repeated = false;
  /// How often the decision was made, because others had changed what it rested on.
  int rounds = 0;
  /// The SLO less the time that has passed; absent without an SLO or a clock.
  std::optional<Seconds> time_left{};
  /// For the next decision on this way, where the cache is the execution's variables.
  std::optional<std::string> cache{};

  /// Whether the SLO is past, or nothing is fast enough for the step's share any more.
  bool late() const;
};

/// Writes what the state machine is told (docs/formats.md).
Json answer(const Verdict& verdict);

/// Decides steps of any number of executions by one plan: the same decisions as an Executor's with
/// that plan, though each may be made by another process. Pure, but for the table that it is given.
/// Not to be shared between threads.
class Configurator {
 public:
  /// `plan` absent, with the reason: every step runs in its safe configuration. `plan_name` tells
  /// plans apart, its hash for instance.
  Configurator(Deployment deployment, std::optional<compiled::CompiledPlan> plan,
               std::string plan_name, std::string why_no_plan = {});

  const Deployment& deployment() const { return deployment_; }

  /// Whether decisions need the table: a strategy that decides beforehand does not.
  bool needs_table() const;

  /// Prepares the plan's own SLO, so that no event waits for it. What goes wrong is told by each
  /// decision.
  void warm_up();

  /// Answers an event. `standing` counts where the event names no mode. `table` is null where there
  /// is none. Whatever goes wrong with decision or table, the answer is the safe configuration with
  /// the reason. Throws InvalidEvent for a step that was not deployed.
  Verdict decide(Event event, Mode standing, cache::ConditionalTable* table);

 private:
  void decide_into(Verdict& verdict, const DeployedStep& step, cache::ConditionalTable* table);
  void consult(Verdict& verdict, workflow::StepId step, cache::ConditionalTable& table);
  std::optional<Seconds> slo_of(const Event& event) const;

  Deployment deployment_;
  // Behind a pointer, for the policies refer to it.
  std::unique_ptr<const compiled::CompiledPlan> plan_;
  std::string plan_name_;
  std::string why_no_plan_;
  std::optional<Policies> policies_;
};

}  // namespace stepconf::configurator
