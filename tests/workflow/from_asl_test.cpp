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

std::string choice(const std::string& ways, const std::string& otherwise) {
  std::string rules;
  for (const char way : ways) {
    rules += fmt::format(R"({}{{"Variable": "$.x", "IsNull": true, "Next": "{}"}})",
                         rules.empty() ? "" : ", ", way);
  }
  return fmt::format(R"({{"Type": "Choice", "Choices": [{}], "Default": "{}"}})", rules, otherwise);
}

// "A: B 0.5 {b}, C 0.5 {}" for each choice.
std::string ways(const Workflow& workflow) {
  std::string text;
  for (const Choice& choice : workflow.choices) {
    text += fmt::format("{} {:.4g}:", choice.name, choice.probability);
    for (const Way& way : choice.ways) {
      text += fmt::format(" {} {:.4g}", way.next, way.share);
      for (const StepId step : way.steps) text += "/" + workflow.steps[step].name;
    }
    text += "; ";
  }
  return text;
}

std::string probabilities(const Workflow& workflow) {
  std::string text;
  for (const Step& step : workflow.steps)
    text += fmt::format("{} {:.4g} ", step.name, step.probability);
  return text;
}

TEST(FromAsl, SharesExecutionsEvenlyAmongTheWaysOfAChoiceWhichJoinAgain) {
  // C leads past B to D.
  const Workflow workflow =
      build(R"("A": )" + choice("BE", "D") + R"(, "B": )" + task("b", "C") + R"(, "C": )" +
            task("c", "D") + R"(, "E": )" + task("e", "D") + R"(, "D": )" + task("d", "End"));
  EXPECT_EQ(ways(workflow), "A 1: B 0.3333/B/C E 0.3333/E D 0.3333; ");
  EXPECT_EQ(probabilities(workflow), "B 0.3333 C 0.3333 E 0.3333 D 1 ");
}

TEST(FromAsl, MultipliesTheSharesOfNestedChoices) {
  PlanningHints hints;
  hints.choices = {{"A", {{"B", 0.8}}}, {"C", {{"D", 0.5}, {"E", 0.5}}}};
  // A goes to B (0.8) or to C (the rest), C to D or E.
  const Workflow workflow = build(R"("A": )" + choice("B", "C") + R"(, "B": )" + task("b", "End") +
                                      R"(, "C": )" + choice("D", "E") + R"(, "D": )" +
                                      task("d", "End") + R"(, "E": )" + task("e", "End"),
                                  hints);
  EXPECT_EQ(ways(workflow), "A 1: B 0.8/B C 0.2/D/E; C 0.2: D 0.5/D E 0.5/E; ");
  EXPECT_EQ(probabilities(workflow), "B 0.8 D 0.1 E 0.1 ");
}

TEST(FromAsl, GivesAHandlerASmallShareAndSuccessTheRest) {
  const std::string states =
      R"("A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:a",
           "Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}, "B": )" +
      task("b", "End") + R"(, "C": )" + task("c", "End");
  EXPECT_EQ(ways(build(states)), "A 1: B 0.99/B C 0.01/C; ");
  EXPECT_EQ(probabilities(build(states)), "A 1 B 0.99 C 0.01 ");
  PlanningHints hints;
  hints.choices = {{"A", {{"C", 0.25}}}};
  EXPECT_EQ(probabilities(build(states, hints)), "A 1 B 0.75 C 0.25 ");
}

TEST(FromAsl, LearnsSharesFromExecutionsWhereTheUserGivesNone) {
  const std::string states = R"("A": )" + choice("B", "C") + R"(, "B": )" + task("b", "End") +
                             R"(, "C": )" + task("c", "End");
  const auto shares = [&](const PlanningHints& hints) {
    const Choice choice = build(states, hints).choices.at(0);
    return fmt::format("{:.4g} {:.4g} {} {}", choice.ways[0].share, choice.ways[1].share,
                       to_string(choice.shares_are), choice.executions);
  };
  PlanningHints hints;
  EXPECT_EQ(shares(hints), "0.5 0.5 assumed 0");
  // One more pass is shared out evenly: 7.5 and 2.5 of 10.
  hints.learnt_choices = {{"A", {9, {{"B", 7}, {"C", 2}}}}, {"Gone", {1, {{"B", 1}}}}};
  EXPECT_EQ(shares(hints), "0.75 0.25 learnt 9");
  // A way that nobody went yet keeps some: 9.5 and 0.5 of 10.
  hints.learnt_choices = {{"A", {9, {{"B", 9}}}}};
  EXPECT_EQ(shares(hints), "0.95 0.05 learnt 9");
  // The definition has changed since.
  hints.learnt_choices = {{"A", {9, {{"B", 7}, {"Other", 2}}}}};
  EXPECT_EQ(shares(hints), "0.5 0.5 assumed 0");
  hints.learnt_choices = {{"A", {9, {{"B", 7}, {"C", 2}}}}};
  hints.choices = {{"A", {{"B", 0.3}}}};
  EXPECT_EQ(shares(hints), "0.3 0.7 given 0");
}

TEST(FromAsl, LearnsHowOftenAHandlerRuns) {
  const std::string states =
      R"("A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:a",
           "Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}, "B": )" +
      task("b", "End") + R"(, "C": )" + task("c", "End");
  PlanningHints hints;
  // 99 successes and the 0.99 assumed of one more, of 100.
  hints.learnt_choices = {{"A", {99, {{"B", 99}}}}};
  EXPECT_EQ(probabilities(build(states, hints)), "A 1 B 0.9999 C 0.0001 ");
}

TEST(FromAsl, CountsStepsOfABranchOrIterationBehindAChoice) {
  // M iterates over I, which goes to J or ends; whatever happens in there, N follows.
  const Workflow workflow =
      build(R"("A": )" +
            map(R"("I": )" + choice("J", "K") + R"(, "J": )" + task("j", "K") +
                    R"(, "K": {"Type": "Pass", "End": true})",
                "N") +
            R"(, "N": )" + task("n", "End"));
  EXPECT_EQ(ways(workflow), "I 1: J 0.5/J K 0.5; ");
  EXPECT_EQ(probabilities(workflow), "J 0.5 N 1 ");
}

TEST(FromAsl, RefusesSharesThatDoNotAddUp) {
  const std::string states = R"("A": )" + choice("B", "C") + R"(, "B": )" + task("b", "End") +
                             R"(, "C": )" + task("c", "End");
  const auto refused = [&](const std::map<std::string, double>& shares) {
    PlanningHints hints;
    hints.choices = {{"A", shares}};
    return refusal(states, hints);
  };
  EXPECT_EQ(refused({{"B", 0.7}, {"C", 0.2}}),
            "m.json: choices: A: the shares sum to 0.9, must be 1");
  EXPECT_EQ(refused({{"B", 1.5}}),
            "m.json: choices: A: B is 1.5, must be more than 0 and at most 1");
  EXPECT_EQ(refused({{"B", 1}}),
            "m.json: choices: A: the shares leave nothing for C; give it a small one where it is "
            "hardly ever taken");
  EXPECT_EQ(refused({{"D", 1}}),
            "m.json: choices: A names 'D', which is no way on from this state; there are: B, C; "
            "did you mean 'B'?");
  PlanningHints hints;
  hints.choices = {{"B", {{"C", 1}}}};
  EXPECT_EQ(refusal(states, hints),
            "m.json: choices names 'B', which is no Choice state, and no state with Catch, of the "
            "definition; did you mean 'A'?");
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
