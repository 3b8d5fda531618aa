#include "stepconf/optimizer/stepconf_strategy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::optimizer {
StepConfStrategy::StepConfStrategy(Frontiers& frontiers, Seconds slo, GlobalCache& cache)
    : frontiers_(frontiers),
      cache_(cache),
      divider_(frontiers.workflow().graph),
      initial_(frontiers.workflow().steps.size()) {
  const workflow::Workflow& workflow = frontiers.workflow();
  for (workflow::StepId step = 0; step < workflow.graph.size(); ++step) {
    const Frontier* frontier = workflow.steps[step].jobs > 0 ? &frontiers.expected(step) : nullptr;
    weights_.push_back(frontier ? frontier->options[frontier->most_cost_effective].duration.count()
                                : 0.0);
  }
  for (SubGraph& component : divider_.whole(slo)) {
    const auto shared = std::make_shared<const SubGraph>(std::move(component));
    for (const workflow::StepId step : shared->steps) initial_[step] = shared;
  }
}

Decision StepConfStrategy::decide(const Question& question) {
  if (question.step < 0 || question.step >= static_cast<int>(weights_.size()) ||
      question.jobs < 1) {
    throw Error(
        fmt::format("no decision for step {} with {} jobs: the workflow has {} steps, and "
                    "a step that is asked about at least 1 job",
                    question.step, question.jobs, weights_.size()));
  }
  const Frontier& frontier = frontiers_.of(question.step, question.jobs, question.warm);
  // The jobs that the step really has decide its weight; for other steps the expected ones do.
  const double expected = std::exchange(
      weights_[question.step], frontier.options[frontier.most_cost_effective].duration.count());
  const Seconds sub_slo = divide(question.step, question.now);
  weights_[question.step] = expected;

  const int chosen = frontier.cheapest_within(sub_slo);
  Decision decision = take(frontier, std::max(chosen, 0));
  decision.fixed = frontiers_.is_fixed(question.step);
  const bool limited = sub_slo <= kUnlimited;
  if (limited) decision.sub_slo = sub_slo;
  decision.constraint = chosen < 0 ? Constraint::catch_up
                        : limited  ? Constraint::sub_slo
                                   : Constraint::nothing;
  return decision;
}

Seconds StepConfStrategy::divide(workflow::StepId step, Seconds now) {
  for (;;) {
    const GlobalCache::Entry entry = cache_.find(step);
    const SubGraph& sub_graph = entry.sub_graph ? *entry.sub_graph : *initial_[step];
    Division division = divider_.divide(sub_graph, step, now, weights_);
    if (division.sub_graphs.empty() ||
        cache_.store(entry.version, std::move(division.sub_graphs))) {
      return division.sub_slo;
    }
  }
}

}  // namespace stepconf::optimizer
