#include "stepconf/optimizer/planned_policy.h"

#include <algorithm>

namespace stepconf::optimizer {
namespace {

class PlannedStrategy final : public Strategy {
 public:
  PlannedStrategy(Frontiers& frontiers, const std::vector<PlannedChoice>& choices)
      : frontiers_(frontiers), choices_(choices) {}

  Decision decide(const Question& question) override {
    const PlannedChoice& choice = choices_.at(static_cast<std::size_t>(question.step));
    Decision decision = question.jobs == frontiers_.workflow().steps[question.step].jobs
                            ? take(frontiers_.expected(question.step), choice.option)
                            : for_other_jobs(question, choice);
    decision.constraint = choice.constraint;
    if (choice.sub_slo && *choice.sub_slo < kUnlimited) decision.sub_slo = choice.sub_slo;
    decision.fixed = frontiers_.is_fixed(question.step);
    return decision;
  }

 private:
  Decision for_other_jobs(const Question& question, const PlannedChoice& choice) {
    const estimator::Option& planned = frontiers_.expected(question.step).options[choice.option];
    const Frontier& frontier = frontiers_.of(question.step, question.jobs);
    const auto kept = std::ranges::find(frontier.options, planned.configuration,
                                        &estimator::Option::configuration);
    if (kept != frontier.options.end())
      return take(frontier, static_cast<int>(kept - frontier.options.begin()));
    const workflow::Step& step = frontiers_.workflow().steps[question.step];
    const auto known =
        frontiers_.source().evaluate(step, question.jobs, planned.configuration).option;
    if (!known) return take(frontier, std::max(0, frontier.cheapest_within(planned.duration)));
    // It can run, though something else would be both faster and cheaper by now.
    Decision decision;
    decision.configuration = known->configuration;
    decision.duration = known->duration;
    decision.cost = known->cost;
    decision.considered = frontier.considered;
    return decision;
  }

  Frontiers& frontiers_;
  const std::vector<PlannedChoice>& choices_;
};

}  // namespace

std::unique_ptr<Strategy> PlannedPolicy::begin(GlobalCache&) {
  return std::make_unique<PlannedStrategy>(frontiers_, choices_);
}

}  // namespace stepconf::optimizer
