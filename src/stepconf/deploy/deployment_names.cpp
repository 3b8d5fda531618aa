#include "stepconf/deploy/deployment_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/net/digest.h"

namespace stepconf::deploy {
namespace {

constexpr std::size_t kLongestDeployment = 24;
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
constexpr std::size_t kLongestFunction = 64;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string fitted(const std::string& name, std::size_t limit) {
  if (name.size() <= limit) return name;
  constexpr std::size_t kDigits = 8;
  const std::string hash = net::hexadecimal(net::sha256(name)).substr(0, kDigits);
  return fmt::format("{}-{}", name.substr(0, limit - kDigits - 1), hash);
}

}  // namespace

DeploymentNames::DeploymentNames(std::string deployment, Account account)
    : deployment_(std::move(deployment)), account_(std::move(account)) {
  const bool plain = std::ranges::all_of(
      deployment_, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
  if (deployment_.empty() || deployment_.size() > kLongestDeployment || !plain ||
      !is_lower(deployment_.front())) {
    throw InvalidInput(
        fmt::format("deployment \"{}\": the name must have 1 to {} lower-case letters, digits and "
                    "'-', a letter first",
                    deployment_, kLongestDeployment));
  }
  if (account_.id.size() != 12 || !std::ranges::all_of(account_.id, is_digit)) {
    throw InvalidInput(fmt::format("account \"{}\": must be twelve digits", account_.id));
  }
}

// A deployment's name has no '_', so the first '_' ends it: no two deployments share a name.
std::string DeploymentNames::copies_prefix() const {
  return fmt::format("stepconf-{}_", deployment_);
}

std::string DeploymentNames::function_copy(const std::string& function) const {
  return fitted(copies_prefix() + function, kLongestFunction);
}

std::string DeploymentNames::configurator() const { return "stepconf-" + deployment_; }
std::string DeploymentNames::state_machine() const { return "stepconf-" + deployment_; }
std::string DeploymentNames::table() const { return "stepconf-" + deployment_; }

std::string DeploymentNames::layer(const std::string& architecture) const {
  return fmt::format("stepconf-{}_wrapper-{}", deployment_, architecture);
}

std::string DeploymentNames::configurator_role() const {
  return fmt::format("stepconf-{}_configurator_{}", deployment_, account_.region);
}

std::string DeploymentNames::machine_role() const {
  return fmt::format("stepconf-{}_machine_{}", deployment_, account_.region);
}

std::string DeploymentNames::log_group(const std::string& function) {
  return "/aws/lambda/" + function;
}

std::string DeploymentNames::arn(std::string_view service, const std::string& resource) const {
  return fmt::format("arn:{}:{}:{}:{}:{}", account_.partition, service, account_.region,
                     account_.id, resource);
}

std::string DeploymentNames::function_arn(const std::string& function,
                                          const std::string& alias) const {
  return arn("lambda", fmt::format("function:{}{}{}", function, alias.empty() ? "" : ":", alias));
}

std::string DeploymentNames::state_machine_arn() const {
  return arn("states", "stateMachine:" + state_machine());
}

std::string DeploymentNames::machines_arn() const { return arn("states", "stateMachine:*"); }

std::string DeploymentNames::table_arn() const { return arn("dynamodb", "table/" + table()); }

std::string DeploymentNames::role_arn(const std::string& role) const {
  return fmt::format("arn:{}:iam::{}:role/{}", account_.partition, account_.id, role);
}

std::string DeploymentNames::log_streams_arn(const std::string& log_group) const {
  return arn("logs", fmt::format("log-group:{}:*", log_group));
}

Tags DeploymentNames::tags() const { return {{std::string(kDeploymentTag), deployment_}}; }

bool DeploymentNames::owns(const Tags& tags) const {
  const auto found = tags.find(std::string(kDeploymentTag));
  return found != tags.end() && found->second == deployment_;
}

}  // namespace stepconf::deploy
