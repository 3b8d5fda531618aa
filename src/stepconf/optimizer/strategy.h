#pragma once

#include <optional>
#include <string>

#include "stepconf/base/units.h"
#include "stepconf/estimator/option.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// Beyond every duration: who has no SLO plans for as much or more, and hears of no sub-SLO.
inline constexpr Seconds kUnlimited{1e12};

/// What a strategy is asked before a step runs.
struct Question {
  workflow::StepId step = 0;
  /// Jobs that the step really has, at least 1: a step without jobs runs no instance and asks
  /// nothing.
  int jobs = 1;
  /// Now, since the execution's start.
  Seconds now{0};
  /// Idle warm sandboxes of the step's function, which must outlive the question; null where nobody
  /// knows.
  const WarmSandboxes* warm = nullptr;
};

/// What kept a strategy from choosing something cheaper.
enum class Constraint {
  /// Nothing was weighed: the configuration was given.
  none,
  /// Nothing: the cheapest option of all does.
  nothing,
  /// The step's own sub-SLO: cheaper options take longer.
  sub_slo,
  /// Nothing is fast enough any more: the fastest runs, to catch up.
  catch_up,
  /// A plan made before the execution.
  plan,
  /// The workflow's SLO: together with what lies ahead, cheaper options end too late or cost more.
  slo,
  /// The price on missing the SLO: a cheaper option would make a miss too likely.
  price_of_miss,
};

/// What a strategy answers. Words for people are made of it by `explain` when somebody asks.
struct Decision {
  estimator::Configuration configuration;
  /// Time the step may take if the workflow is to meet its SLO; absent where the strategy shares
  /// out no time.
  std::optional<Seconds> sub_slo{};
  /// Expected duration and cost of the whole step under `configuration`; absent where there are no
  /// models.
  std::optional<Seconds> duration{};
  std::optional<Usd> cost{};
  Constraint constraint = Constraint::none;
  /// The user fixed the configuration.
  bool fixed = false;
  /// The choice's place on the step's frontier, from 1, the fastest; how many options stand there,
  /// and how many there were before pruning. 0 where nothing was chosen from.
  int rank = 0, efficient = 0, considered = 0;
  /// The next cheaper option, which was not taken.
  std::optional<estimator::Option> runner_up{};
  /// Predicted chance that the workflow meets its SLO, with this choice and with the runner-up;
  /// absent where the strategy does not know.
  std::optional<double> attainment{}, attainment_with_runner_up{};
  /// What the strategy has to say beyond all this; mostly nothing.
  std::string note{};
};

/// Takes option `index` of `frontier`: fills in what follows from that, and leaves to the strategy
/// why. O(1).
Decision take(const Frontier& frontier, int index);

/// Says in one sentence why: what bound the choice, and what would have been cheaper.
std::string explain(const Decision& decision);

/// Chooses a configuration for each step of one execution, one object per execution. Asked once
/// before each step that has jobs, in the order in which steps become ready, and again when jobs of
/// a step are retried. Not to be shared between threads.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual Decision decide(const Question& question) = 0;
};

}  // namespace stepconf::optimizer
