#include "stepconf/simulation/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/simulation/ways.h"

namespace stepconf::simulation {

using workflow::StepId;

namespace {

// Draws apart from the luck of steps and ways.
constexpr std::uint64_t kArrivals = std::uint64_t{1} << 41;

}  // namespace

Player::Player(const Truth& truth)
    : truth_(truth), sandboxes_(truth.service), laws_(truth.workflow.steps.size()) {
  for (const workflow::Step& step : truth.workflow.steps) {
    const bool asked = !step.is_foreign() && step.jobs > 0;
    options_.push_back(asked ? truth.options.options(step, step.jobs)
                             : std::vector<estimator::Option>{});
  }
}

const estimator::StepLaw& Player::law_of(StepId id, const optimizer::Decision& decision) {
  // A table may have several rows of one configuration: the one that the strategy saw.
  const std::vector<estimator::Option>& options = options_[id];
  int found = -1;
  double least = 0;
  for (int i = 0; i < static_cast<int>(options.size()); ++i) {
    if (options[i].configuration != decision.configuration) continue;
    const Seconds expected = decision.duration.value_or(options[i].duration);
    const double distance = std::abs((options[i].duration - expected).count());
    if (found >= 0 && distance >= least) continue;
    found = i;
    least = distance;
  }
  auto known = laws_[id].find(found);
  if (known != laws_[id].end() && found >= 0) return known->second;
  const workflow::Step& step = truth_.workflow.steps[id];
  if (found < 0) {
    // One outside the configuration space, given by the user.
    const auto evaluation = truth_.options.evaluate(step, step.jobs, decision.configuration);
    if (!evaluation.option) {
      throw InvalidInput(fmt::format("step {}: {} cannot run: {}", step.name,
                                     to_string(decision.configuration), evaluation.why_not));
    }
    found = static_cast<int>(options.size());
    options_[id].push_back(*evaluation.option);
  }
  return laws_[id]
      .emplace(found, truth_.scatter.law(step, step.jobs, options_[id][found]))
      .first->second;
}

Execution Player::play(optimizer::Strategy& strategy, const optimizer::DecisionCharge& charge,
                       std::uint64_t seed, std::uint64_t execution) {
  const workflow::Workflow& workflow = truth_.workflow;
  const Service& service = truth_.service;
  const bool service_matters = service.keep_alive || service.concurrency;
  if (!service.every) sandboxes_ = Sandboxes(service);
  const Seconds origin = next_;
  std::vector<Seconds> start(workflow.steps.size(), Seconds(0));
  std::vector<Usd> costs(workflow.steps.size());
  std::vector<std::size_t> ended_predecessors(workflow.steps.size(), 0);
  using Ready = std::pair<Seconds, StepId>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (StepId id = 0; id < workflow.graph.size(); ++id) {
    if (workflow.graph.predecessors[id].empty()) ready.emplace(Seconds(0), id);
  }
  const std::vector<bool> reached = steps_reached(workflow, seed, execution);
  Execution result;
  while (!ready.empty()) {
    const auto [now, id] = ready.top();
    ready.pop();
    const workflow::Step& step = workflow.steps[id];
    Seconds end = now;
    if (!reached[id]) {
      // Passed by: what follows waits for what went before.
    } else if (step.is_foreign()) {
      end += *step.foreign_duration;
    } else if (step.jobs > 0) {
      optimizer::WarmSandboxes warm;
      if (service.told) warm = sandboxes_.idle(step.function, origin + now);
      const optimizer::Decision decision =
          strategy.decide({id, step.jobs, now, service.told ? &warm : nullptr});
      const estimator::StepLaw& law = law_of(id, decision);
      law.draw({seed, execution, static_cast<std::uint64_t>(id)}, runs_);
      const Seconds begin = now + charge.duration;
      if (service_matters)
        sandboxes_.start(step.function, decision.configuration.memory, origin + begin, runs_);
      const estimator::StepOutcome outcome = law.outcome(runs_);
      end = begin + outcome.duration;
      costs[id] = outcome.cost + charge.cost;
    }
    result.duration = std::max(result.duration, end);
    for (const StepId successor : workflow.graph.successors[id]) {
      start[successor] = std::max(start[successor], end);
      if (++ended_predecessors[successor] == workflow.graph.predecessors[successor].size())
        ready.emplace(start[successor], successor);
    }
  }
  if (service.every) {
    const double u = estimator::Draws{seed, execution, kArrivals}.uniform(0, 0);
    next_ += std::max(*service.every * -std::log(u), result.duration);
  }
  // In the order of the steps, so that the sum does not depend on the schedule.
  for (const Usd cost : costs) result.cost += cost;
  return result;
}

}  // namespace stepconf::simulation
