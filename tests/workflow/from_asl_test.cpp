#include "stepconf/workflow/from_asl.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::workflow {
namespace {

std::string task(const std::string& function, const std::string& next) {
  return fmt::format(
      R"({{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:{}", {}}})",
      function, next == "End" ? R"("End": true)" : fmt::format(R"("Next": "{}")", next));
}

Workflow build(const std::string& states, const PlanningHints& hints = {}) {
  return from_state_machine(
      asl::StateMachine::parse(R"({"StartAt": "A", "States": {)" + states + "}}", "m.json"), hints);
}

// "A>B" for each edge, in the order of ids.
std::string edges(const Workflow& workflow) {
  std::string text;
  for (StepId from = 0; from < workflow.graph.size(); ++from) {
    for (const StepId to : workflow.graph.successors[from]) {
      text += workflow.steps[from].name + ">" + workflow.steps[to].name + " ";
    }
  }
  return text;
}

std::string refusal(const std::string& states, const PlanningHints& hints) {
  try {
    build(states, hints);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

std::string map(const std::string& inner, const std::string& next) {
  return fmt::format(
      R"({{"Type": "Map", "MaxConcurrency": 4, "ItemProcessor": {{"StartAt": "I", "States": {{{}}}}}, {}}})",
      inner, next == "End" ? R"("End": true)" : fmt::format(R"("Next": "{}")", next));
}

TEST(FromAsl, LeadsEdgesThroughStatesThatAreNoSteps) {
  const Workflow workflow =
      build(R"("A": )" + task("a", "P") + R"(, "P": {"Type": "Pass", "Next": "B"}, "B": )" +
            task("b", "S") + R"(, "S": {"Type": "Succeed"})");
  EXPECT_EQ(edges(workflow), "A>B ");
  EXPECT_EQ(workflow.steps[0].function, "a");
  EXPECT_EQ(workflow.steps[0].jobs, 1);
  EXPECT_FALSE(workflow.steps[0].is_map);
}

TEST(FromAsl, PutsBranchesBetweenWhatPrecedesAndWhatFollows) {
  const Workflow workflow = build(
      R"("A": )" + task("a", "P") +
      R"(, "P": {"Type": "Parallel", "Next": "D", "Branches": [{"StartAt": "B", "States": {"B": )" +
      task("b", "End") + R"(}}, {"StartAt": "C", "States": {"C": )" + task("c", "End") +
      R"(}}]}, "D": )" + task("d", "End"));
  EXPECT_EQ(edges(workflow), "A>B A>C B>D C>D ");
}

TEST(FromAsl, PutsTheWaysOutOfAChoiceAndTheHandlersOfACatchSideBySide) {
  const Workflow workflow = build(
      R"("A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "B"}], "Default": "C"}, "B": )" +
      task("b", "D") + R"(, "C": )" + task("c", "D") +
      R"(, "D": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:d", "Next": "E",
           "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}]}, "E": )" +
      task("e", "End") + R"(, "F": )" + task("f", "End"));
  EXPECT_EQ(edges(workflow), "B>D C>D D>E D>F ");
}

TEST(FromAsl, TakesTheJobsOfAMapFromAHintOrFromAnotherMap) {
  PlanningHints hints;
  hints.jobs = {{"A", 64}, {"B", "A"}};
  const Workflow workflow = build(R"("A": )" + map(R"("I": )" + task("f", "End"), "B") +
                                      R"(, "B": )" + map(R"("I": )" + task("g", "End"), "End"),
                                  hints);
  ASSERT_EQ(workflow.steps.size(), 2U);
  EXPECT_EQ(workflow.steps[1].jobs, 64);
  EXPECT_EQ(workflow.steps[1].function, "g");
  EXPECT_TRUE(workflow.steps[1].is_map);
  EXPECT_TRUE(workflow.steps[1].batched);
  EXPECT_EQ(workflow.steps[1].max_concurrency, 4);
}

TEST(FromAsl, MultipliesTheJobsOfNestedMapsAndDoesNotBatchThem) {
  PlanningHints hints;
  hints.jobs = {{"A", 10}, {"M", 3}};
  const std::string inner =
      R"("I": )" + task("f", "M") + R"(, "M": )" + map(R"("I": )" + task("g", "End"), "End");
  const Workflow workflow = build(R"("A": )" + map(inner, "End"), hints);
  ASSERT_EQ(workflow.steps.size(), 2U);
  // The name I occurs twice in the definition.
  EXPECT_EQ(workflow.steps[0].name, "A/I");
  EXPECT_EQ(workflow.steps[0].jobs, 10);
  EXPECT_EQ(workflow.steps[1].name, "M");
  EXPECT_EQ(workflow.steps[1].jobs, 30);
  EXPECT_FALSE(workflow.steps[1].batched);
  EXPECT_EQ(workflow.steps[1].why_not_batched,
            "it runs inside the Map 'A', whose iterations have several states");
}

TEST(FromAsl, TakesTheDurationOfAWaitFromItsSecondsOrAHint) {
  const std::string states =
      R"("A": {"Type": "Wait", "Seconds": 7, "Next": "B"}, "B": {"Type": "Wait", "SecondsPath": "$.s", "Next": "C"}, "C": )" +
      task("c", "End");
  EXPECT_EQ(build(states).steps[0].foreign_duration, Seconds(7));
  EXPECT_EQ(build(states).steps[1].foreign_duration, Seconds(0));
  PlanningHints hints;
  hints.foreign = {{"B", Seconds(2.5)}};
  EXPECT_EQ(build(states, hints).steps[1].foreign_duration, Seconds(2.5));
  EXPECT_EQ(edges(build(states)), "A>B B>C ");
}

TEST(FromAsl, RefusesHintsThatFitNoState) {
  const std::string states = R"("A": )" + map(R"("I": )" + task("f", "End"), "Upscale") +
                             R"(, "Upscale": )" + map(R"("I": )" + task("g", "End"), "End");
  PlanningHints hints;
  hints.jobs = {{"Upscal", 64}};
  EXPECT_EQ(refusal(states, hints),
            "m.json: jobs names 'Upscal', which is no Map state of the definition; did you mean "
            "'Upscale'?");
  hints.jobs = {{"A", "Upscale"}, {"Upscale", "A"}};
  EXPECT_EQ(refusal(states, hints),
            "m.json: jobs: A refers to itself by way of other states; give a number");
  hints.jobs = {{"A", 0}};
  EXPECT_EQ(refusal(states, hints), "m.json: jobs: A is 0, must be at least 1");
  hints.jobs.clear();
  hints.foreign = {{"A", Seconds(1)}};
  EXPECT_EQ(refusal(states, hints),
            "m.json: foreign names 'A', which is no Wait state of the definition");
  hints.source = "stepconf.yaml";
  EXPECT_EQ(refusal(states, hints),
            "stepconf.yaml: foreign names 'A', which is no Wait state of the definition");
}

}  // namespace
}  // namespace stepconf::workflow
