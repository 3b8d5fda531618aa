#include "stepconf/solver/dag_solver.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "stepconf/solver/branch_and_bound.h"
#include "stepconf/solver/contraction.h"
#include "stepconf/solver/relaxation.h"
#include "tests/solver/brute_force.h"
#include "tests/solver/cbc.h"

namespace stepconf::solver {
namespace {

using workflow::Graph;

constexpr double kClose = 1e-9;

// Any shape, ties included: seconds and costs are small whole numbers where `whole`.
Problem random_problem(int size, int most_options, bool whole, std::mt19937& random) {
  Problem problem;
  problem.graph = Graph(size);
  const double density = std::uniform_real_distribution(0.1, 0.8)(random);
  for (int i = 0; i < size; ++i)
    for (int j = i + 1; j < size; ++j)
      if (std::bernoulli_distribution(density)(random)) problem.graph.add_edge(i, j);
  for (int i = 0; i < size; ++i)
    problem.options.push_back(tests::random_points(most_options, whole, random));
  return problem;
}

Point cheapest(const std::vector<Assignment>& all, double limit) {
  Point best{1e9, 1e9};
  for (const Assignment& a : all) {
    if (a.total.seconds > limit + kClose || a.total.usd > best.usd + kClose) continue;
    if (a.total.usd < best.usd - kClose || a.total.seconds < best.seconds) best = a.total;
  }
  return best;
}

Point fastest(const std::vector<Assignment>& all, double budget) {
  Point best{1e9, 1e9};
  for (const Assignment& a : all) {
    if (a.total.usd > budget + kClose || a.total.seconds > best.seconds + kClose) continue;
    if (a.total.seconds < best.seconds - kClose || a.total.usd < best.usd) best = a.total;
  }
  return best;
}

// 0 before 2 and 3, 1 before 3 only: the smallest order that is not series-parallel. Each step
// takes 1 s for 4 USD or 3 s for 1 USD.
Problem crossed() {
  Problem problem;
  problem.graph = Graph(4);
  problem.graph.add_edge(0, 2);
  problem.graph.add_edge(0, 3);
  problem.graph.add_edge(1, 3);
  problem.options.assign(4, {{1, 4}, {3, 1}});
  return problem;
}

TEST(DagSolver, SolvesACrossedNByHand) {
  const Problem problem = crossed();
  const auto solver = make_dag_solver(problem);
  // Of 0-2, 0-3 and 1-3 each may have one slow step at 4 s: 1 and 2 and... 0 slow forbids 2 and 3,
  // so 0 and 1 (then 2, 3 fast), or 2 with 3, or 2 with 1: two are slow, 4 + 4 + 1 + 1.
  const Solution solution = solver->cheapest_within(4);
  EXPECT_TRUE(solution.feasible);
  EXPECT_TRUE(solution.proved);
  EXPECT_EQ(solution.best.total, (Point{4, 10}));
  EXPECT_EQ(solution.lower_bound, 10);
  // At 6 s all are slow; just below that still two.
  EXPECT_EQ(solver->cheapest_within(6).best.options, (std::vector<int>{1, 1, 1, 1}));
  EXPECT_EQ(solver->cheapest_within(5.9).best.total, (Point{4, 10}));
  EXPECT_EQ(solver->fastest_within(15.9).best.total, (Point{4, 10}));
  EXPECT_EQ(solver->fastest_within(16).best.total, (Point{2, 16}));
}

TEST(DagSolver, GivesTheFastestWhereNothingKeepsTheLimit) {
  Problem problem = crossed();
  problem.options[2] = {{0.5, 4}, {1, 2}, {3, 1}};
  const Solution solution = make_dag_solver(problem)->cheapest_within(1.9);
  EXPECT_FALSE(solution.feasible);
  EXPECT_TRUE(solution.proved);
  // 2 s whatever step 2 does within 1 s: the cheaper of its two.
  EXPECT_EQ(solution.best.total, (Point{2, 14}));
}

TEST(DagSolver, GivesTheCheapestWhereNothingKeepsTheBudget) {
  const Problem problem = crossed();
  const Solution solution = make_dag_solver(problem)->fastest_within(3.9);
  EXPECT_FALSE(solution.feasible);
  EXPECT_EQ(solution.best.total, (Point{6, 4}));
}

TEST(DagSolver, ForgivesANanosecondAndNoMore) {
  const Problem problem = crossed();
  const auto solver = make_dag_solver(problem);
  EXPECT_TRUE(solver->cheapest_within(2 - 0.9e-9).feasible);
  EXPECT_FALSE(solver->cheapest_within(2 - 1.2e-9).feasible);
}

TEST(DagSolver, RefusesACycle) {
  Problem problem = crossed();
  problem.graph.add_edge(3, 0);
  EXPECT_THROW(make_dag_solver(problem), workflow::InvalidWorkflow);
}

RC_GTEST_PROP(DagSolver, FindsWhatEnumerationFinds, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int size = *rc::gen::inRange(1, 7);
  const Problem problem = random_problem(size, 4, *rc::gen::arbitrary<bool>(), random);
  const std::vector<Assignment> all = tests::all_assignments(problem);
  const auto solver = make_dag_solver(problem);
  const Point limit = all[*rc::gen::inRange<std::size_t>(0, all.size())].total;

  const Solution in_time = solver->cheapest_within(limit.seconds);
  const Point least = cheapest(all, limit.seconds);
  RC_ASSERT(in_time.feasible && in_time.proved);
  RC_ASSERT(std::abs(in_time.best.total.usd - least.usd) < kClose);
  RC_ASSERT(std::abs(in_time.best.total.seconds - least.seconds) < kClose);

  const Solution in_budget = solver->fastest_within(limit.usd);
  const Point first = fastest(all, limit.usd);
  RC_ASSERT(in_budget.feasible && in_budget.proved);
  RC_ASSERT(std::abs(in_budget.best.total.seconds - first.seconds) < 3 * kClose);
  RC_ASSERT(std::abs(in_budget.best.total.usd - first.usd) < kClose);
}

RC_GTEST_PROP(DagSolver, KeepsAValidBoundWhenItIsOutOfTime, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const Problem problem = random_problem(14, 8, false, random);
  const double fast = evaluate(problem, std::vector<int>(14, 0)).total.seconds;
  const double limit = fast * *rc::gen::element(1.05, 1.2, 1.5, 2.0);
  const double optimum = make_dag_solver(problem)->cheapest_within(limit).best.total.usd;
  int questions = *rc::gen::inRange(0, 20);
  SolverOptions options;
  options.out_of_time = [&] { return questions-- <= 0; };
  const Solution cut = make_dag_solver(problem, options)->cheapest_within(limit);
  RC_ASSERT(cut.feasible);
  RC_ASSERT(cut.best.total.seconds <= limit + kClose);
  RC_ASSERT(cut.lower_bound <= optimum * (1 + 1e-12));
  RC_ASSERT(cut.best.total.usd >= optimum * (1 - 1e-12));
  RC_ASSERT(!cut.proved || cut.best.total.usd <= optimum * (1 + 1e-12));
}

RC_GTEST_PROP(DagSolver, KeepsAValidTimeWhenItIsOutOfTimeForABudget, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const Problem problem = random_problem(10, 6, false, random);
  double low = 0, high = 0;
  for (const std::vector<Point>& points : problem.options) {
    low += points.back().usd;
    high += points.front().usd;
  }
  const double budget = low + (high - low) * *rc::gen::element(0.1, 0.3, 0.6, 0.9);
  const double optimum = make_dag_solver(problem)->fastest_within(budget).best.total.seconds;
  int questions = *rc::gen::inRange(0, 40);
  SolverOptions options;
  options.out_of_time = [&] { return questions-- <= 0; };
  const Solution cut = make_dag_solver(problem, options)->fastest_within(budget);
  RC_ASSERT(cut.feasible);
  RC_ASSERT(cut.best.total.usd <= budget * (1 + 1e-11));
  RC_ASSERT(cut.lower_bound <= optimum + 3 * kClose);
  RC_ASSERT(cut.best.total.seconds >= optimum - 3 * kClose);
  RC_ASSERT(!cut.proved || cut.best.total.seconds <= optimum + 3 * kClose);
}

TEST(DagSolver, StopsAtOnceWhenThereIsNoTime) {
  std::mt19937 random(3);
  const Problem problem = random_problem(60, 20, false, random);
  SolverOptions options;
  options.out_of_time = [] { return true; };
  const double fast = evaluate(problem, std::vector<int>(60, 0)).total.seconds;
  const Solution solution = make_dag_solver(problem, options)->cheapest_within(1.5 * fast);
  EXPECT_TRUE(solution.feasible);
  EXPECT_FALSE(solution.proved);
  EXPECT_GT(solution.lower_bound, 0.9 * solution.best.total.usd);
}

TEST(DagSolver, ListsAFrontierOfWhichNoPointBeatsAnother) {
  std::mt19937 random(5);
  const Problem problem = random_problem(12, 6, false, random);
  const auto solver = make_dag_solver(problem);
  const FrontierList list = solver->frontier(20);
  const std::vector<Point>& frontier = list.points;
  EXPECT_FALSE(list.complete);
  EXPECT_EQ(list.excess, 0) << "each was found to the end";
  EXPECT_FALSE(list.out_of_time);
  EXPECT_LE(frontier.size(), 20u);
  EXPECT_GE(frontier.size(), 10u);
  for (std::size_t i = 1; i < frontier.size(); ++i) {
    EXPECT_LT(frontier[i - 1].seconds, frontier[i].seconds);
    EXPECT_GT(frontier[i - 1].usd, frontier[i].usd);
  }
  EXPECT_EQ(frontier.front().seconds, evaluate(problem, std::vector<int>(12, 0)).total.seconds);
  for (const Point& point : frontier)
    EXPECT_NEAR(solver->cheapest_within(point.seconds).best.total.usd, point.usd, kClose);
}

TEST(DagSolver, ListsTheWholeFrontierWhereItHasFewPoints) {
  // N: 0 and 1 before 2, 1 before 3; all 3^4 plans are tried.
  std::mt19937 random(8);
  for (int round = 0; round < 30; ++round) {
    Problem problem;
    problem.graph = workflow::Graph(4);
    for (const auto& [from, to] : {std::pair{0, 2}, {1, 2}, {1, 3}})
      problem.graph.add_edge(from, to);
    for (int step = 0; step < 4; ++step) {
      const double fast = 1 + random() % 5, cheap = 1 + random() % 3;
      problem.options.push_back({{fast, cheap + 2.5}, {fast + 1, cheap + 1}, {fast + 3, cheap}});
    }
    std::vector<Point> plans;
    for (int plan = 0; plan < 81; ++plan)
      plans.push_back(evaluate(problem, {plan % 3, plan / 3 % 3, plan / 9 % 3, plan / 27}).total);
    std::ranges::sort(plans, {}, [](const Point& p) { return std::pair(p.seconds, p.usd); });
    std::vector<Point> expected;
    for (const Point& plan : plans)
      if (expected.empty() || plan.usd < expected.back().usd) expected.push_back(plan);
    const FrontierList list = make_dag_solver(problem)->frontier(50);
    EXPECT_EQ(list.points, expected);
    EXPECT_TRUE(list.complete && list.excess == 0 && !list.out_of_time);
  }
}

TEST(DagSolver, AgreesWithCbc) {
  if (!tests::has_cbc()) GTEST_SKIP() << "no cbc";
  std::mt19937 random(1);
  int failed = 0;
  for (int i = 0; i < 12; ++i) {
    const int size = 8 + i;
    const Problem problem = random_problem(size, 12, i % 3 == 0, random);
    const double fast = evaluate(problem, std::vector<int>(size, 0)).total.seconds;
    const double limit = fast * (1.05 + 0.3 * (i % 4));
    const Solution ours = make_dag_solver(problem)->cheapest_within(limit);
    const auto theirs = tests::solve_with_cbc(problem, limit);
    EXPECT_TRUE(ours.proved);
    if (!theirs) {
      ++failed;
      continue;
    }
    ASSERT_TRUE(theirs->optimal);
    EXPECT_NEAR(ours.best.total.usd, theirs->best.total.usd, 1e-6 * theirs->best.total.usd);
  }
  EXPECT_LE(failed, 1) << "too few problems were judged";
}

TEST(Contraction, LeavesOneStepOfASeriesParallelWorkflow) {
  // 0 before 1 and 2, both before 3; the edge 0 -> 3 follows from others.
  Problem problem;
  problem.graph = Graph(4);
  for (const auto& [from, to] : {std::pair{0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, 3}})
    problem.graph.add_edge(from, to);
  problem.options = {{{1, 5}}, {{2, 3}, {4, 1}}, {{3, 4}, {4, 2}}, {{1, 2}, {2, 1}}};
  const Contraction contraction(problem);
  ASSERT_EQ(contraction.core().graph.size(), 1);
  // Side by side: 3 s for 3 + 4, 4 s for 1 + 2. With 0 and 3 around it.
  EXPECT_EQ(contraction.core().options[0], (std::vector<Point>{{5, 14}, {6, 10}, {7, 9}}));
  EXPECT_EQ(contraction.expand({1}), (std::vector<int>{0, 1, 1, 0}));
}

TEST(Contraction, KeepsWhatIsNotSeriesParallel) {
  const Problem problem = crossed();
  EXPECT_EQ(Contraction(problem).core().graph.size(), 4);
}

TEST(Relaxation, MixesTwoOptions) {
  Problem problem;
  problem.graph = Graph(1);
  // (2, 9) lies above the line from (1, 10) to (3, 2).
  problem.options = {{{1, 10}, {2, 9}, {3, 2}}};
  Relaxation relaxation(problem);
  EXPECT_EQ(relaxation.bound(), 2);
  relaxation.set_limit(2.5);
  // Half a second at the price of (10 - 2) / 2 a second.
  EXPECT_NEAR(relaxation.bound(), 4, kClose);
  EXPECT_NEAR(relaxation.price(), 4, kClose);
  EXPECT_NEAR(relaxation.penalty(0, {2, 9}), 3, kClose);
  EXPECT_NEAR(relaxation.time_bound(6), 2, kClose);
  relaxation.set_range(0, {0, 1});
  EXPECT_NEAR(relaxation.bound(), 9, kClose);
  relaxation.set_range(0, {2, 2});
  EXPECT_EQ(relaxation.bound(), std::numeric_limits<double>::infinity());
}

RC_GTEST_PROP(Relaxation, IsNeverAboveTheOptimumAndDoesNotDependOnItsPast, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int size = *rc::gen::inRange(2, 6);
  const Problem problem = random_problem(size, 4, *rc::gen::arbitrary<bool>(), random);
  const std::vector<Assignment> all = tests::all_assignments(problem);
  Relaxation walked(problem);
  for (int change = 0; change < 10; ++change) {
    const double limit = all[random() % all.size()].total.seconds + 1e-9;
    const int step = static_cast<int>(random() % size);
    const int count = static_cast<int>(problem.options[step].size());
    const int first = static_cast<int>(random() % count);
    const Relaxation::State before = walked.save();
    walked.set_limit(limit);
    if (walked.bound() == std::numeric_limits<double>::infinity()) {
      walked.restore(before);
      continue;
    }
    walked.set_range(step, {first, first + static_cast<int>(random() % (count - first))});
    Relaxation fresh(problem);
    for (int s = 0; s < size; ++s) fresh.set_range(s, walked.ranges()[s]);
    fresh.set_limit(limit);
    double optimum = std::numeric_limits<double>::infinity();
    for (const Assignment& a : all) {
      bool allowed = a.total.seconds <= limit;
      for (int s = 0; s < size; ++s)
        allowed = allowed && a.options[s] >= walked.ranges()[s].first &&
                  a.options[s] <= walked.ranges()[s].last;
      if (allowed) optimum = std::min(optimum, a.total.usd);
    }
    const bool possible = walked.bound() < std::numeric_limits<double>::infinity();
    RC_ASSERT(possible == (fresh.bound() < std::numeric_limits<double>::infinity()));
    if (!possible) {
      RC_ASSERT(optimum == std::numeric_limits<double>::infinity());
      walked.restore(before);
      continue;
    }
    RC_ASSERT(walked.bound() <= optimum + kClose);
    RC_ASSERT(std::abs(walked.bound() - fresh.bound()) < 1e-6);
  }
}

TEST(BranchAndBound, OfEquallyCheapAssignmentsTakesTheShortest) {
  Problem problem;
  problem.graph = Graph(3);
  problem.graph.add_edge(0, 2);
  problem.graph.add_edge(1, 2);
  // 0 fast and 2 slow: 3.5 s for 3 + 1 + 2; 0 slow and 2 fast: 3 s for 1 + 1 + 4. Not both slow.
  problem.options = {{{1, 3}, {2, 1}}, {{1, 1}}, {{1, 4}, {2.5, 2}}};
  const Found found = branch_and_bound(problem, {.limit = 3.9});
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.total, (Point{3, 6}));
  EXPECT_EQ(found.options, (std::vector<int>{1, 0, 0}));
}

TEST(DagSolver, SaysHowFarTheFrontierMayBeOffWhereThereIsNoTime) {
  std::mt19937 random(5);
  const Problem problem = random_problem(30, 8, false, random);
  SolverOptions options;
  options.out_of_time = [] { return true; };
  const FrontierList list = make_dag_solver(problem, options)->frontier(5);
  EXPECT_TRUE(list.out_of_time && !list.complete);
  EXPECT_GT(list.excess, 0);
  const auto solver = make_dag_solver(problem);
  for (const Point& point : list.points) {
    const double least = solver->cheapest_within(point.seconds).best.total.usd;
    EXPECT_LE(point.usd, least * (1 + list.excess) * (1 + 1e-12));
  }
}

}  // namespace
}  // namespace stepconf::solver
