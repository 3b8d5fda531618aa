#include "tests/deploy/fake_control_plane.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/deploy/wanted_function.h"

namespace stepconf::deploy {
namespace {

// Of Lambda's control plane within one second, and of published versions within one minute.
constexpr std::size_t kMostCalls = 15;
constexpr std::size_t kMostPublished = 40;

std::string plain(const std::string& description) {
  return description.substr(0, description.find(kAgain));
}

std::string text(const Tags& tags) {
  std::string result;
  for (const auto& [key, value] : tags) result += fmt::format("[{}={}]", key, value);
  return result;
}

bool is_of(const Tags& tags, const std::string& deployment) {
  const auto tag = tags.find(std::string(kDeploymentTag));
  return (tag == tags.end() ? std::string() : tag->second) == deployment;
}

}  // namespace

void FakeControlPlane::throttle(const std::string& action, const std::string& resource) {
  const auto within = [&](std::vector<Seconds>& times, Seconds window) {
    std::erase_if(times, [&](Seconds time) { return time <= clock_.now() - window; });
    return times.size();
  };
  const bool publishes = action == "lambda:PublishVersion";
  if (within(call_times_, Seconds(1)) >= kMostCalls ||
      (publishes && within(publish_times_, Seconds(60)) >= kMostPublished)) {
    ++throttled;
    fail(Trouble::throttled, action, resource, "Rate exceeded");
  }
  call_times_.push_back(clock_.now());
  if (publishes) publish_times_.push_back(clock_.now());
}

void FakeControlPlane::settle() {
  std::erase_if(tables_, [&](const auto& entry) {
    return entry.second.state.deleting && clock_.now() >= entry.second.ready_at;
  });
  std::erase_if(machines_, [&](const auto& entry) {
    return entry.second.state.deleting && clock_.now() >= entry.second.gone_at;
  });
}

void FakeControlPlane::check_role(const std::string& action, const std::string& role_arn) const {
  const std::string name = role_arn.substr(role_arn.rfind('/') + 1);
  const auto role = roles_.find(name);
  if (role == roles_.end() || clock_.now() < role->second.known_at) {
    fail(Trouble::not_ready, action, role_arn, "the role cannot be assumed");
  }
}

std::optional<std::string> FakeControlPlane::invoked(const std::string& function_arn) const {
  const auto colon = function_arn.rfind(':');
  const std::string alias = function_arn.substr(colon + 1);
  const std::string front = function_arn.substr(0, colon);
  const auto found = functions_.find(front.substr(front.rfind(':') + 1));
  if (found == functions_.end()) return std::nullopt;
  const auto target = found->second.aliases.find(alias);
  if (target == found->second.aliases.end()) return std::nullopt;
  const auto version = found->second.versions.find(std::stoi(target->second));
  if (version == found->second.versions.end()) return std::nullopt;
  return version->second.description;
}

std::string FakeControlPlane::inventory(const std::string& deployment) const {
  std::vector<std::string> lines;
  for (const auto& [name, function] : functions_) {
    if (!is_of(function.latest.tags, deployment)) continue;
    lines.push_back(fmt::format("function {} {}", name, text(function.latest.tags)));
    if (deployment.empty()) {
      lines.push_back(fmt::format("$LATEST {} {} {} {}", name, function.latest.revision,
                                  function.latest.code_sha256,
                                  settings_json(function.latest.settings).dump()));
    }
    for (const auto& [number, version] : function.versions) {
      lines.push_back(fmt::format("version {} {} {} MB {}", name, plain(version.description),
                                  version.memory.value, version.code_sha256));
    }
    for (const auto& [alias, target] : function.aliases) {
      const auto version = function.versions.find(std::stoi(target));
      lines.push_back(fmt::format(
          "alias {} {} {}", name, alias,
          version == function.versions.end() ? "nothing" : plain(version->second.description)));
    }
  }
  for (const auto& [name, role] : roles_) {
    if (!is_of(role.state.tags, deployment)) continue;
    lines.push_back(fmt::format("role {} {} {} {} {}", name, text(role.state.tags),
                                role.state.trust.dump(), Json(role.state.policies).dump(),
                                Json(role.state.managed_policies).dump()));
  }
  for (const auto& [name, table] : tables_) {
    if (!is_of(table.state.tags, deployment)) continue;
    lines.push_back(
        fmt::format("table {} {} {}", name, table.state.key, table.state.ttl_attribute));
  }
  for (const auto& [name, group] : log_groups_) {
    if (!is_of(group.tags, deployment)) continue;
    lines.push_back(fmt::format("log group {} {}", name, group.retention_days));
  }
  for (const auto& [arn, machine] : machines_) {
    if (!is_of(machine.state.tags, deployment)) continue;
    lines.push_back(fmt::format("machine {} {} {} {}", arn, machine.state.type,
                                machine.state.definition, machine.state.role_arn));
  }
  for (const auto& [name, versions] : layers_) {
    if (!name.starts_with("stepconf-" + deployment + "_")) continue;
    for (const auto& [number, version] : versions) {
      lines.push_back(fmt::format("layer {} {}", name, version.description));
    }
  }
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string FakeControlPlane::definition(const std::string& machine_arn) const {
  const auto found = machines_.find(machine_arn);
  return found == machines_.end() ? std::string() : found->second.state.definition;
}

}  // namespace stepconf::deploy
