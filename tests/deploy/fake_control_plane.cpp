#include "tests/deploy/fake_control_plane.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/deploy/wanted_function.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kCall{0.1};
constexpr Seconds kCreating{2};
constexpr Seconds kUpdating{1.5};
constexpr Seconds kRoleSpreads{8};
constexpr Seconds kTableChanges{6};
constexpr Seconds kMachineEnds{20};
// Of Lambda's control plane within one second, and of published versions within one minute.
constexpr std::size_t kMostCalls = 15;
constexpr std::size_t kMostPublished = 40;

[[noreturn]] void fail(Trouble trouble, const std::string& action, const std::string& resource,
                       const std::string& message) {
  throw ControlPlaneError(trouble, action, resource, message);
}

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

template <class Map>
auto& at(Map& map, const std::string& name, const std::string& action) {
  const auto found = map.find(name);
  if (found == map.end()) fail(Trouble::not_found, action, name, "there is none");
  return found->second;
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

auto FakeControlPlane::call(const std::string& action, const std::string& resource, auto effect) {
  clock_.pause(kCall);
  settle();
  calls.push_back(action);
  const int number = static_cast<int>(calls.size());
  if (fault) fault(number, action, false);
  throttle(action, resource);
  if constexpr (std::is_void_v<decltype(effect())>) {
    effect();
    if (fault) fault(number, action, true);
  } else {
    auto result = effect();
    if (fault) fault(number, action, true);
    return result;
  }
}

void FakeControlPlane::settle() {
  std::erase_if(tables_, [&](const auto& entry) {
    return entry.second.state.deleting && clock_.now() >= entry.second.ready_at;
  });
  std::erase_if(machines_, [&](const auto& entry) {
    return entry.second.state.deleting && clock_.now() >= entry.second.gone_at;
  });
}

FakeControlPlane::Function& FakeControlPlane::function(const std::string& action,
                                                       const std::string& name) {
  return at(functions_, name, action);
}

FakeControlPlane::Function& FakeControlPlane::idle_function(const std::string& action,
                                                            const std::string& name,
                                                            const std::string& revision) {
  Function& found = function(action, name);
  if (clock_.now() < found.ready_at) {
    fail(Trouble::conflict, action, name, "an update is in progress");
  }
  if (found.latest.revision != revision) {
    fail(Trouble::conflict, action, name, "the revision has changed");
  }
  return found;
}

void FakeControlPlane::check_role(const std::string& action, const std::string& role_arn) const {
  const std::string name = role_arn.substr(role_arn.rfind('/') + 1);
  const auto role = roles_.find(name);
  if (role == roles_.end() || clock_.now() < role->second.known_at) {
    fail(Trouble::not_ready, action, role_arn, "the role cannot be assumed");
  }
}

FunctionState FakeControlPlane::seen(const Function& function) const {
  FunctionState state = function.latest;
  if (clock_.now() < function.ready_at) state.readiness = Readiness::in_progress;
  return state;
}

void FakeControlPlane::touch(Function& function, Seconds takes) {
  function.latest.revision = fmt::format("r{}", ++revisions_);
  function.ready_at = clock_.now() + takes;
  function.changed = true;
}

std::optional<FunctionState> FakeControlPlane::find_function(const std::string& name) {
  return call("lambda:GetFunction", name, [&]() -> std::optional<FunctionState> {
    const auto found = functions_.find(name);
    if (found == functions_.end()) return std::nullopt;
    return seen(found->second);
  });
}

std::vector<std::string> FakeControlPlane::functions_named(const std::string& prefix) {
  return call("lambda:ListFunctions", prefix, [&] {
    std::vector<std::string> names;
    for (const auto& [name, function] : functions_) {
      if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
  });
}

FunctionState FakeControlPlane::create_function(const std::string& name,
                                                const FunctionConfiguration& configuration,
                                                const FunctionCode& code, const Tags& tags) {
  const std::string action = "lambda:CreateFunction";
  return call(action, name, [&] {
    if (functions_.contains(name)) fail(Trouble::conflict, action, name, "it exists");
    check_role(action, configuration.settings.role);
    if (name.size() > 64) fail(Trouble::refused, action, name, "the name is too long");
    if (configuration.description.size() > 256) {
      fail(Trouble::refused, action, name, "the description is too long");
    }
    Function& made = functions_[name];
    made.latest = {.name = name,
                   .settings = configuration.settings,
                   .memory = configuration.memory,
                   .description = configuration.description,
                   .code_sha256 = code.sha256,
                   .tags = tags};
    touch(made, kCreating);
    return seen(made);
  });
}

FunctionState FakeControlPlane::update_configuration(const std::string& name,
                                                     const FunctionConfiguration& configuration,
                                                     const std::string& revision) {
  const std::string action = "lambda:UpdateFunctionConfiguration";
  return call(action, name, [&] {
    Function& found = idle_function(action, name, revision);
    check_role(action, configuration.settings.role);
    found.latest.settings = configuration.settings;
    found.latest.memory = configuration.memory;
    found.latest.description = configuration.description;
    touch(found, kUpdating);
    return seen(found);
  });
}

FunctionState FakeControlPlane::update_code(const std::string& name, const FunctionCode& code,
                                            const std::string& revision) {
  const std::string action = "lambda:UpdateFunctionCode";
  return call(action, name, [&] {
    Function& found = idle_function(action, name, revision);
    found.latest.code_sha256 = code.sha256;
    touch(found, kUpdating);
    return seen(found);
  });
}

VersionState FakeControlPlane::publish_version(const std::string& name,
                                               const std::string& revision) {
  const std::string action = "lambda:PublishVersion";
  return call(action, name, [&] {
    Function& found = idle_function(action, name, revision);
    if (!found.changed && !found.versions.empty()) return found.versions.rbegin()->second;
    const int number = found.next_version++;
    ++published[name];
    const VersionState made{.version = std::to_string(number),
                            .memory = found.latest.memory,
                            .description = found.latest.description,
                            .code_sha256 = found.latest.code_sha256};
    found.versions[number] = made;
    found.changed = false;
    found.latest.revision = fmt::format("r{}", ++revisions_);
    return made;
  });
}

std::vector<VersionState> FakeControlPlane::versions(const std::string& name) {
  const std::string action = "lambda:ListVersionsByFunction";
  return call(action, name, [&] {
    std::vector<VersionState> result;
    for (const auto& [number, version] : function(action, name).versions) {
      result.push_back(version);
    }
    return result;
  });
}

void FakeControlPlane::delete_version(const std::string& name, const std::string& version) {
  const std::string action = "lambda:DeleteFunction";
  call(action, name + ":" + version, [&] {
    Function& found = function(action, name);
    for (const auto& [alias, target] : found.aliases) {
      if (target == version) fail(Trouble::conflict, action, name, "an alias points to it");
    }
    if (found.versions.erase(std::stoi(version)) == 0) {
      fail(Trouble::not_found, action, name + ":" + version, "there is none");
    }
  });
}

std::map<std::string, std::string> FakeControlPlane::aliases(const std::string& name) {
  const std::string action = "lambda:ListAliases";
  return call(action, name, [&] { return function(action, name).aliases; });
}

void FakeControlPlane::create_alias(const std::string& name, const std::string& alias,
                                    const std::string& version) {
  const std::string action = "lambda:CreateAlias";
  call(action, name, [&] {
    Function& found = function(action, name);
    if (!found.versions.contains(std::stoi(version))) {
      fail(Trouble::not_found, action, name + ":" + version, "there is none");
    }
    if (!found.aliases.emplace(alias, version).second) {
      fail(Trouble::conflict, action, name + ":" + alias, "it exists");
    }
  });
}

void FakeControlPlane::update_alias(const std::string& name, const std::string& alias,
                                    const std::string& version) {
  const std::string action = "lambda:UpdateAlias";
  call(action, name, [&] {
    Function& found = function(action, name);
    if (!found.versions.contains(std::stoi(version)) || !found.aliases.contains(alias)) {
      fail(Trouble::not_found, action, name + ":" + alias, "there is none");
    }
    found.aliases[alias] = version;
  });
}

void FakeControlPlane::delete_alias(const std::string& name, const std::string& alias) {
  const std::string action = "lambda:DeleteAlias";
  call(action, name, [&] { function(action, name).aliases.erase(alias); });
}

void FakeControlPlane::delete_function(const std::string& name) {
  const std::string action = "lambda:DeleteFunction";
  call(action, name, [&] {
    function(action, name);
    functions_.erase(name);
  });
}

std::vector<LayerVersion> FakeControlPlane::layer_versions(const std::string& layer) {
  return call("lambda:ListLayerVersions", layer, [&] {
    std::vector<LayerVersion> result;
    for (const auto& [number, version] : layers_[layer]) result.push_back(version);
    return result;
  });
}

LayerVersion FakeControlPlane::publish_layer(const std::string& layer, const FunctionCode& code,
                                             const std::string& architecture,
                                             const std::string& description) {
  const std::string action = "lambda:PublishLayerVersion";
  return call(action, layer, [&] {
    if (!code.zip) fail(Trouble::refused, action, layer, "no content for " + architecture);
    const int number = ++next_layer_version_[layer];
    ++published[layer];
    layers_[layer][number] = {
        number, fmt::format("arn:aws:lambda:us-east-1:123456789012:layer:{}:{}", layer, number),
        description};
    return layers_[layer][number];
  });
}

void FakeControlPlane::delete_layer_version(const std::string& layer, int version) {
  call("lambda:DeleteLayerVersion", layer, [&] { layers_[layer].erase(version); });
}

std::optional<RoleState> FakeControlPlane::find_role(const std::string& name) {
  return call("iam:GetRole", name, [&]() -> std::optional<RoleState> {
    const auto found = roles_.find(name);
    if (found == roles_.end()) return std::nullopt;
    return found->second.state;
  });
}

void FakeControlPlane::create_role(const std::string& name, const Json& trust,
                                   const std::string& permissions_boundary, const Tags& tags) {
  const std::string action = "iam:CreateRole";
  call(action, name, [&] {
    if (roles_.contains(name)) fail(Trouble::conflict, action, name, "it exists");
    if (name.size() > 64) fail(Trouble::refused, action, name, "the name is too long");
    roles_[name] = {
        {.name = name, .trust = trust, .permissions_boundary = permissions_boundary, .tags = tags},
        clock_.now() + kRoleSpreads};
  });
}

void FakeControlPlane::update_trust(const std::string& role, const Json& trust) {
  const std::string action = "iam:UpdateAssumeRolePolicy";
  call(action, role, [&] { at(roles_, role, action).state.trust = trust; });
}

void FakeControlPlane::put_role_policy(const std::string& role, const std::string& policy,
                                       const Json& document) {
  const std::string action = "iam:PutRolePolicy";
  call(action, role, [&] { at(roles_, role, action).state.policies[policy] = document; });
}

void FakeControlPlane::delete_role_policy(const std::string& role, const std::string& policy) {
  const std::string action = "iam:DeleteRolePolicy";
  call(action, role, [&] {
    if (at(roles_, role, action).state.policies.erase(policy) == 0) {
      fail(Trouble::not_found, action, role, "there is no policy " + policy);
    }
  });
}

void FakeControlPlane::attach_role_policy(const std::string& role, const std::string& policy_arn) {
  const std::string action = "iam:AttachRolePolicy";
  call(action, role, [&] {
    auto& list = at(roles_, role, action).state.managed_policies;
    if (std::ranges::find(list, policy_arn) == list.end()) list.push_back(policy_arn);
    std::ranges::sort(list);
  });
}

void FakeControlPlane::detach_role_policy(const std::string& role, const std::string& policy_arn) {
  const std::string action = "iam:DetachRolePolicy";
  call(action, role, [&] {
    if (std::erase(at(roles_, role, action).state.managed_policies, policy_arn) == 0) {
      fail(Trouble::not_found, action, role, "it is not attached");
    }
  });
}

void FakeControlPlane::delete_role(const std::string& name) {
  const std::string action = "iam:DeleteRole";
  call(action, name, [&] {
    const RoleState& role = at(roles_, name, action).state;
    if (!role.policies.empty() || !role.managed_policies.empty()) {
      fail(Trouble::conflict, action, name, "it has policies");
    }
    roles_.erase(name);
  });
}

std::optional<TableState> FakeControlPlane::find_table(const std::string& name) {
  return call("dynamodb:DescribeTable", name, [&]() -> std::optional<TableState> {
    const auto found = tables_.find(name);
    if (found == tables_.end()) return std::nullopt;
    TableState state = found->second.state;
    if (clock_.now() < found->second.ready_at) state.readiness = Readiness::in_progress;
    return state;
  });
}

void FakeControlPlane::create_table(const std::string& name, const std::string& key,
                                    const Tags& tags) {
  const std::string action = "dynamodb:CreateTable";
  call(action, name, [&] {
    if (tables_.contains(name)) fail(Trouble::conflict, action, name, "it exists");
    tables_[name] = {{.name = name, .key = key, .ttl_attribute = {}, .tags = tags},
                     clock_.now() + kTableChanges};
  });
}

void FakeControlPlane::enable_ttl(const std::string& table, const std::string& attribute) {
  const std::string action = "dynamodb:UpdateTimeToLive";
  call(action, table, [&] {
    Table& found = at(tables_, table, action);
    if (clock_.now() < found.ready_at) fail(Trouble::conflict, action, table, "not active");
    if (!found.state.ttl_attribute.empty()) {
      fail(Trouble::refused, action, table, "TimeToLive is already enabled");
    }
    found.state.ttl_attribute = attribute;
  });
}

void FakeControlPlane::delete_table(const std::string& name) {
  const std::string action = "dynamodb:DeleteTable";
  call(action, name, [&] {
    Table& found = at(tables_, name, action);
    if (clock_.now() < found.ready_at) fail(Trouble::conflict, action, name, "not active");
    found.state.deleting = true;
    found.ready_at = clock_.now() + kTableChanges;
  });
}

std::vector<LogGroupState> FakeControlPlane::log_groups_named(const std::string& prefix) {
  return call("logs:DescribeLogGroups", prefix, [&] {
    std::vector<LogGroupState> result;
    for (const auto& [name, group] : log_groups_) {
      if (name.starts_with(prefix)) result.push_back(group);
    }
    return result;
  });
}

void FakeControlPlane::create_log_group(const std::string& name, const Tags& tags) {
  const std::string action = "logs:CreateLogGroup";
  call(action, name, [&] {
    if (!log_groups_.emplace(name, LogGroupState{name, 0, tags}).second) {
      fail(Trouble::conflict, action, name, "it exists");
    }
  });
}

void FakeControlPlane::tag_log_group(const std::string& name, const Tags& tags) {
  const std::string action = "logs:TagResource";
  call(action, name, [&] {
    for (const auto& [key, value] : tags) at(log_groups_, name, action).tags[key] = value;
  });
}

void FakeControlPlane::set_retention(const std::string& log_group, int days) {
  const std::string action = "logs:PutRetentionPolicy";
  call(action, log_group, [&] { at(log_groups_, log_group, action).retention_days = days; });
}

void FakeControlPlane::delete_log_group(const std::string& name) {
  const std::string action = "logs:DeleteLogGroup";
  call(action, name, [&] {
    at(log_groups_, name, action);
    log_groups_.erase(name);
  });
}

std::optional<MachineState> FakeControlPlane::find_machine(const std::string& arn) {
  return call("states:DescribeStateMachine", arn, [&]() -> std::optional<MachineState> {
    const auto found = machines_.find(arn);
    if (found == machines_.end()) return std::nullopt;
    return found->second.state;
  });
}

void FakeControlPlane::create_machine(const std::string& name, const std::string& type,
                                      const std::string& definition, const std::string& role_arn,
                                      const Tags& tags) {
  const std::string action = "states:CreateStateMachine";
  call(action, name, [&] {
    const std::string arn = "arn:aws:states:us-east-1:123456789012:stateMachine:" + name;
    if (machines_.contains(arn)) fail(Trouble::conflict, action, name, "it exists");
    check_role(action, role_arn);
    machines_[arn] = {
        {.name = name, .type = type, .definition = definition, .role_arn = role_arn, .tags = tags}};
  });
}

void FakeControlPlane::update_machine(const std::string& arn, const std::string& definition,
                                      const std::string& role_arn) {
  const std::string action = "states:UpdateStateMachine";
  call(action, arn, [&] {
    MachineState& found = at(machines_, arn, action).state;
    if (found.deleting) fail(Trouble::conflict, action, arn, "it is being deleted");
    check_role(action, role_arn);
    found.definition = definition;
    found.role_arn = role_arn;
  });
}

void FakeControlPlane::delete_machine(const std::string& arn) {
  const std::string action = "states:DeleteStateMachine";
  call(action, arn, [&] {
    Machine& found = at(machines_, arn, action);
    found.state.deleting = true;
    found.gone_at = clock_.now() + kMachineEnds;
  });
}

bool FakeControlPlane::has_running_executions(const std::string& arn) {
  return call("states:ListExecutions", arn, [&] { return running.contains(arn); });
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
