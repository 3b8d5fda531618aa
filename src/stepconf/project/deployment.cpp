#include "stepconf/project/deployment.h"

namespace stepconf::project {
namespace {

// CloudWatch Logs keeps ten years; which numbers of days it has, `deploy` knows.
constexpr int kLongestRetention = 3653;

std::string not_empty(const YamlValue& value) {
  std::string text = value.text();
  if (text.empty()) value.fail("is empty; give it a value or leave it out");
  return text;
}

}  // namespace

Deployment read_deployment(const YamlValue& value) {
  value.expect_members({"name", "state_machine", "mode", "cache", "architecture", "wrapped_images",
                        "log_retention_days", "permissions_boundary"});
  Deployment deployment;
  if (const auto name = value.member("name")) deployment.name = not_empty(*name);
  if (const auto machine = value.member("state_machine")) {
    deployment.state_machine = not_empty(*machine);
  }
  if (const auto mode = value.member("mode")) {
    deployment.mode = mode->choice({"on", "observe", "off"});
  }
  if (const auto cache = value.member("cache")) {
    deployment.cache = cache->choice({"dynamodb", "execution", "none"});
  }
  if (const auto architecture = value.member("architecture")) {
    deployment.architecture = architecture->choice({"x86_64", "arm64"});
  }
  if (const auto images = value.member("wrapped_images")) {
    deployment.wrapped_images = images->texts();
  }
  if (const auto days = value.member("log_retention_days")) {
    deployment.log_retention_days = days->integer(1, kLongestRetention);
  }
  if (const auto boundary = value.member("permissions_boundary")) {
    deployment.permissions_boundary = not_empty(*boundary);
  }
  return deployment;
}

}  // namespace stepconf::project
