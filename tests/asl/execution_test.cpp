#include "stepconf/asl/execution.h"

#include <gtest/gtest.h>

#include <set>

#include "stepconf/base/error.h"
#include "tests/asl/machines.h"

namespace stepconf::asl {
namespace {

using testing::Driver;
using testing::machine;
using testing::outcome;
using testing::task;

constexpr char kEnd[] = R"("End": true)";

TEST(Execution, CallsATaskAndEndsWithItsResult) {
  Driver driver(machine(R"("A": )" + task("resize:live")), R"({"x": 1})");
  driver.start();
  ASSERT_EQ(driver.invokes.size(), 1U);
  EXPECT_EQ(driver.invokes[0].step, "A");
  EXPECT_EQ(driver.invokes[0].function, "resize");
  EXPECT_EQ(driver.invokes[0].event.dump(), R"({"x":1})");
  driver.succeed(0, R"({"y": 2})");
  EXPECT_EQ(driver.outcome, R"({"y":2})");
}

TEST(Execution, AppliesTheDataFlowInTheSpecifiedOrder) {
  Driver driver(
      machine(
          R"("A": )" +
          task("f", R"("InputPath": "$.in", "Parameters": {"n.$": "$.n", "id.$": "$$.Execution.Id"},
      "ResultSelector": {"got.$": "$.value"}, "ResultPath": "$.out.result", "OutputPath": "$.out", "End": true)")),
      R"({"in": {"n": 7}, "out": {"kept": true}})");
  driver.start();
  EXPECT_EQ(driver.invokes[0].event.dump(), R"({"id":"e1","n":7})");
  driver.succeed(0, R"({"value": 49, "noise": 0})");
  EXPECT_EQ(driver.outcome, R"({"kept":true,"result":{"got":49}})");
}

TEST(Execution, WrapsTheResultOfLambdaInvoke) {
  const std::string invoke = R"("A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {"FunctionName": "resize:live", "Payload.$": "$.job"}, "End": true)";
  Driver driver(machine(invoke + "}"), R"({"job": [1]})");
  driver.start();
  EXPECT_EQ(driver.invokes[0].function, "resize");
  EXPECT_EQ(driver.invokes[0].event.dump(), "[1]");
  driver.succeed(0, "5");
  EXPECT_EQ(driver.outcome, R"({"ExecutedVersion":"$LATEST","Payload":5,"StatusCode":200})");
  Driver unwrapped(machine(invoke + R"(, "OutputPath": "$.Payload"})"), R"({"job": {}})");
  unwrapped.start();
  unwrapped.succeed(0, "5");
  EXPECT_EQ(unwrapped.outcome, "5");
}

TEST(Execution, TreatsNullPathsAsTheSpecificationSays) {
  EXPECT_EQ(outcome(R"("A": {"Type": "Pass", "InputPath": null, "End": true})", "[1]"), "{}");
  EXPECT_EQ(
      outcome(R"("A": {"Type": "Pass", "Result": 5, "ResultPath": null, "End": true})", "[1]"),
      "[1]");
  EXPECT_EQ(outcome(R"("A": {"Type": "Pass", "OutputPath": null, "End": true})", "[1]"), "{}");
  EXPECT_EQ(
      outcome(R"("A": {"Type": "Pass", "Result": 5, "ResultPath": "$.x", "End": true})", "[1]"),
      "States.ResultPathMatchFailure @A: Unable to apply the ResultPath '$.x': 'x' would be a "
      "member of a array.");
}

TEST(Execution, GivesAllJobsOfAStepMapAtOnceWhateverItsMaxConcurrency) {
  Driver driver(
      machine(
          R"("A": {"Type": "Map", "MaxConcurrency": 1, "ItemsPath": "$.jobs", "ResultPath": "$.done",
      "ItemSelector": {"job.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index", "all.$": "$.shared"},
      "ItemProcessor": {"StartAt": "I", "States": {"I": )" +
          task("f") + R"(}}, "End": true})"),
      R"({"jobs": ["p", "q", "r"], "shared": 9})");
  driver.start();
  ASSERT_EQ(driver.invokes.size(), 3U);
  EXPECT_EQ(driver.invokes[2].step, "A");
  EXPECT_EQ(driver.invokes[2].event.dump(), R"({"all":9,"at":2,"job":"r"})");
  driver.succeed(2, "30");
  driver.succeed(0, "10");
  driver.succeed(1, "20");
  EXPECT_EQ(driver.outcome, R"({"done":[10,20,30],"jobs":["p","q","r"],"shared":9})");
}

TEST(Execution, EndsAMapOfNothingAtOnce) {
  EXPECT_EQ(
      outcome(R"("A": {"Type": "Map", "End": true, "Iterator": {"StartAt": "I", "States": {"I": )" +
                  task("f") + "}}}",
              "[]"),
      "[]");
  EXPECT_EQ(
      outcome(R"("A": {"Type": "Map", "End": true, "Iterator": {"StartAt": "I", "States": {"I": )" +
                  task("f") + "}}}",
              "{}"),
      "States.Runtime @A: Reference path '$' in ItemsPath must point to an array, not to a "
      "object.");
}

TEST(Execution, KeepsTheMaxConcurrencyOfAMapOfSeveralStates) {
  Driver driver(
      machine(
          R"("A": {"Type": "Map", "MaxConcurrency": 2, "End": true, "ItemProcessor": {"StartAt": "I", "States":
      {"I": )" +
          task("f", R"("Next": "J")") + R"(, "J": )" + task("g") + "}}}"),
      "[1, 2, 3]");
  driver.start();
  EXPECT_EQ(driver.invokes.size(), 2U);
  driver.succeed(0, "11");
  ASSERT_EQ(driver.invokes.size(), 3U);
  EXPECT_EQ(driver.invokes[2].step, "J");
  driver.succeed(2, "111");
  ASSERT_EQ(driver.invokes.size(), 4U);
  EXPECT_EQ(driver.invokes[3].event.dump(), "3");
  driver.succeed(1, "12");
  driver.succeed(3, "13");
  driver.succeed(5, "113");
  driver.succeed(4, "112");
  EXPECT_EQ(driver.outcome, "[111,112,113]");
}

const std::string kParallel = R"("A": {"Type": "Parallel", "Branches": [
    {"StartAt": "B", "States": {"B": )" +
                              task("b") + R"(}}, {"StartAt": "C", "States": {"C": )" + task("c") +
                              "}}]";

TEST(Execution, JoinsTheBranchesOfAParallel) {
  Driver driver(machine(kParallel + R"(, "ResultSelector": {"c.$": "$[1]"}, "End": true})"), "1");
  driver.start();
  ASSERT_EQ(driver.invokes.size(), 2U);
  driver.succeed(1, "3");
  driver.succeed(0, "2");
  EXPECT_EQ(driver.outcome, R"({"c":3})");
}

TEST(Execution, DropsTheSiblingsOfAFailedBranch) {
  Driver driver(
      machine(
          kParallel +
          R"(, "Catch": [{"ErrorEquals": ["States.BranchFailed"], "ResultPath": "$.error", "Next": "D"}],
      "End": true}, "D": )" +
          task("d")),
      R"({"n": 1})");
  driver.start();
  driver.fail(0, "Boom");
  ASSERT_EQ(driver.invokes.size(), 3U);
  EXPECT_EQ(driver.invokes[2].event.dump(), R"({"error":{"Cause":"why","Error":"Boom"},"n":1})");
  driver.succeed(1, "3");
  EXPECT_EQ(driver.outcome, "");
  driver.succeed(2, "4");
  EXPECT_EQ(driver.outcome, "4");
}

TEST(Execution, TakesBackCallsOfABranchWhoseSiblingFailsInTheSameMoment) {
  Driver driver(
      machine(
          R"("A": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": )" +
          task("b") +
          R"(}}, {"StartAt": "C", "States": {"C": {"Type": "Fail", "Error": "Boom", "Cause": "no"}}}],
      "Catch": [{"ErrorEquals": ["Boom"], "Next": "D"}]}, "D": {"Type": "Succeed", "OutputPath": "$.Cause"})"),
      "1");
  driver.start();
  EXPECT_EQ(driver.invokes.size(), 0U);
  EXPECT_EQ(driver.outcome, "\"no\"");
}

TEST(Execution, NamesStepErrorAndCauseOfAFailure) {
  Driver driver(machine(kParallel + R"(, "End": true})"), "1");
  driver.start();
  driver.fail(1, "Boom");
  EXPECT_EQ(driver.outcome, "Boom @C: why");
  driver.succeed(0, "1");
  EXPECT_EQ(driver.outcome, "Boom @C: why");
}

TEST(Execution, SpreadsRetriesWithFullJitterOverTheBackOff) {
  const auto run = [] {
    Driver driver(
        machine(R"("A": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I",
        "States": {"I": )" +
                task("f", R"("Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"],
        "IntervalSeconds": 8, "JitterStrategy": "FULL"}], "End": true)") +
                "}}}"),
        "[1,2,3,4,5,6,7,8]");
    driver.start();
    for (std::size_t job = 0; job < 8; ++job) driver.fail(job, "Lambda.TooManyRequestsException");
    std::vector<double> due;
    for (const WaitUntil& timer : driver.timers) due.push_back(timer.due.count());
    return due;
  };
  const std::vector<double> due = run();
  ASSERT_EQ(due.size(), 8U);
  double mean = 0;
  for (const double seconds : due) {
    EXPECT_GE(seconds, 0);
    EXPECT_LE(seconds, 8);
    mean += seconds / 8;
  }
  EXPECT_GT(mean, 2);
  EXPECT_LT(mean, 6);
  EXPECT_EQ(std::set<double>(due.begin(), due.end()).size(), 8U);
  EXPECT_EQ(run(), due) << "the same execution goes the same way again";
}

TEST(Execution, RetriesWithBackOffAndThenCatches) {
  Driver driver(
      machine(R"("A": )" + task("f", R"("Parameters": {"retry.$": "$$.State.RetryCount"}, "Retry": [
      {"ErrorEquals": ["Slow"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 3, "MaxDelaySeconds": 7},
      {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}],
      "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "B"}], "End": true)") +
              R"(, "B": {"Type": "Pass", "End": true})"),
      "{}");
  driver.start();
  // 2 s, 2 * 3 s, then 2 * 9 s cut to 7 s.
  const double delays[] = {2, 6, 7};
  double now = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    now += 10;
    driver.fail(i, "Slow", now);
    ASSERT_EQ(driver.timers.size(), i + 1);
    EXPECT_EQ(driver.timers[i].due, Seconds(now + delays[i]));
    EXPECT_EQ(driver.invokes.size(), i + 1);
    driver.reach(i);
    ASSERT_EQ(driver.invokes.size(), i + 2);
    EXPECT_EQ(driver.invokes[i + 1].event.dump(), fmt::format(R"({{"retry":{}}})", i + 1));
    EXPECT_EQ(driver.invokes[i + 1].attempt, static_cast<int>(i + 2));
    now = driver.timers[i].due.count();
  }
  driver.fail(3, "Slow", now);
  EXPECT_EQ(driver.outcome, R"({"Cause":"why","Error":"Slow"})");
}

TEST(Execution, RetriesAWholeMap) {
  Driver driver(machine(R"("A": {"Type": "Map", "End": true, "Retry": [{"ErrorEquals": ["Boom"]}],
      "ItemProcessor": {"StartAt": "I", "States": {"I": )" +
                        task("f") + "}}}"),
                "[1, 2]");
  driver.start();
  driver.succeed(0, "1");
  driver.fail(1, "Boom");
  ASSERT_EQ(driver.timers.size(), 1U);
  driver.reach(0);
  ASSERT_EQ(driver.invokes.size(), 4U);
  EXPECT_EQ(driver.invokes[1].attempt, 1);
  EXPECT_EQ(driver.invokes[3].attempt, 2);
  driver.succeed(2, "10");
  driver.succeed(3, "20");
  EXPECT_EQ(driver.outcome, "[10,20]");
}

TEST(Execution, NeitherRetriesNorCatchesWhatNobodyMay) {
  const std::string all =
      R"("Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}],)";
  const std::string end = R"(, "B": {"Type": "Pass", "End": true})";
  EXPECT_EQ(
      outcome(R"("A": )" + task("f", all + R"("InputPath": "$.gone", "End": true)") + end, "{}"),
      "States.Runtime @A: Invalid path '$.gone' in InputPath: there is nothing.");
  Driver driver(machine(R"("A": )" + task("f", all + kEnd) + end), "{}");
  driver.start();
  driver.succeed(0, '"' + std::string(262'143, 'x') + '"');
  EXPECT_TRUE(driver.outcome.starts_with("States.DataLimitExceeded @A: ")) << driver.outcome;
}

TEST(Execution, TimesOutATaskAndIgnoresItsLateAnswer) {
  Driver driver(machine(R"("A": )" + task("f", R"("TimeoutSeconds": 5, "End": true,
      "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}])")),
                "{}");
  driver.start();
  EXPECT_EQ(driver.timers.at(0).due, Seconds(5));
  driver.reach(0);
  driver.succeed(0, "1", 5.5);
  EXPECT_EQ(driver.outcome, "");
  driver.reach(1);
  ASSERT_EQ(driver.invokes.size(), 2U);
  EXPECT_EQ(driver.timers.at(2).due, Seconds(11));
  driver.reach(2);
  EXPECT_EQ(driver.outcome, "States.Timeout @A: The task took longer than 5 s.");
}

TEST(Execution, TimesOutAsAWhole) {
  Driver driver(StateMachine::parse(
                    R"({"StartAt": "A", "TimeoutSeconds": 60, "States": {"A": )" + task("f") + "}}",
                    "m.json"),
                "{}");
  driver.start();
  driver.reach(0);
  EXPECT_EQ(driver.outcome, "States.Timeout @: The execution took longer than 60 s.");
}

TEST(Execution, WaitsForADurationOrAMoment) {
  // The execution starts at 1970-01-01T00:00:00Z.
  for (const char* wait : {R"("Seconds": 90)", R"("SecondsPath": "$.s")",
                           R"("Timestamp": "1970-01-01T00:01:30Z")", R"("TimestampPath": "$.t")"}) {
    Driver driver(machine(fmt::format(R"("A": {{"Type": "Wait", {}, "End": true}})", wait)),
                  R"({"s": 90, "t": "1970-01-01T00:01:30Z"})");
    driver.start();
    ASSERT_EQ(driver.timers.size(), 1U) << wait;
    EXPECT_EQ(driver.timers[0].due, Seconds(90)) << wait;
    EXPECT_EQ(driver.outcome, "");
    driver.reach(0);
    EXPECT_EQ(driver.outcome, R"({"s":90,"t":"1970-01-01T00:01:30Z"})");
  }
}

TEST(Execution, ChoosesTheFirstRuleThatMatches) {
  const std::string states = R"("A": {"Type": "Choice", "Choices": [
      {"Variable": "$.n", "NumericLessThan": 10, "Next": "S"}, {"Variable": "$.n", "NumericLessThan": 100, "Next": "M"}]},
      "S": {"Type": "Pass", "Result": "small", "End": true}, "M": {"Type": "Pass", "Result": "middle", "End": true})";
  EXPECT_EQ(outcome(states, R"({"n": 5})"), "\"small\"");
  EXPECT_EQ(outcome(states, R"({"n": 50})"), "\"middle\"");
  EXPECT_EQ(
      outcome(states, R"({"n": 500})"),
      "States.NoChoiceMatched @A: No rule of the Choice state 'A' matches, and it has no Default.");
  EXPECT_TRUE(outcome(states, "{}").starts_with("States.Runtime @A: Invalid path '$.n'"));
}

TEST(Execution, TellsWhichWaysItWent) {
  // Of three iterations two go on to F, which one ends and one leaves by its handler; then the
  // machine's own Choice.
  const std::string inner =
      R"("C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 1, "Next": "F"}], "Default": "S"},
         "S": {"Type": "Succeed"}, "H": {"Type": "Succeed"}, "F": )" +
      task("f", R"("Catch": [{"ErrorEquals": ["States.ALL"], "Next": "H"}], "End": true)");
  Driver driver(
      machine(R"("A": {"Type": "Map", "Next": "D", "ItemProcessor": {"StartAt": "C", "States": {)" +
              inner + R"(}}}, "D": {"Type": "Choice", "Choices": [
                        {"Variable": "$[0]", "NumericEquals": 7, "Next": "E"}], "Default": "E"}, "E": {"Type": "Succeed"})"),
      "[1, 2, 3]");
  driver.start();
  EXPECT_EQ(driver.ways(), "C: F 2 S 1; ");
  EXPECT_EQ(driver.ways(), "");
  driver.succeed(0, "0");
  driver.fail(1, "Boom");
  EXPECT_NE(driver.outcome, "");
  EXPECT_EQ(driver.ways(), "D: E 1; F: End 1 H 1; ");
}

TEST(Execution, TellsStatesWhereAndWhenTheyAre) {
  EXPECT_EQ(
      outcome(
          R"("A": {"Type": "Pass", "End": true, "Parameters": {"a.$": "$$.State.Name", "b.$": "$$.State.EnteredTime",
                "c.$": "$$.StateMachine.Name", "d.$": "$$.Execution.Input.x", "e.$": "$$.Execution.StartTime"}})",
          R"({"x": 1})"),
      R"({"a":"A","b":"1970-01-01T00:00:00.000Z","c":"machine","d":1,"e":"1970-01-01T00:00:00.000Z"})");
}

TEST(Execution, TakesAFailStatesTextFromItsInput) {
  EXPECT_EQ(
      outcome(
          R"-("A": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('no {}', $.what)"})-",
          R"({"e": "Bad", "what": "luck"})"),
      "Bad @A: no luck");
}

TEST(Execution, RefusesEventsThatCannotBe) {
  Execution execution(machine(R"("A": )" + task("f")), Json::object(), {});
  EXPECT_THROW(execution.handle(TimeReached{1}, Seconds(0)), Error);
  execution.start(Seconds(0));
  EXPECT_THROW(execution.handle(InvocationSucceeded{2, {}}, Seconds(0)), Error);
  EXPECT_THROW(execution.handle(TimeReached{1}, Seconds(0)), Error);
  EXPECT_EQ(execution.handle(InvocationSucceeded{1, 5}, Seconds(0)).size(), 1U);
}

TEST(Execution, SurvivesALongChainOfPassStates) {
  std::string states = R"("A": {"Type": "Pass", "Next": "s0"})";
  for (int i = 0; i < 2000; ++i) {
    states += fmt::format(R"(, "s{}": {{"Type": "Pass", "Next": "s{}"}})", i, i + 1);
  }
  EXPECT_EQ(outcome(states + R"(, "s2000": {"Type": "Succeed"})", "3"), "3");
}

}  // namespace
}  // namespace stepconf::asl
