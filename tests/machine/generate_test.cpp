#include "stepconf/machine/generate.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

TEST(Generate, LeavesADefinitionWithoutFunctionStepsByteForByte) {
  const std::string text =
      "{ \"StartAt\":\"A\",\n \"States\": {\"A\": {\"Type\": \"Pass\", \"Result\": 1.50, \"End\": "
      "true}}}";
  const GeneratedMachine machine = generate(text, "test", {.configurator = "c", .steps = {}});
  EXPECT_EQ(machine.definition, text);
  EXPECT_TRUE(machine.steps.empty());
}

TEST(Generate, LeavesAStepOfWhichNothingIsKnownAsItIs) {
  const std::string text = scope("A", task()).dump();
  const GeneratedMachine machine = generate(text, "test", {.configurator = "c", .steps = {}});
  EXPECT_EQ(machine.definition, text);
  ASSERT_EQ(machine.steps.size(), 1U);
  EXPECT_EQ(machine.steps[0].decided, Decided::never);
}

TEST(Generate, RefusesWhatIsNoStateMachine) {
  for (const char* text :
       {"[]", "{}", "{\"StartAt\": \"A\"}", "not json", "{\"StartAt\": 1, \"States\": {}}"}) {
    EXPECT_THROW(generate(text, "test", {}), InvalidInput) << text;
  }
}

TEST(Generate, PutsAConfiguratorBeforeATask) {
  const Json machine = generated(scope("A", invoke()));
  EXPECT_EQ(machine["StartAt"], "A: configure");
  const Json& configure = machine["States"]["A: configure"];
  EXPECT_EQ(configure["QueryLanguage"], "JSONata");
  EXPECT_EQ(configure["Arguments"]["FunctionName"], "configurator");
  EXPECT_EQ(configure["Arguments"]["Payload"]["step"], "A");
  EXPECT_EQ(configure["Assign"]["stepconf_1"], "{% $states.result.Payload %}");
  EXPECT_EQ(configure["Next"], "A");
  EXPECT_EQ(configure["Catch"][0]["Assign"]["stepconf_1"]["function"],
            kArn + std::string("copy:mem-512"));
  const Json& task = machine["States"]["A"];
  EXPECT_EQ(task["Parameters"],
            Json::parse(R"({"FunctionName.$": "$stepconf_1.function", "Payload.$": "$"})"));
}

TEST(Generate, LooksUpFunctionsThatOnlyTheDeployedMachineKnows) {
  const StepChoice choice{.functions = {{MemoryMb{512}, "Small"}, {MemoryMb{1024}, "Large"}},
                          .called = {{"Small", "${Small}"}, {"Large", "${Large}"}},
                          .safe = {MemoryMb{512}, 1, 1}};
  const std::string text = scope("A", invoke()).dump();
  const GeneratorOptions options{.configurator = "c", .steps = {{"A", choice}}};
  const Json machine = Json::parse(generate(text, "test", options).definition);
  const Json& configure = machine["States"]["A: configure"];
  EXPECT_EQ(configure["Assign"]["stepconf_1"],
            "{% $merge([$states.result.Payload, {'function': $lookup({'Large': '${Large}', "
            "'Small': '${Small}'}, $states.result.Payload.function)}]) %}");
  EXPECT_EQ(configure["Catch"][0]["Assign"]["stepconf_1"]["function"], "${Small}");
  GeneratorOptions lacking = options;
  lacking.steps["A"].called.erase("Large");
  EXPECT_THROW(generate(text, "test", lacking), InvalidInput);
}

TEST(Generate, TakesThePlaceOfAFunctionsArnAsResource) {
  const Json machine = generated(scope("A", task()));
  const Json& task = machine["States"]["A"];
  EXPECT_EQ(task["Resource"], "arn:aws:states:::lambda:invoke");
  EXPECT_EQ(task["OutputPath"], "$.Payload");
  EXPECT_EQ(machine["States"].size(), 2U);
}

TEST(Generate, UnwrapsAResultThatGoesIntoAMember) {
  const Json machine = generated(scope(
      "A",
      with(task(),
           R"({"ResultSelector": {"x.$": "$.y"}, "ResultPath": "$.r", "OutputPath": "$.r"})")));
  const Json& states = machine["States"];
  EXPECT_EQ(states["A"]["Next"], "A: output");
  EXPECT_FALSE(states["A"].contains("End"));
  EXPECT_FALSE(states["A"].contains("ResultSelector"));
  EXPECT_EQ(states["A: output"], Json::parse(R"({"Type": "Pass", "InputPath": "$.r.Payload",
      "Parameters": {"x.$": "$.y"}, "ResultPath": "$.r", "OutputPath": "$.r", "End": true})"));
}

TEST(Generate, LeadsEveryTransitionToTheConfigurator) {
  OrderedJson definition = OrderedJson::parse(R"({"StartAt": "Choose", "States": {
      "Choose": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "Work"}], "Default": "Work"},
      "Other": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Work",
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Work"}]}}})");
  definition["States"]["Work"] = task();
  const Json machine = generated(definition);
  const Json& states = machine["States"];
  EXPECT_EQ(states["Choose"]["Choices"][0]["Next"], "Work: configure");
  EXPECT_EQ(states["Choose"]["Default"], "Work: configure");
  EXPECT_EQ(states["Other"]["Next"], "Work: configure");
  EXPECT_EQ(states["Other"]["Catch"][0]["Next"], "Work: configure");
  EXPECT_EQ(states["Work: configure"]["Next"], "Work");
}

TEST(Generate, ConfiguresAnewInALoop) {
  OrderedJson definition = scope("Work", task());
  definition["States"]["Work"].erase("End");
  definition["States"]["Work"]["Next"] = "Work";
  EXPECT_EQ(generated(definition)["States"]["Work"]["Next"], "Work: configure");
}

TEST(Generate, ConfiguresStepsInBranchesWithinTheirBranch) {
  OrderedJson parallel = {
      {"Type", "Parallel"}, {"Branches", {scope("A", task()), scope("B", task())}}, {"End", true}};
  const Json machine = generated(scope("Both", parallel));
  const Json& branches = machine["States"]["Both"]["Branches"];
  EXPECT_EQ(branches[0]["StartAt"], "A: configure");
  EXPECT_EQ(branches[1]["States"]["B: configure"]["Assign"].begin().key(), "stepconf_2");
}

TEST(Generate, ConfiguresStepsInsideAMapOfSeveralStatesOnceBeforeIt) {
  OrderedJson processor = scope("First", {{"Type", "Pass"}, {"Next", "Job"}});
  processor["States"]["Job"] = task();
  const OrderedJson map = {
      {"Type", "Map"}, {"ItemsPath", "$.frames"}, {"ItemProcessor", processor}, {"End", true}};
  const GeneratedMachine result = generate_all(scope("Each", map));
  const Json machine = Json::parse(result.definition);
  EXPECT_EQ(machine["StartAt"], "Job: configure");
  EXPECT_EQ(machine["States"]["Job: configure"]["Next"], "Each");
  EXPECT_EQ(machine["States"]["Job: configure"]["Arguments"]["Payload"]["jobs"],
            "{% $count($states.input.frames) %}");
  EXPECT_EQ(machine["States"]["Each"]["ItemProcessor"]["States"].size(), 2U);
  ASSERT_EQ(result.steps.size(), 1U);
  EXPECT_EQ(result.steps[0].decided, Decided::before_map);
  EXPECT_EQ(result.steps[0].reason,
            "it runs inside the Map 'Each', whose iterations have several states");
}

TEST(Generate, ChoosesBeforehandInADistributedMap) {
  OrderedJson map = each(task());
  map["ItemProcessor"]["ProcessorConfig"] = {{"Mode", "DISTRIBUTED"}};
  const GeneratedMachine result = generate_all(scope("Each", map));
  const Json machine = Json::parse(result.definition);
  EXPECT_EQ(machine["StartAt"], "Each");
  EXPECT_EQ(machine["States"]["Each"]["ItemProcessor"]["States"]["Job"]["Resource"],
            kArn + std::string("copy:mem-512"));
  EXPECT_EQ(result.steps[0].decided, Decided::beforehand);
}

TEST(Generate, KeepsThePartitionOfTheFunction) {
  OrderedJson state = task();
  state["Resource"] = "arn:aws-cn:lambda:cn-north-1:123456789012:function:work";
  EXPECT_EQ(generated(scope("A", state))["States"]["A"]["Resource"],
            "arn:aws-cn:states:::lambda:invoke");
}

TEST(Generate, DoesNotTouchOtherServicesAndDynamicFunctions) {
  OrderedJson dynamic = invoke();
  dynamic["Parameters"] = {{"FunctionName.$", "$.f"}};
  OrderedJson event = invoke();
  event["Parameters"]["InvocationType"] = "Event";
  OrderedJson other_account = task();
  other_account["Credentials"] = {{"RoleArn", "arn:aws:iam::123456789012:role/r"}};
  OrderedJson token = invoke();
  token["Resource"] = "arn:aws:states:::lambda:invoke.waitForTaskToken";
  for (const OrderedJson& state : {dynamic, event, other_account, token}) {
    EXPECT_TRUE(function_steps(scope("A", state).dump(), "test", {}).empty()) << state;
  }
}

TEST(Generate, NamesStepsAsTheExecutorDoes) {
  OrderedJson parallel = {{"Type", "Parallel"},
                          {"Branches", {scope("P", each(task())), scope("Q", each(task()))}},
                          {"End", true}};
  std::vector<std::string> names;
  for (const auto& step : function_steps(scope("Both", parallel).dump(), "test", {}))
    names.push_back(step.name);
  // "Job" occurs twice, but the steps are the Maps, whose names do not.
  EXPECT_EQ(names, (std::vector<std::string>{"P", "Q"}));
  parallel["Branches"] = {scope("P", scope("P", task())), scope("P", task())};
  parallel["Branches"][0] = scope("Q", each(with(task(), "{}")));
  parallel["Branches"][1] = scope("Job", task());
  names.clear();
  for (const auto& step : function_steps(scope("Both", parallel).dump(), "test", {}))
    names.push_back(step.name);
  EXPECT_EQ(names, (std::vector<std::string>{"Q", "Both/Job"}));
}

TEST(Generate, ReportsWhatBecameOfEachStep) {
  const OrderedJson report =
      report_of(generate_all(scope("A", with(each(task()), R"({"MaxConcurrency": 6})"))));
  EXPECT_EQ(Json(report),
            Json::parse(R"({"schema": 1, "steps": {"A": {"function": "work", "batched": true,
      "decided": "before the step", "variable": "stepconf_1", "max_concurrency": 6,
      "states_added": ["A: configure"], "transitions_added": 1}}})"));
}

}  // namespace
}  // namespace stepconf::machine
