#include "stepconf/optimizer/exact_policy.h"

#include <algorithm>
#include <set>
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
      const Frontier& frontier = policy_.frontiers_.of(question.step, question.jobs, question.warm);
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
      automatic.push_back(is_automatic(step) ? 1 : 0);
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
        : policy_(policy),
          remaining_(policy.problem_),
          ends_(remaining_.options.size()),
          over_(remaining_.options.size(), 0),
          passed_by_(remaining_.options.size(), 0),
          taken_(policy.frontiers_.workflow().choices.size()) {}

    Decision decide(const Question& question) override {
      const Frontier& frontier = policy_.frontiers_.of(question.step, question.jobs, question.warm);
      note_ways(question.step);
      note_what_is_over(question);
      remaining_.options[question.step] = points_of(frontier, 1);
      const BestChoice best = solve(question);
      Decision decision = decision_of(policy_.frontiers_, question, frontier, best);
      ends_[question.step] = question.now + *decision.duration;
      return decision;
    }

   private:
    // Who asks about a step has gone its way: what else stands on that way now counts by the share
    // of those who went it, and the other ways are out, until an iteration of a Map goes them too.
    void note_ways(StepId asked) {
      const std::vector<workflow::Choice>& choices = policy_.frontiers_.workflow().choices;
      bool news = false;
      for (std::size_t i = 0; i < choices.size(); ++i) {
        for (std::size_t way = 0; way < choices[i].ways.size(); ++way) {
          if (!std::ranges::binary_search(choices[i].ways[way].steps, asked)) continue;
          news |= taken_[i].insert(way).second;
        }
      }
      if (!news) return;
      passed_by_.assign(passed_by_.size(), 0);
      for (std::size_t step = 0; step < ends_.size(); ++step)
        if (!ends_[step]) remaining_.options[step] = policy_.problem_.options[step];
      for (std::size_t i = 0; i < choices.size(); ++i) {
        if (taken_[i].empty()) continue;
        for (std::size_t way = 0; way < choices[i].ways.size(); ++way)
          weigh_way(choices[i].ways[way], taken_[i].contains(way));
      }
    }

    void weigh_way(const workflow::Way& way, bool taken) {
      for (const StepId step : way.steps) {
        if (ends_[step]) continue;
        if (taken) {
          for (solver::Point& point : remaining_.options[step]) point.usd /= way.share;
        } else {
          passed_by_[step] = 1;
          remaining_.options[step] = {{0, 0}};
        }
      }
    }

    // Steps before this one have ended; those that were decided go on until they end as predicted.
    void note_what_is_over(const Question& question) {
      const workflow::Workflow& workflow = policy_.frontiers_.workflow();
      over_[question.step] = 0;
      std::vector<StepId> before = remaining_.graph.predecessors[question.step];
      while (!before.empty()) {
        const StepId id = before.back();
        before.pop_back();
        if (over_[id]) continue;
        over_[id] = 1;
        if (!is_automatic(workflow.steps[id]))
          ends_[id] = std::min(ends_[id].value_or(question.now), question.now);
        const auto& more = remaining_.graph.predecessors[id];
        before.insert(before.end(), more.begin(), more.end());
      }
      const std::vector<std::optional<Seconds>> ends = all_ends(question.now);
      for (std::size_t id = 0; id < ends.size(); ++id) {
        if (!ends[id]) continue;
        remaining_.options[id] = {{std::max(0.0, (*ends[id] - question.now).count()), 0}};
      }
    }

    // Those of steps that nobody asks about too, which began when all before them had ended, and of
    // those that were passed by. Absent where a step has not begun.
    std::vector<std::optional<Seconds>> all_ends(Seconds now) const {
      const workflow::Workflow& workflow = policy_.frontiers_.workflow();
      std::vector<std::optional<Seconds>> ends = ends_;
      for (const StepId id : policy_.order_) {
        if (ends[id] || !(passed_by_[id] || is_automatic(workflow.steps[id]))) continue;
        Seconds begun(0);
        for (const StepId before : workflow.graph.predecessors[id])
          begun = std::max(begun, ends[before].value_or(kUnlimited));
        const Seconds end =
            passed_by_[id] ? begun : begun + Seconds(policy_.problem_.options[id].front().seconds);
        if (over_[id]) {
          ends[id] = std::min(end, now);
        } else if (begun <= now) {
          ends[id] = end;
        }
      }
      return ends;
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
    // By step: when it ends, or ended; absent where nobody asked about it.
    std::vector<std::optional<Seconds>> ends_;
    // By step: whether it has ended, as what was asked about behind it shows.
    std::vector<char> over_;
    // By step: whether it stands on a way that was not taken.
    std::vector<char> passed_by_;
    // By choice: the ways that are known to be taken.
    std::vector<std::set<std::size_t>> taken_;
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
