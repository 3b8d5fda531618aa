#include "stepconf/percentile/tables.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;

struct Solved {
  Problem problem;
  Chains chains = lay_out(problem);
  Tables tables;

  Solved(Problem given, double miss, const Resolution& resolution = {})
      : problem(std::move(given)), tables(problem, chains, miss, resolution) {}
};

// A step of 1 s for 10 USD, or 3 s for 2 USD.
std::vector<Alternative> fast_or_cheap() { return {certain(1, 10), certain(3, 2)}; }

TEST(Tables, TakeTheCheapestThatIsInTimeAndPayForSpeedOnlyWhereTheyMust) {
  const Solved solved({leaf(0), {fast_or_cheap()}, 4}, 1000);
  EXPECT_EQ(solved.tables.alternative(0, 0, 0, 3.5), 1);
  EXPECT_EQ(solved.tables.alternative(0, 0, 0, 2.0), 0);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 4), 2, 1e-4);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 2), 10, 1e-4);
}

TEST(Tables, GiveUpWhereAMissCostsLessThanSpeed) {
  // In time costs 8 USD more; 1 s late costs 0.1 * (1 + 20 / 4) = 0.6 USD.
  const Solved solved({leaf(0), {fast_or_cheap()}, 4}, 0.1);
  EXPECT_EQ(solved.tables.alternative(0, 0, 0, 2.0), 1);
}

TEST(Tables, HurryWhereLateSoAsNotToBecomeVeryLate) {
  // Too late whatever happens: 1 s costs 10 + 5 (1 + 20 * 2 / 4) = 65, 3 s 2 + 5 (1 + 20 * 4 / 4) =
  // 107.
  const Solved solved({leaf(0), {fast_or_cheap()}, 4}, 5);
  EXPECT_EQ(solved.tables.alternative(0, 0, 0, -1), 0);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, -1), 65, 1e-3);
}

TEST(Tables, ReachDownToOneSloLateInBranches) {
  // A branch that is 3 s late of 4 still costs what its lateness costs, not what a line through
  // the first latenesses says: the cliff of the step behind the join lies 2 s beyond the target.
  const Solved solved({series({parallel({leaf(0), leaf(1)}), leaf(2)}),
                       {fast_or_cheap(), {certain(1, 1)}, {certain(0.5, 20), certain(2, 1)}},
                       8},
                      1000);
  const int branch = solved.chains.places[0].chain;
  const Due due = solved.tables.fork(0, 0, {8, 0}, 8);
  const double in_time = solved.tables.expected_usd(branch, 1, due.context, 0);
  const double late = solved.tables.expected_usd(branch, 1, due.context, -6);
  EXPECT_NEAR(in_time, 0, 1e-6);
  EXPECT_GT(late, 1000) << "6 s late of 8 misses the SLO";
}

// Backward dynamic programming on a fine grid of time, without shifts, rows or interpolation.
double brute(const Problem& problem, std::size_t step, double left, double miss, double unit) {
  std::vector<std::vector<double>> value(problem.alternatives.size() + 1);
  const int low = static_cast<int>(std::lround(40 / unit)),
            size = low + static_cast<int>(std::lround(left / unit)) + 1;
  for (std::size_t k = problem.alternatives.size() + 1; k-- > step;) {
    value[k].resize(size);
    for (int i = 0; i < size; ++i) {
      const double x = (i - low) * unit;
      if (k == problem.alternatives.size()) {
        value[k][i] = x > -unit / 2 ? 0 : miss * (1 + kLateness * -x / problem.slo);
        continue;
      }
      double least = 1e300;
      for (const Alternative& alternative : problem.alternatives[k]) {
        double usd = alternative.usd;
        for (int part = 0; part < kParts; ++part) {
          const int end = i - static_cast<int>(std::lround(alternative.parts[part] / unit));
          usd += kBinProbabilities[part / kPartsPerBin] / kPartsPerBin *
                 value[k + 1][std::max(end, 0)];
        }
        least = std::min(least, usd);
      }
      value[k][i] = least;
    }
  }
  return value[step].back();
}

TEST(Tables, AgreeWithBruteForceOnChains) {
  std::mt19937_64 random(5);
  for (const double slo : {4.0, 6.0, 9.0}) {
    Problem problem{series({leaf(0), leaf(1), leaf(2), leaf(3)}), {}, slo};
    for (int step = 0; step < 4; ++step) problem.alternatives.push_back(scattering(random));
    const Solved solved(problem, 50);
    const double expected = brute(problem, 0, slo, 50, 0.005);
    EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, slo) / expected, 1, 0.01) << slo;
  }
}

TEST(Tables, GiveTheJoinTheTimeAtWhichTheSumIsLeast) {
  // Beside each other two steps of 1 s for 10 USD or 3 s for 2 USD each, then one of 1 s for 12 USD
  // or 3 s for 2 USD. In 5 s: slow branches and a fast end cost 2 + 2 + 12 = 16, fast branches and
  // a slow end 10 + 10 + 2 = 22. In 7 s all may be slow: 6.
  const std::vector<Alternative> end = {certain(1, 12), certain(3, 2)};
  for (const auto& [slo, usd] : {std::pair{5.0, 16.0}, {7.0, 6.0}, {3.0, 32.0}}) {
    const Solved solved({series({parallel({leaf(0), leaf(1)}), leaf(2)}),
                         {fast_or_cheap(), fast_or_cheap(), end},
                         slo},
                        1000);
    EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, slo), usd, 0.05 * usd) << slo;
  }
}

TEST(Tables, MixTheWaysOutOfAChoiceByProbability) {
  // 3 s for 2 USD in one run of four, 1 s for 6 USD in two, straight on in one: 0.5 + 3.
  const Solved solved({series({choice({leaf(0), leaf(1)}, {0.25, 0.5}), leaf(2)}),
                       {{certain(3, 2)}, {certain(1, 6)}, {certain(1, 1)}},
                       6},
                      1000);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 6), 0.5 + 3 + 1, 1e-4);
  // With 3 s left the first way misses by 1 s: a quarter of 1000 * (1 + 20 / 6) more.
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 3), 4.5 + 250 * (1 + 20.0 / 6), 15);
}

TEST(Tables, PassOverStepsThatRunNothing) {
  const Solved solved({series({leaf(0), leaf(1)}), {{}, fast_or_cheap()}, 4}, 1000);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 4), 2, 1e-4);
}

TEST(Tables, LetForeignStepsShiftTheTimeLeft) {
  const Solved solved({series({leaf(0), leaf(1)}), {{certain(2)}, fast_or_cheap()}, 4}, 1000);
  EXPECT_NEAR(solved.tables.expected_usd(0, 0, 0, 4), 10, 0.01);
}

TEST(Tables, ExpectNoMoreWithMoreTime) {
  std::mt19937_64 random(11);
  Problem problem{
      series({leaf(0), parallel({series({leaf(1), leaf(2)}), leaf(3)}), leaf(4)}), {}, 9};
  for (int step = 0; step < 5; ++step) problem.alternatives.push_back(scattering(random));
  const Solved solved(problem, 100);
  for (double x = -4; x < 9; x += 0.1) {
    EXPECT_GE(solved.tables.expected_usd(0, 0, 0, x) * (1 + 1e-5),
              solved.tables.expected_usd(0, 0, 0, x + 0.1))
        << x;
  }
}

}  // namespace
}  // namespace stepconf::percentile
