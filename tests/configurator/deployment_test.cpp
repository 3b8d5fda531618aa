#include "stepconf/configurator/deployment.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"

namespace stepconf::configurator {
namespace {

Json valid() {
  return {{"schema", 1},
          {"deployment", "video"},
          {"steps",
           {{"Upscale",
             {{"kind", "map"},
              {"functions", {{"512", "arn:512"}, {"1024", "arn:1024"}}},
              {"safe", {{"memory_mb", 1024}, {"instances", 4}, {"processes", 2}}}}}}}};
}

Deployment parse(const Json& json) { return parse_deployment(json.dump(), "file"); }

std::string refusal(const Json& json) {
  try {
    parse(json);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

TEST(Deployment, ReadsWhatBelongsToAStep) {
  Json json = valid();
  json["mode"] = "observe";
  json["cache"] = {{"kind", "dynamodb"}, {"table", "T"}, {"limit_s", 0.1}, {"keep_s", 60}};
  json["steps"]["Upscale"].update(
      {{"batched", false}, {"max_concurrency", 8}, {"result_bytes", 2000}});
  const Deployment deployment = parse(json);
  EXPECT_EQ(deployment.name, "video");
  EXPECT_EQ(deployment.mode, Mode::observe);
  EXPECT_EQ(deployment.cache.kind, CacheSettings::Kind::dynamodb);
  EXPECT_EQ(deployment.cache.table, "T");
  EXPECT_EQ(deployment.cache.limit, Seconds(0.1));
  EXPECT_EQ(deployment.cache.keep, Seconds(60));
  const DeployedStep& step = deployment.steps.at("Upscale");
  EXPECT_EQ(step.kind, StepKind::map);
  EXPECT_FALSE(step.batched);
  EXPECT_EQ(step.max_concurrency, 8);
  EXPECT_EQ(step.result_bytes, 2000);
  EXPECT_EQ(step.functions.at({512}), "arn:512");
  EXPECT_EQ(step.safe, (estimator::Configuration{{1024}, 4, 2}));
}

TEST(Deployment, DecidesWithoutACacheWhereNothingElseIsSaid) {
  const Deployment deployment = parse(valid());
  EXPECT_EQ(deployment.mode, Mode::on);
  EXPECT_EQ(deployment.cache.kind, CacheSettings::Kind::none);
  EXPECT_TRUE(deployment.steps.at("Upscale").batched);
}

TEST(Deployment, RefusesASafeConfigurationWithoutAFunction) {
  Json json = valid();
  json["steps"]["Upscale"]["safe"]["memory_mb"] = 2048;
  EXPECT_EQ(refusal(json),
            "file: $.steps.Upscale.safe has 2048 MB, for which there is no function");
}

TEST(Deployment, NamesWhatIsWrong) {
  const auto with = [](const char* pointer, const Json& value) {
    Json json = valid();
    json[Json::json_pointer(pointer)] = value;
    return refusal(json);
  };
  EXPECT_NE(with("/schema", 2).find("use a newer one"), std::string::npos);
  EXPECT_NE(with("/mode", "On").find("must be off, observe or on"), std::string::npos);
  EXPECT_NE(with("/steps/Upscale/kind", "many").find("$.steps.Upscale.kind"), std::string::npos);
  EXPECT_NE(with("/steps/Upscale/functions/many", "arn").find("memory size"), std::string::npos);
  EXPECT_NE(with("/steps/Upscale/functions/512", "").find("is empty"), std::string::npos);
  EXPECT_NE(with("/cache", {{"kind", "redis"}}).find("none, execution or dynamodb"),
            std::string::npos);
  EXPECT_NE(with("/cache", {{"kind", "dynamodb"}}).find("table"), std::string::npos);
  EXPECT_NE(with("/extra", 1).find("extra"), std::string::npos);
}

}  // namespace
}  // namespace stepconf::configurator
