#include "stepconf/optimizer/exact_policy.h"

#include <algorithm>
#include <utility>

#include "stepconf/optimizer/optimal_policy.h"
#include "stepconf/optimizer/problem_of.h"
#include "stepconf/optimizer/remaining.h"
#include "stepconf/workflow/choice_tree.h"

namespace stepconf::optimizer {
namespace {

using workflow::StepId;

// How often a search on a workflow that is not series-parallel asks whether to go on: some
// milliseconds for tens of steps.
constexpr int kPatience = 2000;

Decision decision_of(const Frontiers& frontiers, const Question& question, const Frontier& frontier,
                     const BestChoice& best) {
  Decision decision = take(frontier, std::max(0, best.option));
  decision.constraint = best.option < 0 ? Constraint::catch_up : Constraint::slo;
  const Seconds share = best.latest_end - question.now;
  if (share < kUnlimited) decision.sub_slo = std::max(Seconds(0), share);
  decision.fixed = frontiers.is_fixed(question.step);
  return decision;
}

bool is_automatic(const workflow::Step& step) { return step.is_foreign() || step.jobs == 0; }

// What both kinds have in common: the certificate.
class ExactPolicy : public Policy {
 public:
  ExactPolicy(Frontiers& frontiers, Seconds limit, std::function<bool()> out_of_time)
      : frontiers_(frontiers), limit_(limit), out_of_time_(std::move(out_of_time)) {}

  std::optional<Certificate> certificate() override {
    const solver::Solution whole = solve_beforehand(frontiers_, limit_, out_of_time_);
    return Certificate{Usd{whole.lower_bound}, whole.proved && whole.feasible};
  }

  bool remembers() const override { return true; }

 protected:
  Frontiers& frontiers_;
  Seconds limit_;

 private:
  std::function<bool()> out_of_time_;
};

class TreePolicy final : public ExactPolicy {
 public:
  TreePolicy(Frontiers& frontiers, Seconds limit, std::function<bool()> out_of_time,
             const workflow::SeriesParallelTree& tree)
      : ExactPolicy(frontiers, limit, std::move(out_of_time)), tree_(make_tree(frontiers, tree)) {}

  std::unique_ptr<Strategy> begin(GlobalCache&) override {
    return std::make_unique<Execution>(*this);
  }

 private:
  class Execution final : public Strategy {
   public:
    explicit Execution(TreePolicy& policy) : policy_(policy), progress_(policy.tree_.start()) {}

    Decision decide(const Question& question) override {
      const Frontier& frontier = policy_.frontiers_.of(question.step, question.jobs);
      const BestChoice best =
          policy_.tree_.choose(question.step, points_of(frontier, 1), question.now,
                               policy_.limit_ + kRounding, progress_);
      Decision decision = decision_of(policy_.frontiers_, question, frontier, best);
      policy_.tree_.note(progress_, question.step,
                         {question.now, question.now + *decision.duration});
      return decision;
    }

   private:
    TreePolicy& policy_;
    Progress progress_;
  };

  static RemainingTree make_tree(Frontiers& frontiers, const workflow::SeriesParallelTree& tree) {
    const workflow::Workflow& workflow = frontiers.workflow();
    std::vector<std::vector<solver::Point>> options;
    std::vector<char> automatic;
    for (StepId id = 0; id < workflow.graph.size(); ++id) {
      const workflow::Step& step = workflow.steps[id];
      automatic.push_back(is_automatic(step));
      options.push_back(step.jobs > 0 ? points_of(frontiers.expected(id), 1)
                                      : std::vector<solver::Point>{{0, 0}});
    }
    return {tree, options, automatic};
  }

  RemainingTree tree_;
};

class GraphPolicy final : public ExactPolicy {
 public:
  GraphPolicy(Frontiers& frontiers, Seconds limit, std::function<bool()> out_of_time)
      : ExactPolicy(frontiers, limit, std::move(out_of_time)),
        problem_(problem_of(frontiers)),
        order_(workflow::topological_order(problem_.graph)) {}

  std::unique_ptr<Strategy> begin(GlobalCache&) override {
    return std::make_unique<Execution>(*this);
  }

 private:
  class Execution final : public Strategy {
   public:
    explicit Execution(GraphPolicy& policy)
        : policy_(policy), remaining_(policy.problem_), ends_(remaining_.options.size()) {}

    Decision decide(const Question& question) override {
      const Frontier& frontier = policy_.frontiers_.of(question.step, question.jobs);
      const workflow::Step& step = policy_.frontiers_.workflow().steps[question.step];
      note_what_is_over(question);
      remaining_.options[question.step] = points_of(frontier, step.probability);
      const BestChoice best = solve(question);
      Decision decision = decision_of(policy_.frontiers_, question, frontier, best);
      ends_[question.step] = question.now + *decision.duration;
      return decision;
    }

   private:
    // Steps before this one have ended; those that were decided go on until they end as predicted.
    void note_what_is_over(const Question& question) {
      for (std::size_t id = 0; id < ends_.size(); ++id) {
        if (!ends_[id]) continue;
        const double left = std::max(0.0, (*ends_[id] - question.now).count());
        remaining_.options[id] = {{left, 0}};
      }
      std::vector<StepId> before = remaining_.graph.predecessors[question.step];
      while (!before.empty()) {
        const StepId id = before.back();
        before.pop_back();
        if (remaining_.options[id] == std::vector<solver::Point>{{0, 0}} && ends_[id]) continue;
        remaining_.options[id] = {{0, 0}};
        ends_[id] = std::min(ends_[id].value_or(question.now), question.now);
        const auto& more = remaining_.graph.predecessors[id];
        before.insert(before.end(), more.begin(), more.end());
      }
      note_what_goes_on_by_itself(question);
    }

    // Steps that nobody asks about began when all before them had ended.
    void note_what_goes_on_by_itself(const Question& question) {
      const workflow::Workflow& workflow = policy_.frontiers_.workflow();
      std::vector<std::optional<Seconds>> ends = ends_;
      for (const StepId id : policy_.order_) {
        if (ends[id] || !is_automatic(workflow.steps[id])) continue;
        Seconds begun(0);
        for (const StepId before : workflow.graph.predecessors[id])
          begun = std::max(begun, ends[before].value_or(kUnlimited));
        if (begun > question.now) continue;
        ends[id] = begun + Seconds(policy_.problem_.options[id].front().seconds);
        remaining_.options[id] = {{std::max(0.0, (*ends[id] - question.now).count()), 0}};
      }
    }

    BestChoice solve(const Question& question) const {
      int patience = kPatience;
      const auto solver =
          solver::make_solver(remaining_, {.out_of_time = [&patience] { return --patience < 0; }});
      const Seconds left = policy_.limit_ - question.now;
      const solver::Solution solution = solver->cheapest_within(left.count());
      const int option = solution.best.options[question.step];
      const double taken = remaining_.options[question.step][option].seconds;
      const Seconds spare = left - Seconds(solution.best.total.seconds);
      return {solution.feasible ? option : -1, question.now + Seconds(taken) + spare};
    }

    GraphPolicy& policy_;
    solver::Problem remaining_;
    std::vector<std::optional<Seconds>> ends_;
  };

  solver::Problem problem_;
  std::vector<StepId> order_;
};

}  // namespace

std::unique_ptr<Policy> make_exact_policy(Frontiers& frontiers, Seconds slo,
                                          std::function<bool()> out_of_time) {
  const auto tree = workflow::series_parallel_tree(frontiers.workflow());
  if (!tree) return std::make_unique<GraphPolicy>(frontiers, slo, std::move(out_of_time));
  return std::make_unique<TreePolicy>(frontiers, slo, std::move(out_of_time), *tree);
}

}  // namespace stepconf::optimizer
