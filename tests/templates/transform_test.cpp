#include "stepconf/templates/transform.h"

#include <gtest/gtest.h>

#include "tests/templates/transformed.h"

namespace stepconf::templates {
namespace {

// A SAM template with one function, whose machine calls it once.
std::string sam(const std::string& function = "", const std::string& globals = "") {
  return "Transform: AWS::Serverless-2016-10-31\n" + globals +
         "Resources:\n"
         "  Resize:\n"
         "    Type: AWS::Serverless::Function\n"
         "    Properties:\n"
         "      Runtime: python3.12\n"
         "      Handler: app.handler\n"
         "      CodeUri: src/\n" +
         function +
         "  Pipeline:\n"
         "    Type: AWS::Serverless::StateMachine\n"
         "    Properties:\n"
         "      DefinitionUri: pipeline.asl.json\n"
         "      DefinitionSubstitutions: {ResizeArn: !GetAtt Resize.Arn}\n"
         "      Policies:\n"
         "        - LambdaInvokePolicy: {FunctionName: !Ref Resize}\n";
}

const Files kTask = {{"pipeline.asl.json", R"({"StartAt": "A", "States": {"A":
    {"Type": "Task", "Resource": "${ResizeArn}", "End": true}}})"}};
const Files kMap = {{"pipeline.asl.json", R"({"StartAt": "A", "States": {"A":
    {"Type": "Map", "ItemsPath": "$.a", "ItemProcessor": {"StartAt": "B", "States": {"B":
        {"Type": "Task", "Resource": "${ResizeArn}", "End": true}}}, "End": true}}})"}};

TEST(Transform, MakesAFunctionForEachMemorySize) {
  const Done done = transformed(sam("      MemorySize: 256\n      Timeout: 30\n"), kTask);
  for (const int memory : {512, 1024}) {
    const Json& copy = done.properties("ResizeMem" + std::to_string(memory));
    EXPECT_EQ(copy["MemorySize"], memory);
    EXPECT_EQ(copy["CodeUri"], "src/");
    EXPECT_EQ(copy["Timeout"], 30);
    EXPECT_EQ(copy["Role"], Json::parse(R"({"Fn::GetAtt": ["ResizeRole", "Arn"]})"));
    EXPECT_EQ(copy["Layers"], Json::parse(R"([{"Ref": "PipelineWrapperX8664"}])"));
    EXPECT_EQ(copy["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"], "/opt/stepconf-wrapper");
  }
  EXPECT_EQ(done.properties("Resize")["MemorySize"], 256);
  EXPECT_EQ(done.result.architectures, std::set<std::string>{"x86_64"});
}

TEST(Transform, LetsTheMachineLookUpWhatTheConfiguratorNames) {
  const Done done = transformed(sam(), kTask);
  const Json& configure = done.definition["States"]["A: configure"];
  EXPECT_EQ(configure["Resource"], "arn:${Partition}:states:::lambda:invoke");
  EXPECT_EQ(configure["Arguments"]["FunctionName"], "${PipelineConfigurator}");
  EXPECT_EQ(configure["Assign"]["stepconf_1"],
            "{% $merge([$states.result.Payload, {'function': $lookup({'ResizeMem1024': "
            "'${ResizeMem1024}', 'ResizeMem512': '${ResizeMem512}'}, "
            "$states.result.Payload.function)}]) %}");
  EXPECT_EQ(configure["Catch"][0]["Assign"]["stepconf_1"]["function"], "${ResizeMem512}");
  const Json& machine = done.properties("Pipeline");
  EXPECT_EQ(machine["DefinitionUri"], "stepconf/state-machine.asl.json");
  EXPECT_EQ(machine["DefinitionSubstitutions"], Json::parse(R"({
    "Partition": {"Ref": "AWS::Partition"},
    "PipelineConfigurator": {"Fn::GetAtt": ["PipelineConfigurator", "Arn"]},
    "ResizeMem512": {"Fn::GetAtt": ["ResizeMem512", "Arn"]},
    "ResizeMem1024": {"Fn::GetAtt": ["ResizeMem1024", "Arn"]}})"));
}

TEST(Transform, LetsTheMachinesRoleCallWhatItChoosesFrom) {
  const Done done = transformed(sam(), kTask);
  const Json& policy = done.properties("PipelineCalls1");
  EXPECT_EQ(policy["Roles"], Json::parse(R"([{"Ref": "PipelineRole"}])"));
  EXPECT_EQ(policy["PolicyDocument"]["Statement"][0]["Action"], "lambda:InvokeFunction");
  EXPECT_EQ(policy["PolicyDocument"]["Statement"][0]["Resource"], Json::parse(R"([
    {"Fn::GetAtt": ["PipelineConfigurator", "Arn"]}, {"Fn::GetAtt": ["ResizeMem512", "Arn"]},
    {"Fn::GetAtt": ["ResizeMem1024", "Arn"]}])"));
  EXPECT_EQ(done.resource("Pipeline")["DependsOn"], Json::parse(R"(["PipelineCalls1"])"));
}

TEST(Transform, AddsAConfiguratorThatMayDoNoMoreThanItNeeds) {
  const Done done = transformed(sam(), kTask);
  const Json& configurator = done.properties("PipelineConfigurator");
  EXPECT_EQ(configurator["Code"], "stepconf/configurator.zip");
  EXPECT_EQ(
      configurator["Environment"]["Variables"],
      Json::parse(
          R"({"STEPCONF_MODE": {"Ref": "PipelineMode"}, "STEPCONF_TABLE": {"Ref": "PipelineDecisions"}})"));
  EXPECT_EQ(done.root["Parameters"]["PipelineMode"]["Default"], "on");
  const Json& statements =
      done.properties("PipelineConfiguratorRole")["Policies"][0]["PolicyDocument"]["Statement"];
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0]["Resource"],
            Json::parse(R"({"Fn::GetAtt": ["PipelineConfiguratorLogs", "Arn"]})"));
  EXPECT_EQ(statements[1]["Resource"],
            Json::parse(R"({"Fn::GetAtt": ["PipelineDecisions", "Arn"]})"));
  EXPECT_EQ(done.properties("PipelineDecisions")["TimeToLiveSpecification"]["AttributeName"],
            "expires");
}

TEST(Transform, NeedsNoTableForDecisionsMadeBeforehand) {
  const Done done = transformed(sam(), kTask, {.decisions_table = false});
  EXPECT_FALSE(done.root["Resources"].contains("PipelineDecisions"));
  EXPECT_FALSE(done.properties("PipelineConfigurator")["Environment"]["Variables"].contains(
      "STEPCONF_TABLE"));
  EXPECT_EQ(
      done.properties("PipelineConfiguratorRole")["Policies"][0]["PolicyDocument"]["Statement"]
          .size(),
      1U);
}

TEST(Transform, CopiesTakeNothingThatOnlyOneFunctionCanHave) {
  const Done done =
      transformed(sam("      FunctionName: resize\n"
                      "      Events: {Api: {Type: Api, Properties: {Path: /, Method: get}}}\n"
                      "      ReservedConcurrentExecutions: 5\n"
                      "      AutoPublishAlias: live\n"
                      "      Policies: [AWSLambdaBasicExecutionRole]\n"),
                  kTask);
  const Json& copy = done.properties("ResizeMem512");
  for (const char* name :
       {"FunctionName", "Events", "ReservedConcurrentExecutions", "AutoPublishAlias", "Policies"}) {
    EXPECT_FALSE(copy.contains(name)) << name;
    EXPECT_TRUE(done.properties("Resize").contains(name)) << name;
  }
}

TEST(Transform, CopiesIgnoreGlobalsThatOnlyOneFunctionCanHave) {
  const Done done =
      transformed(sam("", "Globals: {Function: {AutoPublishAlias: live, Timeout: 20}}\n"), kTask);
  EXPECT_EQ(done.resource("ResizeMem512")["IgnoreGlobals"], Json::parse(R"(["AutoPublishAlias"])"));
  EXPECT_FALSE(done.resource("Resize").contains("IgnoreGlobals"));
}

TEST(Transform, RespectsGlobals) {
  const std::string globals =
      "Globals: {Function: {Architectures: [arm64], Timeout: 20, Layers: [a, b]}}\n";
  EXPECT_EQ(transform_of(sam("", globals), kTask).functions().at("Resize").timeout, Seconds(20));
  const Done done = transformed(sam("      Layers: [c]\n", globals), kTask);
  EXPECT_EQ(done.result.architectures, std::set<std::string>{"arm64"});
  EXPECT_EQ(done.properties("ResizeMem512")["Layers"],
            Json::parse(R"(["c", {"Ref": "PipelineWrapperArm64"}])"));
  EXPECT_NE(complaint_of(sam("      Layers: [c, d, e]\n", globals), kTask).find("five layers"),
            std::string::npos);
  EXPECT_EQ(complaint_of(sam("      Layers: [c, d]\n", globals), kTask), "nothing");
}

TEST(Transform, RefusesASecondExecWrapperByLineAndField) {
  EXPECT_EQ(complaint_of(sam("      Environment:\n"
                             "        Variables:\n"
                             "          AWS_LAMBDA_EXEC_WRAPPER: /opt/other\n"),
                         kTask)
                .substr(0, 100),
            "template.yaml:11: Resources.Resize.Properties.Environment.Variables."
            "AWS_LAMBDA_EXEC_WRAPPER: is ther");
}

TEST(Transform, DoesNotBatchForFunctionsThatHaveNoWrapper) {
  const std::string custom = "      MemorySize: 128\n    Metadata: {X: 1}\n";
  std::string text = sam(custom);
  text.replace(text.find("python3.12"), 10, "provided.al2023");
  const Done done = transformed(text, kMap);
  ASSERT_EQ(done.machine.steps.size(), 1U);
  EXPECT_FALSE(done.machine.steps[0].batched);
  EXPECT_FALSE(done.properties("ResizeMem512").contains("Layers"));
  EXPECT_TRUE(transformed(sam(), kMap).machine.steps[0].batched);
}

TEST(Transform, BatchesForACustomRuntimeWhoseBootstrapStartsTheWrapper) {
  std::string text = sam("    Metadata: {StepConf: {Wrapped: true}}\n");
  text.replace(text.find("python3.12"), 10, "provided.al2023");
  const Done done = transformed(text, kMap);
  EXPECT_TRUE(done.machine.steps[0].batched);
  EXPECT_TRUE(done.properties("ResizeMem512").contains("Layers"));
  EXPECT_FALSE(done.properties("ResizeMem512").contains("Environment"));
}

TEST(Transform, WritesALogGroupForTheCopiesOfEachFunction) {
  const Done done = transformed(sam(), kTask, {.log_retention_days = 14});
  EXPECT_EQ(done.properties("ResizeMem512")["LoggingConfig"],
            Json::parse(R"({"LogGroup": {"Ref": "ResizeSizesLogs"}})"));
  EXPECT_EQ(done.properties("ResizeSizesLogs"), Json::parse(R"({"RetentionInDays": 14,
    "LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}-Resize-sizes"}})"));
  const Done own = transformed(sam("      LoggingConfig: {LogGroup: mine}\n"), kTask);
  EXPECT_EQ(own.properties("ResizeMem512")["LoggingConfig"],
            Json::parse(R"({"LogGroup": "mine"})"));
  EXPECT_FALSE(own.root["Resources"].contains("ResizeSizesLogs"));
}

TEST(Transform, LeavesEverythingElseAsItWas) {
  const std::string text = sam();
  const Json before = json_of(read_value(text, "t"));
  const Done done = transformed(text, kTask);
  EXPECT_EQ(done.resource("Resize"), before["Resources"]["Resize"]);
  EXPECT_EQ(done.root["Transform"], before["Transform"]);
  EXPECT_EQ(done.properties("Pipeline")["Policies"],
            before["Resources"]["Pipeline"]["Properties"]["Policies"]);
}

TEST(Transform, MakesNewNamesWhereTheTemplateHasThemAlready) {
  const Done done = transformed(
      sam("  ResizeMem512: {Type: AWS::SQS::Queue}\n  PipelineMode: {Type: AWS::SNS::Topic}\n"),
      kTask);
  EXPECT_EQ(done.resource("ResizeMem512")["Type"], "AWS::SQS::Queue");
  EXPECT_EQ(done.properties("ResizeMem512x2")["MemorySize"], 512);
  EXPECT_TRUE(done.root["Parameters"].contains("PipelineModex2"));
}

TEST(Transform, SaysWhatARoleFromElsewhereHasToAllow) {
  std::string text = sam();
  const auto policies = text.find("      Policies:");
  text = text.substr(0, policies) + "      Role: arn:aws:iam::123456789012:role/machine\n";
  const Done done = transformed(text, kTask);
  ASSERT_EQ(done.result.remarks.size(), 1U);
  EXPECT_NE(done.result.remarks[0].find("lambda:InvokeFunction"), std::string::npos);
  EXPECT_FALSE(done.root["Resources"].contains("PipelineCalls1"));
}

TEST(Transform, AddsEverythingUnderTheMachinesCondition) {
  std::string text = "Conditions: {Wanted: !Equals [!Ref AWS::Region, us-east-1]}\n" + sam();
  text.replace(text.find("    Type: AWS::Serverless::StateMachine"), 0, "    Condition: Wanted\n");
  const Done done = transformed(text, kTask);
  for (const auto& [id, resource] : done.root["Resources"].items()) {
    EXPECT_EQ(resource.contains("Condition"), id != "Resize") << id;
  }
}

TEST(Transform, RefusesMoreResourcesThanCloudFormationTakes) {
  std::string queues;
  for (int i = 0; i < 495; ++i) {
    queues += "  Queue" + std::to_string(i) + ": {Type: AWS::SQS::Queue}\n";
  }
  EXPECT_NE(complaint_of(sam(queues), kTask).find("CloudFormation takes 500"), std::string::npos);
}

TEST(Transform, RefusesAMachineThatCallsNoneOfTheTemplatesFunctions) {
  const Files other = {{"pipeline.asl.json", R"({"StartAt": "A", "States": {"A":
    {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:other",
     "End": true}}})"}};
  EXPECT_EQ(complaint_of(sam(), other),
            "template.yaml: Resources.Pipeline: calls no function of this template: there is "
            "nothing to choose");
}

}  // namespace
}  // namespace stepconf::templates
