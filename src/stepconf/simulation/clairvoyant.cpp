#include "stepconf/simulation/clairvoyant.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "stepconf/simulation/ways.h"
#include "stepconf/solver/problem.h"

namespace stepconf::simulation {
namespace {

using workflow::StepId;

class Given final : public optimizer::Strategy {
 public:
  explicit Given(std::vector<estimator::Option> options) : options_(std::move(options)) {}
  optimizer::Decision decide(const optimizer::Question& question) override {
    const estimator::Option& option = options_[question.step];
    return {.configuration = option.configuration,
            .duration = option.duration,
            .cost = option.cost,
            .constraint = optimizer::Constraint::plan};
  }

 private:
  std::vector<estimator::Option> options_;
};

// What came out of each option, pruned as the solver wants it: seconds ascend, costs descend.
// `kept` tells which option each point is.
std::vector<solver::Point> pruned(const std::vector<solver::Point>& points,
                                  std::vector<int>& kept) {
  std::vector<int> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](int a, int b) {
    return std::tuple(points[a].seconds, points[a].usd, a) <
           std::tuple(points[b].seconds, points[b].usd, b);
  });
  std::vector<solver::Point> result;
  for (const int i : order) {
    if (!result.empty() && points[i].usd >= result.back().usd) continue;
    result.push_back(points[i]);
    kept.push_back(i);
  }
  return result;
}

}  // namespace

Clairvoyant::Clairvoyant(const Truth& truth, Seconds slo) : truth_(truth), slo_(slo) {
  for (const workflow::Step& step : truth.workflow.steps) {
    auto& options = options_.emplace_back();
    auto& laws = laws_.emplace_back();
    if (step.is_foreign() || step.jobs == 0) continue;
    options = truth.options.options(step, step.jobs);
    laws.reserve(options.size());
    for (const estimator::Option& option : options)
      laws.push_back(truth.scatter.law(step, step.jobs, option));
  }
}

std::unique_ptr<optimizer::Strategy> Clairvoyant::begin(std::uint64_t seed,
                                                        std::uint64_t execution) {
  const workflow::Workflow& workflow = truth_.workflow;
  solver::Problem problem;
  problem.graph = workflow.graph;
  const std::vector<bool> reached = steps_reached(workflow, seed, execution);
  std::vector<std::vector<int>> kept(workflow.steps.size());
  for (std::size_t id = 0; id < workflow.steps.size(); ++id) {
    const workflow::Step& step = workflow.steps[id];
    if (!reached[id]) {
      problem.options.push_back({{0, 0}});
      continue;
    }
    if (laws_[id].empty()) {
      problem.options.push_back({{step.is_foreign() ? step.foreign_duration->count() : 0, 0}});
      continue;
    }
    std::vector<solver::Point> points;
    for (const estimator::StepLaw& law : laws_[id]) {
      law.draw({seed, execution, id}, runs_);
      const estimator::StepOutcome outcome = law.outcome(runs_);
      points.push_back({outcome.duration.count(), outcome.cost.value});
    }
    problem.options.push_back(pruned(points, kept[id]));
  }
  const solver::Solution solution = solver::make_solver(problem)->cheapest_within(slo_.count());
  std::vector<estimator::Option> chosen(workflow.steps.size());
  for (std::size_t id = 0; id < workflow.steps.size(); ++id) {
    if (reached[id] && !laws_[id].empty())
      chosen[id] = options_[id][kept[id][solution.best.options[id]]];
  }
  return std::make_unique<Given>(std::move(chosen));
}

}  // namespace stepconf::simulation
