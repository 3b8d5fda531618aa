// Histories of states within states: Maps of several states, attempts, branches.
#include <gtest/gtest.h>

#include "tests/executions/film.h"

namespace stepconf::executions {
namespace {

// An outer Map of several states: each iteration asks for its own step.
constexpr const char* kNested = R"({"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Cut", "States": {
    "Cut": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:cut", "Next": "Glue"},
    "Glue": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:glue", "End": true}}},
    "End": true}}})";

TEST(ReadExecution, TellsIterationsOfAnOuterMapApart) {
  const Shop shop(kNested);
  History history;
  int map = history.enter("Map", "Each", history.add("ExecutionStarted", 0, 0), 1);
  map = history.add("MapStateStarted", map, 1);
  for (int index = 0; index < 2; ++index) {
    int id = history.iteration("Each", index, map, 1);
    id = history.configure("Cut", kAnswer, id, 1 + index);
    id = history.enter("Task", "Cut", id, 1.1 + index);
    id = history.begin_call(alias_of("cut", index == 0 ? 512 : 1024), {}, id, 1.2 + index);
    id = history.end_call({}, "cut", id, 2 + index);
    history.exit("Task", "Cut", id, 2 + index);
  }
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].configuration.memory, MemoryMb{512});
  EXPECT_EQ(read.summary.steps[1].configuration.memory, MemoryMb{1024});
  EXPECT_NEAR(read.summary.steps[1].ready.count(), 2, 1e-6);
}

TEST(ReadExecution, PutsIterationsThatShareADecisionTogether) {
  const Shop shop(kNested);
  History history;
  int map = history.configure("Cut", kAnswer, history.add("ExecutionStarted", 0, 0), 0.5);
  map = history.enter("Map", "Each", map, 1);
  map = history.add("MapStateStarted", map, 1);
  for (int index = 0; index < 2; ++index) {
    int id = history.iteration("Each", index, map, 1);
    id = history.enter("Task", "Cut", id, 1.1);
    id = history.begin_call(alias_of("cut", 512), {}, id, 1.2);
    id = history.end_call({}, "cut", id, 2);
    history.exit("Task", "Cut", id, 2);
  }
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 1U);
  EXPECT_EQ(read.summary.steps[0].detail.size(), 2U);
}

// The generated machine of a Map with Retry: a Parallel of the Map's name around it.
TEST(ReadExecution, CountsAttemptsOfAMapThatIsTriedAgainAsAWhole) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Parallel", "Upscale", history.add("ExecutionStarted", 0, 0), 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const double start = 1 + 2 * attempt;
    id = history.add("ParallelStateStarted", id, start);
    id = history.configure("Upscale", kAnswer, id, start);
    id = history.enter("Map", "Upscale: batches", id, start + 0.1);
    id = history.add("MapStateStarted", id, start + 0.1);
    id = history.iteration("Upscale: batches", 0, id, start + 0.1);
    id = history.enter("Task", "One", id, start + 0.1);
    id = history.begin_call(alias_of("resize", 1024), batch("Upscale", {1}, 1), id, start + 0.2);
    id = history.fail_call("NoSuchFrame", id, start + 1);
    id = history.add("MapStateFailed", id, start + 1);
  }
  const auto read = shop.read(history, "FAILED");
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].attempt, 1);
  EXPECT_EQ(read.summary.steps[1].attempt, 2);
  EXPECT_EQ(read.summary.steps[1].step, "Upscale");
  EXPECT_NEAR(read.summary.steps[1].ready.count(), 3, 1e-6);
}

// A Choice before, and branches side by side.
constexpr const char* kBranches = R"({"StartAt": "IsLarge", "States": {
  "IsLarge": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 1, "Next": "Both"}], "Default": "Small"},
  "Small": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:small", "End": true},
  "Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:a", "End": true}}},
    {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:b", "End": true}}}]}}})";

TEST(ReadExecution, FollowsBranchesAndTheChoiceBeforeThem) {
  const Shop shop(kBranches);
  History history;
  int id = history.enter("Choice", "IsLarge", history.add("ExecutionStarted", 0, 0), 0.1);
  id = history.exit("Choice", "IsLarge", id, 0.1);
  id = history.enter("Parallel", "Both", id, 0.1);
  const int parallel = history.add("ParallelStateStarted", id, 0.1);
  int a = history.configure("A", kAnswer, parallel, 0.2);
  int b = history.configure("B", kAnswer, parallel, 0.3);
  a = history.enter("Task", "A", a, 0.3);
  b = history.enter("Task", "B", b, 0.4);
  a = history.begin_call(alias_of("a", 512), {}, a, 0.4);
  b = history.begin_call(alias_of("b", 1024), {}, b, 0.5);
  b = history.end_call({}, "b", b, 1);
  a = history.end_call({}, "a", a, 2);
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].step, "B");
  EXPECT_NEAR(read.summary.steps[0].ready.count(), 0.3, 1e-6);
  EXPECT_EQ(read.summary.steps[1].step, "A");
  EXPECT_EQ(read.summary.steps[0].choices, (asl::WaysTaken{{"IsLarge", {{"Both", 1}}}}));
}

TEST(ReadExecution, PassesGeneratedStatesOverWhereAWayLeads) {
  const Shop shop(kBranches);
  History history;
  int id = history.enter("Choice", "IsLarge", history.add("ExecutionStarted", 0, 0), 0.1);
  id = history.exit("Choice", "IsLarge", id, 0.1);
  id = history.configure("Small", kAnswer, id, 0.2);
  history.enter("Task", "Small", id, 0.3);
  const auto read = shop.read(history);
  ASSERT_TRUE(read.ways_left);
  EXPECT_EQ(read.ways_left->choices, (asl::WaysTaken{{"IsLarge", {{"Small", 1}}}}));
}

}  // namespace
}  // namespace stepconf::executions
