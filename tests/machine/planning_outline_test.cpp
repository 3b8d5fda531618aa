#include "stepconf/machine/planning_outline.h"

#include <gtest/gtest.h>

#include "stepconf/asl/state_machine.h"
#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/workflow/from_asl.h"

namespace stepconf::machine {
namespace {

// A JSONata machine: a Map of a function, another service with a handler, a choice.
constexpr const char* kDefinition = R"({
  "QueryLanguage": "JSONata", "StartAt": "Work", "States": {
    "Work": {"Type": "Map", "Items": "{% $states.input.items %}", "MaxConcurrency": "{% 3 %}",
      "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "resize", "Payload": "{% $states.input %}"}, "End": true}}},
      "Assign": {"done": "{% $states.result %}"}, "Next": "Publish"},
    "Publish": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Arguments": {},
      "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% 1 %}", "Next": "Mend"}], "Next": "Large"},
    "Mend": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:mend", "End": true},
    "Large": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Wait"}], "Default": "Last"},
    "Wait": {"Type": "Wait", "Seconds": "{% 5 %}", "Next": "Last"},
    "Last": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {"FunctionName": "last:prod"}, "Output": "{% $states.result %}", "End": true}}})";

TEST(PlanningOutline, HasTheStepsAndWaysOfADefinitionThatIsNotRunHere) {
  EXPECT_THROW(asl::StateMachine::parse(kDefinition, "w"), InvalidInput);
  const auto outline = asl::StateMachine::parse(planning_outline(kDefinition, "w"), "w");
  workflow::PlanningHints hints;
  hints.jobs["Work"] = 7;
  const auto workflow = workflow::from_state_machine(outline, hints);
  std::map<std::string, std::string> functions;
  for (const workflow::Step& step : workflow.steps) {
    if (!step.is_foreign()) functions[step.name] = step.function;
  }
  EXPECT_EQ(functions, (std::map<std::string, std::string>{
                           {"Work", "resize"}, {"Mend", "mend"}, {"Last", "last"}}));
  EXPECT_EQ(workflow.steps[*workflow.find("Work")].jobs, 7);
  EXPECT_TRUE(workflow.find("Wait"));
  // The handler's own chain is not on the way to Last.
  EXPECT_LT(workflow.steps[*workflow.find("Mend")].probability, 0.5);
}

TEST(PlanningOutline, RefusesWhatIsNoState) {
  EXPECT_THROW(planning_outline("[]", "w"), InvalidInput);
  EXPECT_THROW(planning_outline(R"({"StartAt": "A", "States": {"A": 1}})", "w"), InvalidInput);
  EXPECT_THROW(planning_outline(R"({"StartAt": "A", "States": {"A": {"Type": "Map"}}})", "w"),
               InvalidInput);
  EXPECT_THROW(planning_outline(
                   R"({"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [1]}}})", "w"),
               InvalidInput);
}

}  // namespace
}  // namespace stepconf::machine
