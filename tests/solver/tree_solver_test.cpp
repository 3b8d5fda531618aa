#include "stepconf/solver/tree_solver.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "bench/random_problem.h"
#include "stepconf/solver/curve.h"
#include "stepconf/solver/hull.h"
#include "tests/solver/brute_force.h"
#include "tests/solver/cbc.h"
#include "tests/workflow/random_series_parallel.h"

namespace stepconf::solver {
namespace {

using workflow::Graph;

constexpr double kClose = 1e-9;

Curve curve(std::vector<Point> points) { return curve_of(points); }

std::vector<Point> points(const Curve& curve) {
  std::vector<Point> all;
  for (int i = 0; i < curve.size(); ++i) all.push_back(curve.point(i));
  return all;
}

std::unique_ptr<Solver> solver_of(const Problem& problem, double epsilon = 0) {
  return make_tree_solver(problem, *workflow::series_parallel_tree(problem.graph),
                          {.epsilon = epsilon});
}

Problem random_problem(int size, int most_options, bool whole, std::mt19937& random) {
  Problem problem{tests::random_series_parallel(size, random), {}};
  for (int i = 0; i < size; ++i)
    problem.options.push_back(tests::random_points(most_options, whole, random));
  return problem;
}

// Every efficient total, by trying everything.
std::vector<Point> frontier_by_force(const Problem& problem) {
  std::vector<Point> all;
  for (const Assignment& each : tests::all_assignments(problem)) all.push_back(each.total);
  std::sort(all.begin(), all.end(), [](const Point& a, const Point& b) {
    return std::pair(a.seconds, a.usd) < std::pair(b.seconds, b.usd);
  });
  std::vector<Point> frontier;
  for (const Point& point : all)
    if (frontier.empty() || point.usd < frontier.back().usd - kClose) frontier.push_back(point);
  return frontier;
}

TEST(Curve, AddsPartsInSeriesAndKeepsWhatIsEfficient) {
  const Curve sum = in_series(curve({{1, 8}, {3, 2}}), curve({{1, 5}, {2, 1}}));
  // 1+1: 13, 1+2: 9, 3+1: 7, 3+2: 3
  EXPECT_EQ(points(sum), (std::vector<Point>{{2, 13}, {3, 9}, {4, 7}, {5, 3}}));
  EXPECT_EQ(sum.origins[2].first, 1);
  EXPECT_EQ(sum.origins[2].second, 0);
}

// Rows of the shorter curve are matched as they come: any number of them, of which the last wait.
TEST(Curve, AddsPartsInSeriesAsTryingAllSumsDoes) {
  for (int size = 1; size <= 9; ++size) {
    std::vector<Point> longer, shorter;
    for (int i = 0; i < 11; ++i) longer.push_back({i * 1.7, 100.0 - i * i % 7 - 7 * i});
    for (int i = 0; i < size; ++i) shorter.push_back({i * 2.3, 60.0 - i * i % 5 - 5 * i});
    std::vector<Point> all;
    for (const Point& a : longer)
      for (const Point& b : shorter) all.push_back({a.seconds + b.seconds, a.usd + b.usd});
    std::ranges::sort(all, {}, [](const Point& p) { return std::pair(p.seconds, p.usd); });
    std::vector<Point> efficient;
    for (const Point& point : all)
      if (efficient.empty() || point.usd < efficient.back().usd) efficient.push_back(point);
    EXPECT_EQ(points(in_series(curve(longer), curve(shorter))), efficient) << size;
  }
}

TEST(Curve, AddsPartsInParallelAtTheLongerTime) {
  const Curve both = in_parallel(curve({{1, 8}, {4, 2}}), curve({{2, 5}, {3, 1}}));
  EXPECT_EQ(points(both), (std::vector<Point>{{2, 13}, {3, 9}, {4, 3}}));
}

TEST(Curve, ThinsWithinTheToleranceAtNoLongerTime) {
  Curve thinned = curve({{1, 100}, {2, 99.5}, {3, 98}, {4, 97.5}});
  EXPECT_TRUE(thin(thinned, 0.01));
  EXPECT_EQ(points(thinned), (std::vector<Point>{{1, 100}, {3, 98}}));
  EXPECT_FALSE(thin(thinned, 0.01));
}

TEST(Hull, MixesOptions) {
  // (2, 7) lies above the line from (1, 8) to (3, 2).
  const Hull hull = hull_of(curve({{1, 8}, {2, 7}, {3, 2}}));
  EXPECT_EQ(hull.vertices, (std::vector<Point>{{1, 8}, {3, 2}}));
  EXPECT_DOUBLE_EQ(hull.at(2), 5);
  EXPECT_DOUBLE_EQ(hull.at(9), 2);
  EXPECT_EQ(hull.at(0.9), std::numeric_limits<double>::infinity());
}

TEST(Hull, TellsWhatTheRestCostsBesideAPart) {
  // The rest takes 1 s for 8 USD to 3 s for 2 USD; 4 s are left for both.
  const Surroundings rest = Surroundings(4).beside_in_series(hull_of(curve({{1, 8}, {3, 2}})));
  EXPECT_DOUBLE_EQ(rest.at(1), 2);
  EXPECT_DOUBLE_EQ(rest.at(2), 5);
  EXPECT_EQ(rest.at(3.1), std::numeric_limits<double>::infinity());
  // A part side by side with a sibling that wants 2 s: up to there its time makes no difference.
  const Surroundings beside = rest.beside_in_parallel(hull_of(curve({{1, 9}, {2, 1}})));
  EXPECT_DOUBLE_EQ(beside.at(0.5), 6);
  EXPECT_DOUBLE_EQ(beside.at(2.5), 1 + 6.5);
}

TEST(Hull, KeepsOfTheSurroundingsWhatThePartCanAskFor) {
  // As above, with a rest of four vertices; the part takes 4 to 5 s of 10.
  const Hull sibling = hull_of(curve({{1, 20}, {2, 12}, {4, 6}, {8, 2}}));
  const Surroundings rest = Surroundings(10).beside_in_series(sibling);
  Surroundings narrowed = rest;
  narrowed.narrow(hull_of(curve({{4, 3}, {5, 1}})));
  for (const double seconds : {4.0, 4.5, 5.0})
    EXPECT_DOUBLE_EQ(narrowed.at(seconds), rest.at(seconds));
  // 8.5 s would leave 1.5 s for the rest: possible, but not for this part.
  EXPECT_LT(rest.at(8.5), 20);
  EXPECT_EQ(narrowed.at(8.5), std::numeric_limits<double>::infinity());
}

TEST(TreeSolver, SolvesADiamondByHand) {
  // 0, then 1 beside 2, then 3.
  Problem problem{Graph(4), {{{1, 4}, {2, 1}}, {{2, 6}, {4, 2}}, {{3, 5}}, {{1, 3}, {2, 2}}}};
  problem.graph.add_edge(0, 1);
  problem.graph.add_edge(0, 2);
  problem.graph.add_edge(1, 3);
  problem.graph.add_edge(2, 3);
  const auto solver = solver_of(problem);
  // The fastest takes 1 + 3 + 1 s. At 6 s one second is to spare: step 0 saves 3 USD with it, step
  // 3 saves 1, step 1, which waits a second for 2 anyway, saves 4.
  const Solution solution = solver->cheapest_within(6);
  EXPECT_TRUE(solution.proved);
  EXPECT_EQ(solution.best.total, (Point{6, 4 + 2 + 5 + 3}));
  EXPECT_EQ(solver->cheapest_within(7).best.total, (Point{7, 1 + 2 + 5 + 3}));
  EXPECT_FALSE(solver->cheapest_within(4.9).feasible);
  EXPECT_EQ(solver->cheapest_within(4.9).best.total, (Point{5, 18}));
  EXPECT_EQ(solver->fastest_within(11).best.total, (Point{7, 11}));
  EXPECT_EQ(solver->fastest_within(10.9).best.total, (Point{8, 10}));
  EXPECT_FALSE(solver->fastest_within(9).feasible);
  EXPECT_EQ(solver->fastest_within(9).best.total, (Point{8, 10}));
  // In seconds, as for any budget: what the cheapest takes.
  EXPECT_EQ(solver->fastest_within(9).lower_bound, 8);
  const FrontierList whole = solver->frontier(0);
  EXPECT_EQ(whole.points, (std::vector<Point>{{5, 18}, {6, 14}, {7, 11}, {8, 10}}));
  EXPECT_TRUE(whole.complete && whole.excess == 0 && !whole.out_of_time);
}

TEST(TreeSolver, GivesPlansOfTheirTimeAndCostWhereTimeIsOutForTheWholeFrontier) {
  std::mt19937 random(3);
  const Problem problem = random_problem(120, 8, false, random);
  const auto hurried = make_tree_solver(problem, *workflow::series_parallel_tree(problem.graph),
                                        {.out_of_time = [] { return true; }});
  const FrontierList cut = hurried->frontier(0);
  const std::vector<Point>& some = cut.points;
  const std::vector<Point> all = solver_of(problem)->frontier(0).points;
  EXPECT_TRUE(cut.out_of_time && !cut.complete);
  EXPECT_GT(cut.excess, 0);
  EXPECT_LT(cut.excess, 0.05);
  EXPECT_LT(some.size(), all.size());
  EXPECT_EQ(some.front().seconds, all.front().seconds);
  for (const Point& point : some) {
    const auto behind = std::ranges::upper_bound(all, point.seconds + 1e-9, {}, &Point::seconds);
    ASSERT_NE(behind, all.begin());
    EXPECT_GE(point.usd, std::prev(behind)->usd - kClose);
    EXPECT_LE(point.usd, std::prev(behind)->usd * (1 + cut.excess) + kClose);
  }
}

TEST(TreeSolver, TellsTheFastestAndCheapestOfItsFastestWhereNothingKeepsTheLimit) {
  Problem problem{Graph(2), {{{5, 1}}, {{1, 4}, {3, 2}}}};
  EXPECT_EQ(solver_of(problem)->cheapest_within(1).best.total, (Point{5, 3}));
}

TEST(TreeSolver, FindsWhatTryingEverythingFinds) {
  EXPECT_TRUE(rc::check([] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const int size = std::uniform_int_distribution(1, 6)(random);
    const Problem problem = random_problem(size, 4, *rc::gen::arbitrary<bool>(), random);
    const std::vector<Point> all = frontier_by_force(problem);
    const auto solver = solver_of(problem);
    const std::vector<Point> frontier = solver->frontier(0).points;
    RC_ASSERT(frontier.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      RC_ASSERT(std::abs(frontier[i].usd - all[i].usd) < kClose);
      const Solution within = solver->cheapest_within(all[i].seconds);
      RC_ASSERT(within.proved);
      RC_ASSERT(std::abs(within.best.total.usd - all[i].usd) < kClose);
      RC_ASSERT(std::abs(within.best.total.seconds - all[i].seconds) < kClose);
      const Solution affordable = solver->fastest_within(all[i].usd);
      RC_ASSERT(affordable.feasible);
      RC_ASSERT(std::abs(affordable.best.total.seconds - all[i].seconds) < 1e-8);
    }
  }));
}

TEST(TreeSolver, CertifiesWhatThinningMayHaveLost) {
  EXPECT_TRUE(rc::check([] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const int size = std::uniform_int_distribution(10, 60)(random);
    const Problem problem = random_problem(size, 12, false, random);
    const auto exact = solver_of(problem);
    const double fastest = evaluate(problem, std::vector<int>(size, 0)).total.seconds;
    const double limit = fastest * std::uniform_real_distribution(1.0, 3.0)(random);
    const double least = exact->cheapest_within(limit).best.total.usd;
    const Solution rough = solver_of(problem, 0.01)->cheapest_within(limit);
    RC_ASSERT(rough.lower_bound <= least * (1 + kClose));
    RC_ASSERT(rough.best.total.usd >= least * (1 - kClose));
    RC_ASSERT(rough.best.total.usd <= rough.lower_bound * 1.01 * (1 + kClose));
    RC_ASSERT(rough.best.total.seconds <= limit + 1e-8);
  }));
}

// Theorem 1 maps a multiple-choice knapsack to a chain: weights are seconds, values are negative
// costs, here lifted above 0 by a constant a class. Judged by dynamic programming over the weight.
TEST(TreeSolver, SolvesMultipleChoiceKnapsacks) {
  EXPECT_TRUE(rc::check([] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const auto whole = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    const int classes = whole(2, 30);
    const int capacity = whole(classes * 2, classes * 8);
    Problem problem{Graph(classes), {}};
    std::vector<double> least(capacity + 1, 0);
    for (int c = 0; c < classes; ++c) {
      if (c > 0) problem.graph.add_edge(c - 1, c);
      std::vector<Point> items;
      for (int weight = 1, cost = 200; weight <= 12; weight += whole(1, 3), cost -= whole(1, 15))
        items.push_back({1.0 * weight, 1.0 * cost});
      std::vector<double> next(capacity + 1, 1e9);
      for (int room = 0; room <= capacity; ++room)
        for (const Point& item : items)
          if (item.seconds <= room)
            next[room] =
                std::min(next[room], least[room - static_cast<int>(item.seconds)] + item.usd);
      least = next;
      problem.options.push_back(items);
    }
    const Solution solution = solver_of(problem)->cheapest_within(capacity);
    RC_ASSERT(solution.feasible == (least[capacity] < 1e8));
    if (solution.feasible) RC_ASSERT(std::abs(solution.best.total.usd - least[capacity]) < 1e-6);
  }));
}

TEST(TreeSolver, AgreesWithCbc) {
  if (!tests::has_cbc()) GTEST_SKIP() << "coinor-cbc is not installed";
  std::mt19937 random(5);
  for (const int size : {4, 8, 12}) {
    Problem problem{tests::random_series_parallel(size, random), {}};
    for (int i = 0; i < size; ++i) problem.options.push_back(bench::random_options(random));
    const double limit = 1.5 * evaluate(problem, std::vector<int>(size, 0)).total.seconds;
    const auto judged = tests::solve_with_cbc(problem, limit);
    ASSERT_TRUE(judged && judged->optimal);
    const double usd = solver_of(problem)->cheapest_within(limit).best.total.usd;
    EXPECT_NEAR(usd / judged->best.total.usd, 1, 1e-6);
  }
}

}  // namespace
}  // namespace stepconf::solver
