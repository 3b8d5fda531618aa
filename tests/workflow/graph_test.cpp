#include "stepconf/workflow/graph.h"

#include <gtest/gtest.h>

#include "tests/workflow/graph_text.h"

namespace stepconf::workflow {
namespace {

using testing::graph;
using testing::seconds;
using testing::step;
using testing::steps;

TEST(Graph, KeepsNeighboursSortedMirroredAndWithoutRepetition) {
  Graph g(3);
  g.add_edge(0, 2);
  g.add_edge(0, 1);
  g.add_edge(0, 2);
  EXPECT_EQ(g.successors[0], (std::vector<StepId>{1, 2}));
  EXPECT_EQ(g.predecessors[2], (std::vector<StepId>{0}));
  EXPECT_TRUE(g.predecessors[0].empty());
}

TEST(TopologicalOrder, PutsEachStepBehindItsPredecessors) {
  EXPECT_EQ(topological_order(graph("c -> b -> d, c -> a -> d, b -> a")), steps("c b a d"));
}

TEST(TopologicalOrder, RefusesACycleAndListsIt) {
  try {
    topological_order(graph("a -> b -> c -> d -> b"));
    FAIL() << "a cycle was accepted";
  } catch (const InvalidWorkflow& error) {
    EXPECT_NE(std::string(error.what()).find("1 -> 2 -> 3"), std::string::npos) << error.what();
  }
}

TEST(FindCycle, ListsTheStepsOnTheCycleAndNotThoseBehindIt) {
  EXPECT_EQ(find_cycle(graph("a -> b -> c -> d -> b, d -> e")), steps("b c d"));
  EXPECT_TRUE(find_cycle(graph("a -> b -> c, a -> c")).empty());
}

TEST(CriticalPath, FollowsTheHeavierBranchOfADiamond) {
  const Graph diamond = graph("a -> b -> d, a -> c -> d");
  EXPECT_EQ(critical_path(diamond, seconds({1, 5, 2, 1}), step("a")), steps("a b d"));
  EXPECT_EQ(critical_path(diamond, seconds({1, 2, 5, 1}), step("a")), steps("a c d"));
}

TEST(CriticalPath, PrefersTheSmallerStepAmongEquals) {
  EXPECT_EQ(critical_path(graph("a -> b -> d, a -> c -> d"), seconds({1, 2, 2, 1}), step("a")),
            steps("a b d"));
}

TEST(CriticalPath, StartsAtTheStepAskedForAndGoesToTheEnd) {
  const Graph g = graph("a -> b -> d, a -> c -> d");
  EXPECT_EQ(critical_path(g, seconds({9, 1, 9, 0}), step("b")), steps("b d"));
}

TEST(WeaklyConnectedComponents, FollowEdgesInBothDirectionsWithinTheSubset) {
  const Graph g = graph("a -> b -> e, a -> c -> e, d -> c");
  EXPECT_EQ(weakly_connected_components(g, steps("b c d")),
            (std::vector<std::vector<StepId>>{steps("b"), steps("c d")}));
  EXPECT_EQ(weakly_connected_components(g, steps("e d c b")),
            (std::vector<std::vector<StepId>>{steps("b c d e")}));
  EXPECT_TRUE(weakly_connected_components(g, {}).empty());
}

}  // namespace
}  // namespace stepconf::workflow
