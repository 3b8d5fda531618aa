#include "stepconf/cache/execution_state.h"

#include <gtest/gtest.h>

#include <memory>

#include "stepconf/base/error.h"

namespace stepconf::cache {
namespace {

using Contents = ConditionalTable::Contents;
using Change = ConditionalTable::Change;

const PastDecision kDecided{0, 1, 64, 1750, {{1024}, 4, 2}, 0};
const optimizer::SubGraph kPart{{1, 2}, Seconds(0.1 + 0.2), 4};

// What is there after a decision that gave the steps 1 and 2 a sub-graph.
Contents after_one() {
  Transaction transaction({});
  EXPECT_FALSE(transaction.find(0).sub_graph);
  EXPECT_TRUE(transaction.store(0, {kPart}));
  Contents contents;
  EXPECT_TRUE(carry_out(change_of(contents, {}, transaction, kDecided, "plan", false), contents));
  return contents;
}

TEST(ExecutionState, ComesBackAsItWasWritten) {
  const ExecutionState read = parse_state(after_one(), "plan", 3);
  ASSERT_EQ(read.sub_graphs.size(), 3U);
  EXPECT_EQ(read.sub_graphs[0], nullptr);
  EXPECT_EQ(*read.sub_graphs[1], kPart) << "to the last bit";
  EXPECT_EQ(*read.sub_graphs[2], kPart);
  EXPECT_EQ(read.decisions, std::vector{kDecided});
}

TEST(ExecutionState, KeepsPlansApart) {
  EXPECT_TRUE(parse_state(after_one(), "other", 3).decisions.empty());
  EXPECT_TRUE(parse_state({}, "plan", 3).decisions.empty());
}

TEST(ExecutionState, RefusesWhatWasDamaged) {
  for (const auto& [name, text] : after_one().texts) {
    Contents damaged = after_one();
    damaged.texts[name] = text.substr(0, text.size() - 1);
    EXPECT_THROW(parse_state(damaged, "plan", 3), InvalidInput) << name;
    damaged.texts[name] = text;
    damaged.texts[name][1] ^= 1;
    EXPECT_THROW(parse_state(damaged, "plan", 3), InvalidInput) << name;
  }
  EXPECT_THROW(parse_state(after_one(), "plan", 2), InvalidInput) << "there is no step 2";
  Contents swapped = after_one();
  swapped.texts["plan/part/0"] = swapped.texts.at("plan/part/1");
  EXPECT_THROW(parse_state(swapped, "plan", 3), InvalidInput) << "it is another step's";
  EXPECT_THROW(parse_state({1, {{"plan/part/x", "[]"}}}, "plan", 3), InvalidInput);
}

// Sealed as they should be, by a program that had gone wrong: numbers that no decision is made of.
TEST(ExecutionState, RefusesNumbersOutOfRange) {
  const auto change = [](PastDecision decided) {
    Contents contents;
    EXPECT_TRUE(
        carry_out(change_of(contents, {}, Transaction({}), decided, "plan", false), contents));
    return contents;
  };
  EXPECT_NO_THROW(parse_state(change(kDecided), "plan", 3));
  for (const PastDecision& wrong :
       {PastDecision{0, 1, 64, 0, {{0}, 4, 2}, 0}, PastDecision{0, 1, 64, 0, {{1024}, 0, 2}, 0},
        PastDecision{0, 1, 64, 0, {{1024}, 4, -1}, 0}, PastDecision{0, 1, 0, 0, {{1024}, 4, 2}, 0},
        PastDecision{0, 0, 64, 0, {{1024}, 4, 2}, 0}}) {
    EXPECT_THROW(parse_state(change(wrong), "plan", 3), InvalidInput);
  }
}

TEST(ExecutionState, FindsTheAnswerToTheSameQuestionOnly) {
  const ExecutionState known = parse_state(after_one(), "plan", 3);
  EXPECT_NE(known.find({0, 1, 64, 1750, {}, 9}), nullptr);
  EXPECT_EQ(known.find({0, 2, 64, 1750, {}, 0}), nullptr);
  EXPECT_EQ(known.find({0, 1, 63, 1750, {}, 0}), nullptr);
  EXPECT_EQ(known.find({0, 1, 64, 1751, {}, 0}), nullptr);
}

TEST(ExecutionState, RestsOnTheSubGraphsThatWereReadAndOnNoAnswerYet) {
  const Contents contents = after_one();
  Transaction transaction(parse_state(contents, "plan", 3).sub_graphs);
  EXPECT_TRUE(transaction.find(1).sub_graph);
  const PastDecision next{1, 1, 8, 3000, {{512}, 1, 1}, 0};
  const Change change =
      change_of(contents, parse_state(contents, "plan", 3), transaction, next, "plan", false);
  EXPECT_EQ(change.rests_on,
            (ConditionalTable::Texts{{"plan/decision/1/1/8/3000", ""},
                                     {"plan/part/1", contents.texts.at("plan/part/1")}}));
  EXPECT_EQ(change.set.size(), 1U) << "the decision alone";
  Contents changed = contents;
  changed.texts["plan/part/2"] = "another's";
  EXPECT_TRUE(carry_out(change, changed));
  EXPECT_FALSE(carry_out(change, changed)) << "the same question was answered";
  changed = contents;
  changed.texts["plan/part/1"] = "another's";
  EXPECT_FALSE(carry_out(change, changed));
}

TEST(ExecutionState, RestsOnEverythingWhereThatIsAsked) {
  const Contents contents = after_one();
  const Change change = change_of(contents, {}, Transaction({}), {2, 1, 1, 0, {}, 0}, "plan", true);
  Contents changed = contents;
  ++changed.version;
  EXPECT_FALSE(carry_out(change, changed));
  changed = contents;
  EXPECT_TRUE(carry_out(change, changed));
}

TEST(ExecutionState, ForgetsTheOldestDecisionOfALoop) {
  Contents contents;
  for (int i = 0; i < 130; ++i) {
    const Change change = change_of(contents, parse_state(contents, "plan", 1), Transaction({}),
                                    {0, 1, 1, i, {{512}, 1, 1}, 0}, "plan", false);
    ASSERT_TRUE(carry_out(change, contents));
  }
  const ExecutionState read = parse_state(contents, "plan", 1);
  EXPECT_EQ(read.decisions.size(), kMostDecisions);
  EXPECT_EQ(read.decisions.front().milliseconds, 2);
  EXPECT_EQ(read.decisions.back().number, 129);
}

TEST(TravellingTexts, ComeBackAsTheyWereWritten) {
  TravellingTexts texts("");
  EXPECT_EQ(texts.written(), "");
  EXPECT_FALSE(texts.apply("any", {.set = {{"a", "one"}}}));
  EXPECT_EQ(TravellingTexts(texts.written()).read("any").texts,
            (ConditionalTable::Texts{{"a", "one"}}));
  EXPECT_TRUE(texts.apply("any", {.rests_on = {{"a", ""}}, .set = {{"a", "two"}}}));
  EXPECT_THROW(TravellingTexts("[1]"), InvalidInput);
  EXPECT_THROW(TravellingTexts("{"), InvalidInput);
}

}  // namespace
}  // namespace stepconf::cache
