#include "stepconf/templates/project_template.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::templates {
namespace {

const std::string kDefinition = R"({"StartAt": "A", "States": {"A": {"Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:resize-it", "End": true}}})";

TEST(ProjectTemplate, KnowsARuntimeByItsClient) {
  const ProjectRuntime python = runtime_of({"/usr/bin/python3", "-m", "awslambdaric", "app.main"});
  EXPECT_EQ(python.runtime.substr(0, 6), "python");
  EXPECT_EQ(python.handler, "app.main");
  EXPECT_EQ(runtime_of({"npx", "aws-lambda-ric", "index.handler"}).runtime.substr(0, 6), "nodejs");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"bin/resize"}, {"awslambdaric"}, {}}) {
    EXPECT_EQ(runtime_of(command).runtime, "provided.al2023");
    EXPECT_EQ(runtime_of(command).handler, "bootstrap");
  }
}

TEST(ProjectTemplate, AsksForWhatAProjectDoesNotKnow) {
  const ProjectFunction function{.name = "resize-it",
                                 .command = {"python3", "-m", "awslambdaric", "app.main"},
                                 .environment = {{"SIZE", "200"}},
                                 .timeout = Seconds(2.5),
                                 .architecture = "arm64"};
  const Template made = project_template(kDefinition, {function}, false, "p");
  const Json root = json_of(made.root());
  EXPECT_FALSE(made.is_serverless());
  const Json& properties = root["Resources"]["ResizeIt"]["Properties"];
  EXPECT_EQ(
      properties["Code"],
      Json::parse(R"({"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "ResizeItCodeKey"}})"));
  EXPECT_EQ(properties["Role"], Json::parse(R"({"Ref": "ResizeItRoleArn"})"));
  EXPECT_EQ(properties["Timeout"], 3);
  EXPECT_EQ(properties["Environment"], Json::parse(R"({"Variables": {"SIZE": "200"}})"));
  for (const char* parameter : {"CodeBucket", "ResizeItCodeKey", "ResizeItRoleArn"}) {
    EXPECT_TRUE(root["Parameters"].contains(parameter)) << parameter;
  }
}

TEST(ProjectTemplate, GivesEachLanguageItsResources) {
  const Template made = project_template(kDefinition, {{.name = "resize-it"}}, true, "p");
  EXPECT_TRUE(made.is_serverless());
  EXPECT_EQ(made.kind_of("ResizeIt"), ResourceKind::serverless_function);
  EXPECT_EQ(made.kind_of("StateMachine"), ResourceKind::serverless_machine);
}

TEST(ProjectTemplate, RefusesTwoFunctionsWithOneLogicalId) {
  EXPECT_THROW(
      project_template(kDefinition, {{.name = "resize-it"}, {.name = "resize_it"}}, true, "p"),
      InvalidInput);
}

}  // namespace
}  // namespace stepconf::templates
