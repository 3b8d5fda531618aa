#include "stepconf/deploy/aws/function_documents.h"

#include <gtest/gtest.h>

namespace stepconf::deploy {
namespace {

// As GetFunction answers, with everything that a copy takes over.
const Json kDocument = Json::parse(R"({
  "FunctionName": "resize", "Runtime": "python3.12", "Handler": "app.handler",
  "Role": "arn:aws:iam::123456789012:role/user", "Timeout": 60, "MemorySize": 512,
  "Description": "Resizes", "CodeSha256": "abc=", "RevisionId": "r1", "Version": "$LATEST",
  "State": "Active", "LastUpdateStatus": "Successful", "Architectures": ["arm64"],
  "Environment": {"Variables": {"BUCKET": "b"}}, "Layers": [{"Arn": "arn:of:a:layer:1"}],
  "EphemeralStorage": {"Size": 1024}, "TracingConfig": {"Mode": "Active"}, "KMSKeyArn": "arn:of:a:key",
  "VpcConfig": {"SubnetIds": ["s2", "s1"], "SecurityGroupIds": ["g1"], "VpcId": "v",
                "Ipv6AllowedForDualStack": true},
  "FileSystemConfigs": [{"Arn": "arn:of:an:access-point", "LocalMountPath": "/mnt/data"}]})");

services::LambdaFunction function(const Json& document) {
  services::LambdaFunction read{.document = document};
  read.runtime = document.value("Runtime", "");
  read.handler = document.value("Handler", "");
  read.role = document.value("Role", "");
  read.state = document.value("State", "");
  read.last_update = document.value("LastUpdateStatus", "");
  read.state_reason = document.value("StateReason", "");
  read.memory_mb = document.value("MemorySize", 0);
  read.timeout_s = document.value("Timeout", 3);
  if (document.contains("Architectures")) read.architectures = document["Architectures"];
  return read;
}

TEST(FunctionDocuments, ACopyTakesOverWhatTheUsersFunctionRunsWith) {
  const FunctionSettings settings = function_state(function(kDocument)).settings;
  EXPECT_EQ(settings.architecture, "arm64");
  EXPECT_EQ(settings.ephemeral_storage_mb, 1024);
  EXPECT_EQ(settings.tracing, "Active");
  EXPECT_EQ(settings.kms_key_arn, "arn:of:a:key");
  EXPECT_EQ(settings.subnets, (std::vector<std::string>{"s1", "s2"})) << "in an order of ours";
  EXPECT_EQ(settings.security_groups, (std::vector<std::string>{"g1"}));
  EXPECT_TRUE(settings.ipv6_for_vpc);
  EXPECT_EQ(settings.file_systems.at("/mnt/data"), "arn:of:an:access-point");
  EXPECT_FALSE(settings.is_image());
}

TEST(FunctionDocuments, WhatIsReadIsWhatIsWritten) {
  const FunctionConfiguration configuration{function_state(function(kDocument)).settings,
                                            MemoryMb{1024}, "StepConf: ..."};
  const services::LambdaSettings written = settings_of(configuration);
  EXPECT_EQ(written.memory_mb, 1024);
  EXPECT_EQ(written.timeout_s, 60);
  Json again = kDocument;
  again.update(written.more);
  EXPECT_EQ(function_state(function(again)).settings, configuration.settings);
}

// UpdateFunctionConfiguration keeps what it is not told.
TEST(FunctionDocuments, AnUpdateTakesAwayWhatIsNoLongerWanted) {
  const Json more = all_settings_of({{.runtime = "python3.12"}, MemoryMb{128}, "d"}).more;
  EXPECT_EQ(more["VpcConfig"]["SubnetIds"], Json::array());
  EXPECT_EQ(more["KMSKeyArn"], "");
  EXPECT_EQ(more["FileSystemConfigs"], Json::array());
  EXPECT_FALSE(more.contains("ImageConfig"));
  EXPECT_EQ(all_settings_of({{}, MemoryMb{128}, "d"}).more["ImageConfig"], Json::object());
}

TEST(FunctionDocuments, TheWorseOfTwoStatesCounts) {
  const auto readiness = [](const char* state, const char* update) {
    return function_state(function({{"State", state}, {"LastUpdateStatus", update}})).readiness;
  };
  EXPECT_EQ(readiness("Active", "Successful"), Readiness::ready);
  EXPECT_EQ(readiness("Inactive", "Successful"), Readiness::ready);
  EXPECT_EQ(readiness("Pending", "Successful"), Readiness::in_progress);
  EXPECT_EQ(readiness("Active", "InProgress"), Readiness::in_progress);
  EXPECT_EQ(readiness("Failed", "Successful"), Readiness::failed);
  EXPECT_EQ(readiness("Active", "Failed"), Readiness::failed);
  EXPECT_EQ(version_state(function({{"State", "Failed"}, {"StateReason", "no addresses"}})).reason,
            "no addresses");
}

// Whatever else a service sends.
TEST(FunctionDocuments, MembersOfAnotherTypeCountAsAbsent) {
  const FunctionSettings settings =
      function_state(function({{"VpcConfig", 1},
                               {"FileSystemConfigs", {{"a", 1}}},
                               {"EphemeralStorage", "x"},
                               {"TracingConfig", Json::array()},
                               {"ImageConfigResponse", {{"ImageConfig", 3}}}}))
          .settings;
  EXPECT_EQ(settings, FunctionSettings{});
}

}  // namespace
}  // namespace stepconf::deploy
