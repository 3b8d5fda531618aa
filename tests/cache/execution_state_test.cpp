#include "stepconf/cache/execution_state.h"

#include <gtest/gtest.h>

#include <memory>

#include "stepconf/base/error.h"
#include "stepconf/cache/conditional_table.h"

namespace stepconf::cache {
namespace {

ExecutionState state() {
  const auto whole = std::make_shared<const optimizer::SubGraph>(
      optimizer::SubGraph{{0, 1, 2}, Seconds(0.1 + 0.2), 0});
  const auto part =
      std::make_shared<const optimizer::SubGraph>(optimizer::SubGraph{{3}, Seconds(17.25), 4});
  return {{whole, whole, nullptr, part}, {{0, 1, 64, 1750, {{1024}, 4, 2}}}};
}

std::string reread_graphs(const ExecutionState& read) {
  std::string text;
  for (const auto& graph : read.sub_graphs) text += graph ? 'g' : '-';
  return text;
}

TEST(ExecutionState, ComesBackAsItWasWritten) {
  const ExecutionState read = parse_state(to_text(state(), "plan"), "plan", 5);
  EXPECT_EQ(reread_graphs(read), "gg-g");
  EXPECT_EQ(*read.sub_graphs[0], *state().sub_graphs[0]) << "to the last bit";
  EXPECT_EQ(read.sub_graphs[0], read.sub_graphs[1]) << "one sub-graph, written once";
  EXPECT_EQ(*read.sub_graphs[3], *state().sub_graphs[3]);
  EXPECT_EQ(read.decisions, state().decisions);
}

TEST(ExecutionState, IsEmptyForNothingAndForAnotherPlan) {
  EXPECT_TRUE(parse_state("", "plan", 5).sub_graphs.empty());
  EXPECT_TRUE(parse_state(to_text(state(), "other"), "plan", 5).decisions.empty());
}

TEST(ExecutionState, RefusesWhatWasDamaged) {
  const std::string text = to_text(state(), "plan");
  EXPECT_THROW(parse_state(text.substr(0, text.size() - 1), "plan", 5), InvalidInput);
  std::string changed = text;
  changed.replace(changed.find("17.25"), 5, "18.25");
  EXPECT_THROW(parse_state(changed, "plan", 5), InvalidInput);
  EXPECT_THROW(parse_state("{}", "plan", 5), InvalidInput);
  EXPECT_THROW(parse_state(text, "plan", 3), InvalidInput) << "the workflow has no step 3";
}

TEST(ExecutionState, RefusesAStepOutsideItsOwnSubGraph) {
  ExecutionState wrong = state();
  wrong.sub_graphs[2] = wrong.sub_graphs[3];
  EXPECT_THROW(parse_state(to_text(wrong, "plan"), "plan", 5), InvalidInput);
}

TEST(ExecutionState, FindsTheAnswerToTheSameQuestionOnly) {
  const ExecutionState known = state();
  EXPECT_NE(known.find({0, 1, 64, 1750, {}}), nullptr);
  EXPECT_EQ(known.find({0, 2, 64, 1750, {}}), nullptr);
  EXPECT_EQ(known.find({0, 1, 63, 1750, {}}), nullptr);
  EXPECT_EQ(known.find({0, 1, 64, 1751, {}}), nullptr);
}

TEST(ExecutionState, ForgetsTheOldestDecisionOfALoop) {
  ExecutionState loop;
  for (int i = 0; i < 130; ++i) loop.add({0, 1, 1, i, {}});
  EXPECT_EQ(loop.decisions.size(), kMostDecisions);
  EXPECT_EQ(loop.decisions.front().milliseconds, 2);
}

TEST(TravellingText, IsReplacedOnConditionOfTheVersionThatWasRead) {
  TravellingText text("");
  EXPECT_EQ(text.read("any").version, 0U);
  EXPECT_FALSE(text.replace("any", 0, "one"));
  EXPECT_EQ(text.replace("any", 0, "two"), (ConditionalTable::Entry{1, "one"}));
  EXPECT_EQ(text.text(), "one");
}

}  // namespace
}  // namespace stepconf::cache
