// Roles, the table, log groups and the state machine; functions are in aws_functions.cpp.
#include "stepconf/deploy/aws/aws_control_plane.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/deploy/aws/guarded.h"

namespace stepconf::deploy {
namespace {

Readiness table_readiness(const std::string& status) {
  return status == "CREATING" || status == "UPDATING" || status == "DELETING"
             ? Readiness::in_progress
             : Readiness::ready;
}

}  // namespace

AwsControlPlane::AwsControlPlane(const services::Session& session)
    : lambda_(session),
      iam_(session),
      dynamodb_(session),
      logs_(session),
      step_functions_(session) {}

std::optional<RoleState> AwsControlPlane::find_role(const std::string& name) {
  return guarded([&]() -> std::optional<RoleState> {
    const auto role = iam_.find_role(name);
    if (!role) return std::nullopt;
    RoleState state{.name = role->name,
                    .trust = parse_json(role->trust, "the trust policy of " + name),
                    .policies = {},
                    .managed_policies = iam_.attached_policies(name),
                    .permissions_boundary = role->permissions_boundary,
                    .tags = role->tags};
    for (const std::string& policy : iam_.role_policies(name)) {
      // One that went away meanwhile is not there.
      if (const auto document = iam_.find_role_policy(name, policy)) {
        state.policies[policy] =
            parse_json(*document, fmt::format("policy {} of {}", policy, name));
      }
    }
    std::ranges::sort(state.managed_policies);
    return state;
  });
}

void AwsControlPlane::create_role(const std::string& name, const Json& trust,
                                  const std::string& permissions_boundary, const Tags& tags) {
  guarded([&] { iam_.create_role(name, trust.dump(), tags, permissions_boundary); });
}

void AwsControlPlane::update_trust(const std::string& role, const Json& trust) {
  guarded([&] { iam_.update_trust(role, trust.dump()); });
}

void AwsControlPlane::put_role_policy(const std::string& role, const std::string& policy,
                                      const Json& document) {
  guarded([&] { iam_.put_role_policy(role, policy, document.dump()); });
}

void AwsControlPlane::delete_role_policy(const std::string& role, const std::string& policy) {
  guarded_removal(fmt::format("policy {} of role {}", policy, role),
                  [&] { return iam_.remove_role_policy(role, policy); });
}

void AwsControlPlane::attach_role_policy(const std::string& role, const std::string& policy_arn) {
  guarded([&] { iam_.attach_role_policy(role, policy_arn); });
}

void AwsControlPlane::detach_role_policy(const std::string& role, const std::string& policy_arn) {
  guarded_removal(fmt::format("policy {} of role {}", policy_arn, role),
                  [&] { return iam_.detach_role_policy(role, policy_arn); });
}

void AwsControlPlane::delete_role(const std::string& name) {
  guarded_removal("role " + name, [&] { return iam_.remove_role(name); });
}

std::optional<TableState> AwsControlPlane::find_table(const std::string& name) {
  return guarded([&]() -> std::optional<TableState> {
    const auto table = dynamodb_.find_table(name);
    if (!table) return std::nullopt;
    TableState state{.name = table->name,
                     .key = table->hash_key,
                     .ttl_attribute = {},
                     .readiness = table_readiness(table->status),
                     .deleting = table->status == "DELETING",
                     .tags = dynamodb_.tags(table->arn)};
    if (state.readiness == Readiness::ready) state.ttl_attribute = dynamodb_.ttl_attribute(name);
    return state;
  });
}

void AwsControlPlane::create_table(const std::string& name, const std::string& key,
                                   const Tags& tags) {
  guarded([&] { dynamodb_.create_table(name, key, tags); });
}

void AwsControlPlane::enable_ttl(const std::string& table, const std::string& attribute) {
  guarded([&] { dynamodb_.enable_ttl(table, attribute); });
}

void AwsControlPlane::delete_table(const std::string& name) {
  guarded_removal("table " + name, [&] { return dynamodb_.remove_table(name); });
}

std::vector<LogGroupState> AwsControlPlane::log_groups_named(const std::string& prefix) {
  return guarded([&] {
    std::vector<LogGroupState> states;
    for (services::LogGroup& group : logs_.groups(prefix)) {
      Tags tags = logs_.tags(group.arn);
      states.push_back({std::move(group.name), group.retention_days, std::move(tags)});
    }
    return states;
  });
}

void AwsControlPlane::create_log_group(const std::string& name, const Tags& tags) {
  guarded([&] { logs_.create_group(name, tags); });
}

std::string AwsControlPlane::log_group_arn(const std::string& name) {
  for (services::LogGroup& group : logs_.groups(name)) {
    if (group.name == name) return std::move(group.arn);
  }
  throw ControlPlaneError(Trouble::not_found, fmt::format("log group {}: is not there", name));
}

void AwsControlPlane::tag_log_group(const std::string& name, const Tags& tags) {
  const std::string arn = guarded([&] { return log_group_arn(name); });
  guarded([&] { logs_.tag(arn, tags); });
}

void AwsControlPlane::set_retention(const std::string& log_group, int days) {
  guarded([&] { logs_.set_retention(log_group, days); });
}

void AwsControlPlane::delete_log_group(const std::string& name) {
  guarded_removal("log group " + name, [&] { return logs_.remove_group(name); });
}

std::optional<MachineState> AwsControlPlane::find_machine(const std::string& arn) {
  return guarded([&]() -> std::optional<MachineState> {
    auto machine = step_functions_.find_machine(arn);
    if (!machine) return std::nullopt;
    return MachineState{.name = std::move(machine->name),
                        .type = std::move(machine->type),
                        .definition = std::move(machine->definition),
                        .role_arn = std::move(machine->role_arn),
                        .deleting = machine->status == "DELETING",
                        .tags = step_functions_.tags(arn)};
  });
}

void AwsControlPlane::create_machine(const std::string& name, const std::string& type,
                                     const std::string& definition, const std::string& role_arn,
                                     const Tags& tags) {
  guarded([&] {
    step_functions_.create_machine(
        {.name = name, .type = type, .definition = definition, .role_arn = role_arn, .tags = tags});
  });
}

void AwsControlPlane::update_machine(const std::string& arn, const std::string& definition,
                                     const std::string& role_arn) {
  guarded([&] { step_functions_.update_machine(arn, definition, role_arn); });
}

void AwsControlPlane::delete_machine(const std::string& arn) {
  guarded([&] { step_functions_.remove_machine(arn); });
}

bool AwsControlPlane::has_running_executions(const std::string& arn) {
  return guarded([&] { return !step_functions_.executions(arn, "RUNNING").empty(); });
}

}  // namespace stepconf::deploy
