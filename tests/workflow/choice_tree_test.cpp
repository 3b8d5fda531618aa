#include "stepconf/workflow/choice_tree.h"

#include <gtest/gtest.h>

#include "tests/workflow/graph_text.h"
#include "tests/workflow/tree_text.h"

namespace stepconf::workflow {
namespace {

using testing::graph;
using testing::text;

// A workflow with these choices; a step's probability is the product of its ways'.
std::string tree_of(const std::string& chains, std::vector<Choice> choices) {
  Workflow workflow;
  workflow.graph = graph(chains);
  workflow.steps.resize(static_cast<std::size_t>(workflow.graph.size()));
  for (const Choice& choice : choices) {
    for (const Way& way : choice.ways) {
      for (const StepId step : way.steps) workflow.steps[step].probability *= way.share;
    }
  }
  workflow.choices = std::move(choices);
  const auto tree = series_parallel_tree(workflow);
  return tree ? text(*tree) : "none";
}

TEST(ChoiceTree, HasTheWaysOfAChoiceAsPartsOfOneNode) {
  EXPECT_EQ(tree_of("a -> b -> d, a -> c -> d", {{"X", 1, {{"B", 0.8, {1}}, {"C", 0.2, {2}}}}}),
            "(a {0.8:b 0.2:c} d)");
}

TEST(ChoiceTree, IsAsTheGraphsWithoutChoices) {
  EXPECT_EQ(tree_of("a -> b -> d, a -> c -> d", {}), "(a [b c] d)");
}

TEST(ChoiceTree, KeepsOtherPartsOfTheParallelBesideTheChoice) {
  EXPECT_EQ(tree_of("a -> b -> e, a -> c -> e, a -> d -> e",
                    {{"X", 1, {{"B", 0.8, {1}}, {"D", 0.2, {3}}}}}),
            "(a [{0.8:b 0.2:d} c] e)");
}

TEST(ChoiceTree, WrapsAWayPastWhichAnotherOneLeadsWhereItStandsInTheSeries) {
  // X leads to b and c, or straight to d.
  EXPECT_EQ(tree_of("a -> b -> c -> d, a -> d", {{"X", 1, {{"B", 0.3, {1, 2}}, {"D", 0.7, {}}}}}),
            "(a {0.3:(b c)} d)");
  EXPECT_EQ(tree_of("a -> b -> c, a -> c", {{"X", 1, {{"B", 0.3, {1}}, {"C", 0.7, {}}}}}),
            "(a {0.3:b} c)");
}

TEST(ChoiceTree, JoinsAWayThatIsAParallelItself) {
  EXPECT_EQ(tree_of("a -> b -> e, a -> c -> e, a -> d -> e",
                    {{"X", 1, {{"P", 0.6, {1, 2}}, {"D", 0.4, {3}}}}}),
            "(a {0.6:[b c] 0.4:d} e)");
}

TEST(ChoiceTree, NestsAChoiceInAWayWithProbabilitiesRelativeToTheWay) {
  // X leads to b or to Y, which leads to c or d: 0.2 * 0.5 each.
  EXPECT_EQ(tree_of("a -> b -> e, a -> c -> e, a -> d -> e",
                    {{"X", 1, {{"B", 0.8, {1}}, {"Y", 0.2, {2, 3}}}},
                     {"Y", 0.2, {{"C", 0.5, {2}}, {"D", 0.5, {3}}}}}),
            "(a {0.8:b 0.2:{0.5:c 0.5:d}} e)");
}

TEST(ChoiceTree, KnowsAnInnerChoiceFromTheOuterOneWithTheSameSteps) {
  EXPECT_EQ(tree_of("a -> b -> d, a -> c -> d, a -> d",
                    {{"X", 1, {{"Y", 0.8, {1, 2}}, {"D", 0.2, {}}}},
                     {"Y", 0.8, {{"B", 0.25, {1}}, {"C", 0.75, {2}}}}}),
            "(a {0.8:{0.25:b 0.75:c}} d)");
}

TEST(ChoiceTree, LeavesWaysThatEndAtDifferentPlacesSideBySideWithTheirProbabilities) {
  // X leads to a, b or d, and the first two join in c, which is on neither way.
  Workflow workflow;
  workflow.graph = graph("a -> c, b -> c, d");
  workflow.steps.resize(4);
  workflow.choices = {{"X", 1, {{"A", 0.5, {0}}, {"B", 0.25, {1}}, {"D", 0.25, {3}}}}};
  workflow.steps[0].probability = 0.5;
  workflow.steps[1].probability = workflow.steps[3].probability = 0.25;
  workflow.steps[2].probability = 0.75;
  EXPECT_EQ(text(*series_parallel_tree(workflow)), "[([{0.5:a} {0.25:b}] {0.75:c}) {0.25:d}]");
}

TEST(ChoiceTree, IsAbsentForAnN) {
  EXPECT_EQ(tree_of("a -> c, a -> d, b -> d", {{"X", 1, {{"C", 0.5, {2}}, {"E", 0.5, {}}}}}),
            "none");
}

}  // namespace
}  // namespace stepconf::workflow
