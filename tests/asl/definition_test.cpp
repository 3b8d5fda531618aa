#include <gtest/gtest.h>

#include "stepconf/asl/state_machine.h"
#include "stepconf/base/error.h"
#include "tests/asl/machines.h"

namespace stepconf::asl {
namespace {

using testing::machine;
using testing::task;

std::string refusal_of_text(const std::string& text) {
  try {
    StateMachine::parse(text, "m.json");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const std::string& states) {
  return refusal_of_text(R"({"StartAt": "A", "States": {)" + states + "}}");
}

// A message holds all that is expected of it.
void expect_refusal(const std::string& states, const std::string& expected) {
  EXPECT_EQ(refusal(states), expected);
}

std::string with(const std::string& fields) {
  return R"("A": )" + task("f", fields + R"(, "End": true)");
}

std::string map(const std::string& fields) {
  return R"("A": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": )" +
         task("f") + "}}" + fields + "}";
}

TEST(Definition, ListsItsSteps) {
  const StateMachine parsed = machine(
      R"("A": {"Type": "Parallel", "Next": "Up", "Branches": [{"StartAt": "One", "States": {"One": )" +
      task("one") +
      R"(}}, {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": true}}}]},
      "Up": {"Type": "Map", "MaxConcurrency": 8, "Next": "Rich", "ItemProcessor": {"StartAt": "Up", "States": {"Up": )" +
      task("up:live", R"("TimeoutSeconds": 3, "End": true)") + R"(}}},
      "Rich": {"Type": "Map", "End": true, "Iterator": {"StartAt": "X", "States": {"X": )" +
      task("x", R"("Next": "Y")") + R"(, "Y": {"Type": "Pass", "End": true}}}})");
  ASSERT_EQ(parsed.steps().size(), 3U);
  EXPECT_EQ(parsed.steps()[0].name, "One");
  EXPECT_TRUE(parsed.steps()[0].batched);
  const StepInfo& up = *parsed.find_step("Up");
  EXPECT_EQ(up.function, "up");
  EXPECT_TRUE(up.is_map);
  EXPECT_EQ(up.max_concurrency, 8);
  EXPECT_FALSE(up.batched);
  EXPECT_EQ(up.why_not_batched, "TimeoutSeconds of the inner Task holds for each job alone");
  EXPECT_EQ(parsed.find_step("X")->why_not_batched,
            "it runs inside the Map 'Rich', whose iterations have several states");
  EXPECT_EQ(parsed.find_step("W"), nullptr);
}

TEST(Definition, PutsEnclosingStatesBeforeNamesThatOccurTwice) {
  const StateMachine parsed = machine(
      R"("A": {"Type": "Parallel", "Next": "T", "Branches": [{"StartAt": "T", "States": {"T": )" +
      task("one") + R"(}}, {"StartAt": "B", "States": {"B": )" + task("b") + R"(}}]}, "T": )" +
      task("two"));
  ASSERT_EQ(parsed.steps().size(), 3U);
  EXPECT_EQ(parsed.steps()[0].name, "A/T");
  EXPECT_EQ(parsed.steps()[1].name, "B");
  EXPECT_EQ(parsed.steps()[2].name, "T");
  const std::string branch = R"({"StartAt": "T", "States": {"T": )" + task("f") + "}}";
  expect_refusal(
      R"("A": {"Type": "Parallel", "End": true, "Branches": [)" + branch + "," + branch + "]}",
      "m.json: state 'T' shares the name 'A/T' with another state; rename one of them");
}

TEST(Definition, RefusesScopesThatDoNotHangTogether) {
  EXPECT_EQ(refusal_of_text(R"({"States": {}})"),
            "m.json: field 'StartAt' is missing, must be a string");
  EXPECT_EQ(refusal_of_text(R"({"StartAt": "A", "States": {}})"),
            "m.json: field 'States' must be an object of at least one state");
  expect_refusal(R"("Begin": {"Type": "Succeed"})",
                 "m.json: field 'StartAt' names 'A', which is no state of its States");
  expect_refusal(R"("A": {"Type": "Pass", "Next": "Upscal"}, "Upscale": {"Type": "Succeed"})",
                 "m.json: state 'A': field 'Next' names 'Upscal', which is no state beside it; did "
                 "you mean 'Upscale'?");
  expect_refusal(R"("A": {"Type": "Pass", "End": true}, "B": {"Type": "Succeed"})",
                 "m.json: state 'B' cannot be reached from StartAt; remove it or lead to it");
  expect_refusal(R"("A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"})",
                 "m.json: state 'A' is part of a loop or comes after one; loops are not supported");
  expect_refusal(R"("A": {"Type": "Pass"})",
                 "m.json: state 'A': field 'Next' is missing; give Next, or \"End\": true");
  expect_refusal(R"("A": {"Type": "Pass", "Next": "B", "End": true}, "B": {"Type": "Succeed"})",
                 "m.json: state 'A': field 'End' is true beside Next; keep one");
  EXPECT_EQ(refusal(R"("A": {"Type": "Succeed"}, "A": {"Type": "Succeed"})").substr(0, 7),
            "m.json:");
  EXPECT_EQ(refusal_of_text("{\n  \"StartAt\": }").substr(0, 9), "m.json:2:");
}

TEST(Definition, RefusesWhatIsUnknownOrOfTheWrongType) {
  expect_refusal(R"("A": {"Type": "Tasks", "End": true})",
                 "m.json: state 'A': field 'Type' is 'Tasks', must be Task, Map, Parallel, Pass, "
                 "Choice, Wait, Succeed or Fail; did you mean Task?");
  expect_refusal(
      with(R"("ResultsPath": "$.x")"),
      "m.json: state 'A': field 'ResultsPath' is unknown here; did you mean 'ResultPath'?");
  expect_refusal(
      with(R"("TimeoutSeconds": 1.5)"),
      "m.json: state 'A': field 'TimeoutSeconds' is 1.5, must be an integer from 1 to 99999999");
  expect_refusal(
      with(R"("ResultPath": "$.a[*]")"),
      "m.json: state 'A': field 'ResultPath' is '$.a[*]', must be a Reference Path, which "
      "names a single node: no *, .., slices or lists of indices");
  expect_refusal(
      with(R"("Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}])"),
      "m.json: state 'A': field 'Retry[0].ErrorEquals' has States.ALL; it may only stand "
      "in the last entry");
  expect_refusal(
      with(R"("Parameters": {"x": {"y.$": "$.a["}})"),
      "m.json: state 'A': field 'Parameters' is wrong: 'y.$': '$.a[' is no path: expected "
      "an index at character 5");
  expect_refusal(R"("A": {"Type": "Succeed", "Retry": []})",
                 "m.json: state 'A': field 'Retry' is unknown here");
}

TEST(Definition, RefusesWhatIsNotSupportedByName) {
  const std::string prefix = "m.json: state 'A': field ";
  const std::pair<std::string, std::string> cases[] = {
      {with(R"("QueryLanguage": "JSONata")"),
       "'QueryLanguage' is 'JSONata'; only JSONPath is supported"},
      {with(R"("Assign": {})"), "'Assign' is not supported; variables cannot be used yet"},
      {with(R"("HeartbeatSeconds": 1)"),
       "'HeartbeatSeconds' is not supported; a Lambda function sends no heartbeats; use "
       "TimeoutSeconds"},
      {with(R"("Credentials": {})"),
       "'Credentials' is not supported; functions are called with the caller's own rights"},
      {with(R"("Retry": [{"ErrorEquals": ["X"], "JitterStrategy": "SOME"}])"),
       "'Retry[0].JitterStrategy' is 'SOME', must be FULL or NONE"},
      {map(R"(, "ItemReader": {})"),
       "'ItemReader' is not supported; it belongs to Distributed Map; use an inline Map"},
      {map(R"(, "ToleratedFailureCount": 1)"),
       "'ToleratedFailureCount' is not supported; it belongs to Distributed Map; use an inline "
       "Map"},
      {R"("A": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}})",
       "'ItemProcessor.ProcessorConfig.Mode' is 'DISTRIBUTED'; only INLINE is supported"},
  };
  for (const auto& [states, expected] : cases) expect_refusal(states, prefix + expected);
  for (const char* resource :
       {"arn:aws:states:::lambda:invoke.waitForTaskToken", "arn:aws:states:::dynamodb:getItem",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::states:startExecution.sync"}) {
    expect_refusal(
        fmt::format(R"("A": {{"Type": "Task", "Resource": "{}", "End": true}})", resource),
        fmt::format("{}'Resource' is '{}', which is not supported; use a Lambda function's ARN or "
                    "arn:aws:states:::lambda:invoke",
                    prefix, resource));
  }
}

TEST(Definition, NamesTheFunctionOfATaskInAllForms) {
  for (const char* name : {"resize", "resize:live", "123456789012:function:resize:live",
                           "arn:aws-cn:lambda:cn-north-1:123456789012:function:resize:$LATEST"}) {
    const StateMachine parsed = machine(fmt::format(
        R"("A": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
             "Parameters": {{"FunctionName": "{}"}}}})",
        name));
    EXPECT_EQ(parsed.steps()[0].function, "resize") << name;
  }
  expect_refusal(R"("A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
             "Parameters": {"FunctionName.$": "$.f"}})",
                 "m.json: state 'A': field 'Parameters.FunctionName.$' is not supported; name one "
                 "function, in FunctionName");
  expect_refusal(
      R"("A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
             "Parameters": {"FunctionName": "a b"}})",
      "m.json: state 'A': field 'Parameters.FunctionName' is 'a b', must be a function's "
      "name, NAME:ALIAS, or its ARN");
}

TEST(Definition, RefusesPlaceholdersOfADeployment) {
  const std::string expected =
      ", which is filled in only when SAM or CloudFormation deploys the definition; write its "
      "value there";
  for (const char* resource : {"${Up.Arn}", "arn:aws:lambda:${Up.Arn}:123456789012:function:up",
                               "arn:${Up.Arn}:states:::lambda:invoke"}) {
    expect_refusal(
        fmt::format(R"("A": {{"Type": "Task", "Resource": "{}", "End": true}})", resource),
        "m.json: state 'A': field 'Resource' has the placeholder '${Up.Arn}'" + expected);
  }
  expect_refusal(
      R"("A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
             "Parameters": {"FunctionName": "up-${Stage}", "Payload.$": "$"}})",
      "m.json: state 'A': field 'Parameters.FunctionName' has the placeholder '${Stage}'" +
          expected);
}

}  // namespace
}  // namespace stepconf::asl
