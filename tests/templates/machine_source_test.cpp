#include "stepconf/templates/machine_source.h"

#include <gtest/gtest.h>

#include "tests/templates/transformed.h"

namespace stepconf::templates {
namespace {

constexpr const char* kArn = "arn:aws:lambda:us-east-1:000000000000:function:";

// A plain CloudFormation template; `properties` are the machine's, indented by six.
std::string cloudformation(const std::string& properties) {
  return "Resources:\n"
         "  Resize:\n"
         "    Type: AWS::Lambda::Function\n"
         "    Properties: {Runtime: python3.12, Handler: a.b, Role: !Ref R, Code: {ZipFile: x}}\n"
         "  Live:\n"
         "    Type: AWS::Lambda::Alias\n"
         "    Properties: {FunctionName: !Ref Resize, Name: live}\n"
         "  Machine:\n"
         "    Type: AWS::StepFunctions::StateMachine\n"
         "    Properties:\n"
         "      RoleArn: !GetAtt MachineRole.Arn\n" +
         properties +
         "  MachineRole:\n"
         "    Type: AWS::IAM::Role\n"
         "    Properties: {AssumeRolePolicyDocument: {}}\n";
}

// The definition of a Task that calls `function`, as JSON in a template's line.
std::string task(const std::string& function) {
  return R"({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": ")" + function +
         R"(", "End": true}}})";
}

Json called(const std::string& template_text, const Files& files = {}) {
  return Json::parse(transform_of(template_text, files).definition().text)["States"]["A"];
}

TEST(MachineSource, ReadsFunctionsThroughEveryWayOfWritingThem) {
  const std::string resize = std::string(kArn) + "Resize";
  const std::vector<std::string> ways = {
      "      DefinitionString: !Sub '" + task("${Resize.Arn}") + "'\n",
      "      DefinitionString: {Fn::Sub: ['" + task("${F}") + "', {F: !GetAtt Resize.Arn}]}\n",
      "      DefinitionString: !Sub '" + task("${Live}") + "'\n",
      "      DefinitionString: !Join ['', ['" + task("', !GetAtt Resize.Arn, '") + "']]\n",
      "      DefinitionString: '" + task("${F}") +
          "'\n      DefinitionSubstitutions: {F: !GetAtt Resize.Arn}\n",
      "      DefinitionString: '" + task("${F}") +
          "'\n      DefinitionSubstitutions: {F: !Sub '${Resize.Arn}:live'}\n",
      "      DefinitionString: !Sub '" +
          task("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Resize}") +
          "'\n",
      "      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Resize.Arn, End: "
      "true}}}\n",
      "      DefinitionS3Location: machine.json\n      DefinitionSubstitutions: {F: !Ref Live}\n"};
  for (const std::string& way : ways) {
    EXPECT_EQ(called(cloudformation(way), {{"machine.json", task("${F}")}})["Resource"], resize)
        << way;
    const Done done = transformed(cloudformation(way), {{"machine.json", task("${F}")}});
    EXPECT_EQ(done.definition["States"]["A"]["Parameters"]["FunctionName.$"],
              "$stepconf_1.function");
    EXPECT_EQ(done.properties("Machine")["DefinitionS3Location"],
              "stepconf/state-machine.asl.json");
    EXPECT_FALSE(done.properties("Machine").contains("DefinitionString"));
  }
}

TEST(MachineSource, ReadsADefinitionInYaml) {
  const std::string text = cloudformation(
      "      DefinitionS3Location: m.yaml\n      DefinitionSubstitutions: {F: !GetAtt "
      "Resize.Arn}\n");
  const Json state = called(text, {{"m.yaml",
                                    "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: "
                                    "${F}\n    TimeoutSeconds: 5\n    End: true\n"}});
  EXPECT_EQ(state["Resource"], std::string(kArn) + "Resize");
  EXPECT_EQ(state["TimeoutSeconds"], 5);
  EXPECT_EQ(state["End"], true);
}

TEST(MachineSource, NamesAFunctionAsTheAccountDoesWhereItHasAName) {
  std::string text =
      cloudformation("      DefinitionString: !Sub '" + task("${Resize.Arn}") + "'\n");
  text.replace(text.find("{Runtime"), 1, "{FunctionName: resize-it, ");
  EXPECT_EQ(called(text)["Resource"], std::string(kArn) + "resize-it");
  EXPECT_EQ(transform_of(text).definition().id_by_name.at("resize-it"), "Resize");
}

TEST(MachineSource, KeepsWhatIsNoneOfItsBusiness) {
  const std::string definition =
      R"({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${F}", "Next": "B"},)"
      R"("B": {"Type": "Task", "Resource": "arn:${AWS::Partition}:states:::sqs:sendMessage",)"
      R"("Parameters": {"QueueUrl": "${Queue}", "Text": "${!literal} ${Unknown}"}, "Next": "C"},)"
      R"("C": {"Type": "Task", "Resource": "${Other}", "End": true}}})";
  const Done done = transformed(
      cloudformation("      DefinitionString: {Fn::Sub: ['" + definition +
                     "', {F: !GetAtt Resize.Arn, Queue: !Ref Q, Other: !ImportValue o}]}\n"));
  const Json& states = done.definition["States"];
  EXPECT_EQ(states["B"]["Resource"], "arn:${AWSPartition}:states:::sqs:sendMessage");
  EXPECT_EQ(states["B"]["Parameters"]["QueueUrl"], "${Queue}");
  EXPECT_EQ(states["B"]["Parameters"]["Text"], "${literal} ${Unknown}");
  EXPECT_EQ(states["C"]["Resource"], "${Other}");
  EXPECT_EQ(states["A: configure"]["Resource"], "arn:${AWSPartition}:states:::lambda:invoke");
  const Json& substitutions = done.properties("Machine")["DefinitionSubstitutions"];
  EXPECT_EQ(substitutions["Queue"], Json::parse(R"({"Ref": "Q"})"));
  EXPECT_EQ(substitutions["Other"], Json::parse(R"({"Fn::ImportValue": "o"})"));
  EXPECT_EQ(substitutions["AWSPartition"], Json::parse(R"({"Ref": "AWS::Partition"})"));
  EXPECT_FALSE(substitutions.contains("F"));
}

TEST(MachineSource, ALiteralNameIsOnlyTheTemplatesWhereTheTemplateGivesIt) {
  const std::string text =
      cloudformation("      DefinitionString: '" + task(std::string(kArn) + "Resize") + "'\n");
  EXPECT_TRUE(transform_of(text).functions().empty());
}

TEST(MachineSource, ComplaintsNameFileLineResourceAndField) {
  EXPECT_EQ(complaint_of(cloudformation("      DefinitionS3Location: {Bucket: b, Key: k}\n")),
            "template.yaml:12: Resources.Machine.Properties.DefinitionS3Location: must be the path "
            "of a file, which is to be read now; transform the template before it is packaged");
  EXPECT_EQ(
      complaint_of(cloudformation("")),
      "template.yaml:9: Resources.Machine.Properties.Definition: is missing; give it there, in "
      "DefinitionString, or as a file in DefinitionUri");
  EXPECT_EQ(complaint_of(cloudformation("      DefinitionString: '{'\n")).substr(0, 14),
            "template.yaml:");
  EXPECT_EQ(complaint_of("Resources: {A: {}}\n"),
            "template.yaml:1: Resources.A.Type: is missing, must be a text such as "
            "AWS::Lambda::Function");
  EXPECT_EQ(complaint_of("a: 1\n"),
            "template.yaml: is no CloudFormation template, must be a mapping with Resources");
}

TEST(MachineSource, AsksWhichOfSeveralMachines) {
  std::string text =
      cloudformation("      DefinitionString: !Sub '" + task("${Resize.Arn}") + "'\n");
  text += "  Second: {Type: AWS::Serverless::StateMachine}\n";
  EXPECT_EQ(complaint_of(text),
            "template.yaml: Resources: there are several state machines; choose one with "
            "--state-machine: Machine, Second");
  EXPECT_EQ(transform_of(text, {}, "Machine").machine(), "Machine");
  EXPECT_THROW(transform_of(text, {}, "Third"), InvalidInput);
}

}  // namespace
}  // namespace stepconf::templates
