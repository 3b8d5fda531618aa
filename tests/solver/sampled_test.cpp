#include "stepconf/solver/sampled.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace stepconf::solver {
namespace {

// One step after the other, four samples.
SampledProblem chain() {
  SampledProblem problem;
  problem.graph = workflow::Graph(2);
  problem.graph.add_edge(0, 1);
  problem.options = {{{3, {1, 1, 1, 1}}, {1, {2, 2, 2, 9}}},
                     {{2, {1, 1, 1, 1}}, {1, {2, 2, 9, 2}}}};
  return problem;
}

TEST(Sampled, CountsSamplesThatKeepTheLimit) {
  EXPECT_EQ(samples_within(chain(), {0, 0}, 2), 4);
  // 1 + 2, 1 + 2, 1 + 9, 1 + 2.
  EXPECT_EQ(samples_within(chain(), {0, 1}, 3), 3);
  EXPECT_EQ(samples_within(chain(), {1, 1}, 4), 2);
}

TEST(Sampled, PaysForTheShareThatIsAskedFor) {
  // Both cheap: within 4 s in half of the samples. One of them: in three quarters.
  const SampledSolution half = cheapest_in_share(chain(), 4, 0.5);
  EXPECT_EQ(half.options, (std::vector<int>{1, 1}));
  EXPECT_EQ(half.within, 2);
  const SampledSolution most = cheapest_in_share(chain(), 4, 0.75);
  EXPECT_EQ(most.options, (std::vector<int>{1, 0}));
  EXPECT_EQ(most.usd, 3);
  const SampledSolution all = cheapest_in_share(chain(), 4, 1);
  EXPECT_EQ(all.options, (std::vector<int>{0, 0}));
  EXPECT_TRUE(all.proved);
}

TEST(Sampled, FindsNothingWhereNothingKeepsTheLimit) {
  const SampledSolution none = cheapest_in_share(chain(), 1.9, 0.25);
  EXPECT_TRUE(none.options.empty());
  EXPECT_TRUE(none.proved);
}

RC_GTEST_PROP(Sampled, FindsWhatEnumerationFinds, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
  };
  const int size = 1 + static_cast<int>(random() % 5), samples = 20;
  SampledProblem problem;
  problem.graph = workflow::Graph(size);
  for (int a = 0; a < size; ++a) {
    for (int b = a + 1; b < size; ++b)
      if (random() % 2 == 0) problem.graph.add_edge(a, b);
    std::vector<SampledOption>& options = problem.options.emplace_back();
    for (int k = 0; k < 3; ++k) {
      SampledOption& option = options.emplace_back();
      option.usd = uniform(1, 5);
      for (int i = 0; i < samples; ++i)
        option.seconds.push_back(10 / option.usd * uniform(0.7, 1.5));
    }
  }
  const double limit = uniform(3, 25), share = uniform(0.05, 1);
  const SampledSolution found = cheapest_in_share(problem, limit, share);
  RC_ASSERT(found.proved);
  double least = std::numeric_limits<double>::infinity();
  std::vector<int> options(size, 0);
  for (int step = 0; step < size;) {
    double usd = 0;
    for (int s = 0; s < size; ++s) usd += problem.options[s][options[s]].usd;
    if (samples_within(problem, options, limit) >= share * samples) least = std::min(least, usd);
    for (step = 0; step < size && ++options[step] == 3; ++step) options[step] = 0;
  }
  RC_ASSERT(found.options.empty() == (least == std::numeric_limits<double>::infinity()));
  if (found.options.empty()) return;
  RC_ASSERT(std::abs(found.usd - least) < 1e-9);
  RC_ASSERT(found.within == samples_within(problem, found.options, limit));
  RC_ASSERT(found.within >= share * samples);
}

}  // namespace
}  // namespace stepconf::solver
