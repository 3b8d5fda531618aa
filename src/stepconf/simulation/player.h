#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/decision_charge.h"
#include "stepconf/optimizer/strategy.h"
#include "stepconf/simulation/sandboxes.h"

namespace stepconf::simulation {

/// What is true in a simulation, whatever strategies believe. All references must outlive it.
struct Truth {
  const workflow::Workflow& workflow;
  const estimator::OptionSource& options;
  const estimator::ModelScatter& scatter;
  Service service{};
};

/// What one execution came to.
struct Execution {
  /// The longest path.
  Seconds duration{0};
  Usd cost;
};

/// Plays executions of a workflow on a virtual clock, step by step: whenever a step is ready (ties:
/// the smaller id), the strategy is asked, and the truth draws what becomes of its decision. Steps
/// on ways that the execution does not go (steps_reached) are passed by. Keeps what it knows of
/// each configuration that was chosen. Not to be shared between threads.
class Player {
 public:
  explicit Player(const Truth& truth);

  /// Plays the next execution, number `execution`. Where the seed and the number are equal, the
  /// luck of a step's instances is, under whatever configuration. `charge` comes upon every
  /// decision. Throws InvalidInput where the strategy chooses what the truth cannot run.
  Execution play(optimizer::Strategy& strategy, const optimizer::DecisionCharge& charge,
                 std::uint64_t seed, std::uint64_t execution);

 private:
  const estimator::StepLaw& law_of(workflow::StepId step, const optimizer::Decision& decision);

  const Truth& truth_;
  Sandboxes sandboxes_;
  // When the next execution starts.
  Seconds next_{0};
  // By step: the options as the truth has them, and the laws of those that were chosen.
  std::vector<std::vector<estimator::Option>> options_;
  std::vector<std::map<int, estimator::StepLaw>> laws_;
  std::vector<estimator::InstanceRun> runs_;
};

}  // namespace stepconf::simulation
