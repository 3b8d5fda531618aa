#include "stepconf/percentile/precedence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;
using workflow::Graph;
using workflow::StepId;

// When each step ends at the latest under the tree.
double end_of(const Tree& tree, const std::vector<double>& seconds, double start,
              std::vector<double>& starts) {
  if (tree.kind == Kind::kStep) {
    starts[tree.step] = start;
    return start + seconds[tree.step];
  }
  double end = start;
  for (const Tree& part : tree.parts) {
    if (tree.kind == Kind::kSeries) {
      end = end_of(part, seconds, end, starts);
    } else {
      end = std::max(end, end_of(part, seconds, start, starts));
    }
  }
  return end;
}

TEST(MadeSeriesParallel, KeepsWhatIsSeriesParallel) {
  Graph diamond(4);
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 3}, {2, 3}}) diamond.add_edge(a, b);
  EXPECT_EQ(made_series_parallel(diamond, std::vector<double>{1, 2, 3, 4}),
            *workflow::series_parallel_tree(diamond));
}

TEST(MadeSeriesParallel, CutsAnNWhereItLengthensThePathLeast) {
  // a(5) -> c(1), a -> d(1), b(1) -> d. After a and b: 5 + 1, as long as the longest path.
  Graph n(4);
  for (const auto& [a, b] : {std::pair{0, 2}, {0, 3}, {1, 3}}) n.add_edge(a, b);
  EXPECT_EQ(made_series_parallel(n, std::vector<double>{5, 1, 1, 1}),
            series({parallel({leaf(0), leaf(1)}), parallel({leaf(2), leaf(3)})}));
}

RC_GTEST_PROP(MadeSeriesParallel, StartsNoStepBeforeItsPredecessorsEnd, ()) {
  const int size = *rc::gen::inRange(1, 14);
  Graph graph(size);
  for (StepId to = 1; to < size; ++to) {
    for (StepId from = 0; from < to; ++from) {
      if (*rc::gen::inRange(0, 3) == 0) graph.add_edge(from, to);
    }
  }
  std::vector<double> seconds;
  for (int i = 0; i < size; ++i) seconds.push_back(*rc::gen::inRange(0, 6));
  std::vector<double> starts(size, -1);
  end_of(made_series_parallel(graph, seconds), seconds, 0, starts);
  for (StepId step = 0; step < size; ++step) {
    RC_ASSERT(starts[step] >= 0);
    for (const StepId before : graph.predecessors[step]) {
      RC_ASSERT(starts[step] >= starts[before] + seconds[before]);
    }
  }
}

}  // namespace
}  // namespace stepconf::percentile
