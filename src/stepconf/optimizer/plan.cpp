#include "stepconf/optimizer/plan.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace stepconf::optimizer {
namespace {

using workflow::StepId;

// Plays the workflow: `decide` fills in everything but the start of a function step that is ready.
Plan play(Frontiers& frontiers, Seconds slo,
          const std::function<void(StepId, PlannedStep&)>& decide) {
  const workflow::Workflow& workflow = frontiers.workflow();
  Plan plan;
  plan.steps.resize(workflow.steps.size());
  std::vector<std::size_t> ended_predecessors(workflow.steps.size(), 0);
  using Ready = std::pair<Seconds, StepId>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (StepId step = 0; step < workflow.graph.size(); ++step) {
    if (workflow.graph.predecessors[step].empty()) ready.emplace(Seconds(0), step);
  }
  while (!ready.empty()) {
    const auto [now, id] = ready.top();
    ready.pop();
    PlannedStep& step = plan.steps[id];
    step.start = now;
    if (workflow.steps[id].is_foreign()) {
      step.duration = *workflow.steps[id].foreign_duration;
    } else if (workflow.steps[id].jobs > 0) {
      decide(id, step);
    }
    const Seconds end = step.start + step.duration;
    plan.duration = std::max(plan.duration, end);
    for (const StepId successor : workflow.graph.successors[id]) {
      plan.steps[successor].start = std::max(plan.steps[successor].start, end);
      if (++ended_predecessors[successor] == workflow.graph.predecessors[successor].size()) {
        ready.emplace(plan.steps[successor].start, successor);
      }
    }
  }
  // In the order of the steps, so that the sum does not depend on the schedule.
  for (StepId step = 0; step < workflow.graph.size(); ++step)
    plan.cost += Usd{plan.steps[step].cost.value * workflow.steps[step].probability};
  plan.feasible = plan.duration <= slo + kRounding;
  return plan;
}

}  // namespace

Plan follow(Strategy& strategy, Frontiers& frontiers, Seconds slo) {
  const workflow::Workflow& workflow = frontiers.workflow();
  return play(frontiers, slo, [&](StepId id, PlannedStep& step) {
    const Decision decision = strategy.decide({id, workflow.steps[id].jobs, step.start});
    step.configuration = decision.configuration;
    step.duration = decision.duration.value_or(Seconds(0));
    step.cost = decision.cost.value_or(Usd{});
    step.sub_slo = decision.sub_slo;
    step.reason = explain(decision);
    step.decision = decision;
  });
}

Plan fastest_plan(Frontiers& frontiers, Seconds slo) {
  Plan plan = play(frontiers, slo, [&](StepId id, PlannedStep& step) {
    const estimator::Option& option = frontiers.expected(id).fastest();
    step.configuration = option.configuration;
    step.duration = option.duration;
    step.cost = option.cost;
    step.reason = frontiers.is_fixed(id) ? "fixed by the user" : "the fastest";
    step.decision = take(frontiers.expected(id), 0);
    step.decision->fixed = frontiers.is_fixed(id);
    if (!step.decision->fixed) step.decision->constraint = Constraint::catch_up;
  });
  plan.fastest = true;
  return plan;
}

Plan plan(std::string_view name, const StrategyInputs& inputs, GlobalCache& cache) {
  return plan(*prepare(name, inputs), inputs, cache);
}

Plan plan(Policy& policy, const StrategyInputs& inputs, GlobalCache& cache) {
  const std::unique_ptr<Strategy> strategy = policy.begin(cache);
  Plan chosen = follow(*strategy, inputs.frontiers, inputs.slo);
  const workflow::Workflow& workflow = inputs.frontiers.workflow();
  bool all_fixed = true;
  for (StepId id = 0; id < workflow.graph.size(); ++id) {
    all_fixed = all_fixed && (workflow.steps[id].is_foreign() || inputs.frontiers.is_fixed(id));
  }
  if (chosen.feasible) {
    if (const auto certificate = policy.certificate()) {
      const double bound = certificate->lower_bound.value;
      chosen.lower_bound = certificate->lower_bound;
      // With headroom the bound is of the shorter time that was planned for.
      chosen.proved_optimal = certificate->proved && chosen.cost.value <= bound * (1 + 1e-9);
    }
  }
  if (chosen.feasible || all_fixed) return chosen;
  return fastest_plan(inputs.frontiers, inputs.slo);
}

Seconds fastest_duration(const workflow::Workflow& workflow,
                         const estimator::OptionSource& options) {
  Frontiers frontiers(workflow, options);
  return fastest_plan(frontiers, Seconds(0)).duration;
}

}  // namespace stepconf::optimizer
