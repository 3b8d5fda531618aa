#include "bench/percentile/players.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <utility>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/solver/tree_solver.h"

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;

// Gives the last steps of `tree`, after edges from `before` to its first ones.
std::vector<workflow::StepId> connect(const Tree& tree, std::vector<workflow::StepId> before,
                                      workflow::Graph& graph) {
  if (tree.kind == Tree::Kind::kStep) {
    for (const workflow::StepId step : before) graph.add_edge(step, tree.step);
    return {tree.step};
  }
  std::vector<workflow::StepId> last;
  for (const Tree& part : tree.parts) {
    const auto ends = connect(part, before, graph);
    if (tree.kind == Tree::Kind::kSeries) {
      before = last = ends;
    } else {
      last.insert(last.end(), ends.begin(), ends.end());
    }
  }
  return last;
}

workflow::Workflow workflow_of(const Trial& trial) {
  const int size = static_cast<int>(trial.steps.size());
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(size);
  for (int step = 0; step < size; ++step) {
    workflow.steps.emplace_back();
    workflow.steps.back().name = std::to_string(step);
    workflow.steps.back().function = workflow.steps.back().name;
  }
  connect(trial.tree, {}, workflow.graph);
  return workflow;
}

}  // namespace

Came Stage::run(const Tables& tables, double slo, int run) const {
  Came came;
  came.seconds = end_of(0, {slo, 0}, 0, tables, run, came.usd);
  return came;
}

Outcome Stage::play(const Tables& tables, double slo, int runs) const {
  Outcome outcome;
  for (int i = 0; i < runs; ++i) {
    const Came came = run(tables, slo, i);
    outcome.attainment += came.seconds <= slo;
    outcome.usd += came.usd;
  }
  return {outcome.attainment / runs, outcome.usd / runs};
}

double Stage::end_of(int chain, Due due, double now, const Tables& tables, int run,
                     double& usd) const {
  const auto& elements = chains_.chains[chain].elements;
  for (int place = 0; place < static_cast<int>(elements.size()); ++place) {
    const Element& element = elements[place];
    if (element.kind == Tree::Kind::kStep) {
      const int chosen = tables.alternative(chain, place, due.context, due.target - now);
      const Came came = draws_.of(element.step, run, trial_.kept[element.step][chosen]);
      now += came.seconds;
      usd += came.usd;
    } else {
      const Due branches = tables.fork(chain, place, due, due.target - now);
      double end = now;
      for (const int branch : element.chains) {
        end = std::max(end, end_of(branch, branches, now, tables, run, usd));
      }
      now = end;
    }
  }
  return now;
}

// Memory tells which of the kept configurations it is.
std::vector<estimator::Option> Rivals::Means::options(const workflow::Step& step, int) const {
  std::vector<estimator::Option> options;
  int index = 0;
  for (const Alternative& a : trial_.believed[std::stoi(step.name)]) {
    options.push_back({{MemoryMb{++index}, 1, 1}, Seconds(a.mean_seconds()), Usd{a.usd}});
  }
  return options;
}

estimator::Evaluation Rivals::Means::evaluate(const workflow::Step&, int,
                                              const estimator::Configuration&) const {
  return {};
}

Rivals::Rivals(const Trial& trial, const Draws& draws, int runs)
    : trial_(trial),
      draws_(draws),
      runs_(runs),
      workflow_(workflow_of(trial)),
      means_(trial),
      frontiers_(workflow_, means_) {}

// Steps run in the order in which they become ready.
Came Rivals::run(optimizer::Policy& policy, int run) const {
  cache::InMemoryCache cache;
  const auto strategy = policy.begin(cache);
  std::vector<double> start(workflow_.steps.size(), 0.0);
  std::vector<std::size_t> ended(workflow_.steps.size(), 0);
  using Ready = std::pair<double, int>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (int step = 0; step < workflow_.graph.size(); ++step) {
    if (workflow_.graph.predecessors[step].empty()) ready.emplace(0, step);
  }
  Came all;
  while (!ready.empty()) {
    const auto [now, step] = ready.top();
    ready.pop();
    const int chosen = strategy->decide({step, 1, Seconds(now)}).configuration.memory.value - 1;
    const Came came = draws_.of(step, run, trial_.kept[step][chosen]);
    all.usd += came.usd;
    all.seconds = std::max(all.seconds, now + came.seconds);
    for (const int next : workflow_.graph.successors[step]) {
      start[next] = std::max(start[next], now + came.seconds);
      if (++ended[next] == workflow_.graph.predecessors[next].size()) {
        ready.emplace(start[next], next);
      }
    }
  }
  return all;
}

Outcome Rivals::play(std::string_view strategy, double slo, int half_points) {
  const auto [entry, is_new] = known_.try_emplace({strategy, {slo, half_points}});
  Outcome& outcome = entry->second;
  if (!is_new) return outcome;
  const auto policy = optimizer::prepare(
      strategy, {.frontiers = frontiers_, .slo = Seconds(slo), .headroom = half_points * 0.005});
  for (int i = 0; i < runs_; ++i) {
    const Came came = run(*policy, i);
    outcome.attainment += came.seconds <= slo;
    outcome.usd += came.usd;
  }
  outcome = {outcome.attainment / runs_, outcome.usd / runs_};
  return outcome;
}

Outcome Rivals::padded(std::string_view strategy, double slo, double target) {
  constexpr int kMost = 120;
  int low = -1, high = kMost;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (play(strategy, slo, middle).attainment >= target ? high : low) = middle;
  }
  return play(strategy, slo, high);
}

Clairvoyant clairvoyant(const Trial& trial, const Draws& draws, double slo, int runs) {
  solver::Problem problem{workflow_of(trial).graph, {}};
  Clairvoyant all;
  for (int run = 0; run < runs; ++run) {
    problem.options.clear();
    for (std::size_t step = 0; step < trial.kept.size(); ++step) {
      std::vector<solver::Point> came;
      for (const Config& config : trial.kept[step]) {
        const Came one = draws.of(static_cast<int>(step), run, config);
        came.push_back({one.seconds, one.usd});
      }
      std::ranges::sort(came, {}, [](const auto& p) { return std::pair(p.seconds, p.usd); });
      auto& options = problem.options.emplace_back();
      for (const solver::Point& point : came) {
        if (options.empty() || point.usd < options.back().usd) options.push_back(point);
      }
    }
    const solver::Solution solution =
        solver::make_tree_solver(problem, trial.tree)->cheapest_within(slo);
    all.usd += solution.best.total.usd / runs;
    all.feasible += (solution.feasible ? 1.0 : 0.0) / runs;
  }
  return all;
}

}  // namespace stepconf::percentile
