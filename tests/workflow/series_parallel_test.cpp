#include "stepconf/workflow/series_parallel.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/workflow/graph_text.h"
#include "tests/workflow/tree_text.h"

namespace stepconf::workflow {
namespace {

using testing::graph;
using testing::text;
using Tree = SeriesParallelTree;

std::string recognised(const std::string& chains) {
  const auto tree = series_parallel_tree(graph(chains));
  return tree ? text(*tree) : "none";
}

TEST(SeriesParallelTree, IsAStepASeriesOrAParallel) {
  EXPECT_EQ(recognised("a"), "a");
  EXPECT_EQ(recognised("a -> b -> c"), "(a b c)");
  EXPECT_EQ(recognised("a, b"), "[a b]");
  EXPECT_EQ(recognised("a -> b -> d, a -> c -> d"), "(a [b c] d)");
}

TEST(SeriesParallelTree, LooksThroughEdgesThatFollowFromOthers) {
  EXPECT_EQ(recognised("a -> b -> c, a -> c"), "(a b c)");
}

TEST(SeriesParallelTree, RecognisesAdjacentParallelBlocksWithoutAStepBetween) {
  EXPECT_EQ(recognised("a -> c, a -> d, b -> c, b -> d"), "([a b] [c d])");
}

TEST(SeriesParallelTree, IsAbsentForAnN) {
  EXPECT_EQ(recognised("a -> c, a -> d, b -> d"), "none");
  EXPECT_EQ(recognised("e -> a -> c -> f, a -> d, e -> b -> d -> f"), "none");
}

TEST(SeriesParallelTree, IsAbsentForAnEmptyGraph) {
  EXPECT_EQ(series_parallel_tree(Graph(0)), std::nullopt);
}

// A random tree over steps [first, last) in the normal form of series_parallel_tree.
Tree random_tree(int first, int last, bool series, std::mt19937& random) {
  if (last - first == 1) return {Tree::Kind::kStep, first, {}};
  Tree tree{series ? Tree::Kind::kSeries : Tree::Kind::kParallel, -1, {}};
  while (first < last) {
    // At least two parts: the first never takes everything.
    const int longest = tree.parts.empty() ? last - first - 1 : last - first;
    const int taken = std::uniform_int_distribution(1, std::min(longest, 60))(random);
    tree.parts.push_back(random_tree(first, first + taken, !series, random));
    first += taken;
  }
  return tree;
}

void collect(const Tree& tree, std::vector<StepId>& out) {
  if (tree.step >= 0) out.push_back(tree.step);
  for (const Tree& part : tree.parts) collect(part, out);
}

void connect(const Tree& tree, const std::vector<StepId>& names, Graph& g) {
  for (const Tree& part : tree.parts) connect(part, names, g);
  if (tree.kind != Tree::Kind::kSeries) return;
  for (std::size_t i = 0; i + 1 < tree.parts.size(); ++i) {
    std::vector<StepId> before, after;
    collect(tree.parts[i], before);
    collect(tree.parts[i + 1], after);
    for (const StepId b : before) {
      for (const StepId a : after) g.add_edge(names[b], names[a]);
    }
  }
}

StepId smallest(const Tree& tree) {
  std::vector<StepId> all;
  collect(tree, all);
  return *std::min_element(all.begin(), all.end());
}

Tree renamed(const Tree& tree, const std::vector<StepId>& names) {
  if (tree.step >= 0) return {tree.kind, names[tree.step], {}};
  Tree result{tree.kind, -1, {}};
  for (const Tree& part : tree.parts) result.parts.push_back(renamed(part, names));
  if (tree.kind == Tree::Kind::kParallel) {
    std::sort(result.parts.begin(), result.parts.end(),
              [](const Tree& a, const Tree& b) { return smallest(a) < smallest(b); });
  }
  return result;
}

TEST(SeriesParallelTree, GivesBackTheTreeFromWhichAGraphWasMade) {
  EXPECT_TRUE(rc::check([] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const int size = *rc::gen::inRange(1, 60);
    const Tree tree = random_tree(0, size, *rc::gen::arbitrary<bool>(), random);
    std::vector<StepId> names(size);
    std::iota(names.begin(), names.end(), 0);
    std::shuffle(names.begin(), names.end(), random);
    Graph g(size);
    connect(tree, names, g);
    RC_ASSERT(series_parallel_tree(g) == renamed(tree, names));
  }));
}

TEST(SeriesParallelTree, HoldsForAThousandSteps) {
  std::mt19937 random(1);
  const Tree tree = random_tree(0, 1000, true, random);
  std::vector<StepId> names(1000);
  std::iota(names.begin(), names.end(), 0);
  Graph g(1000);
  connect(tree, names, g);
  EXPECT_EQ(series_parallel_tree(g), tree);
}

}  // namespace
}  // namespace stepconf::workflow
