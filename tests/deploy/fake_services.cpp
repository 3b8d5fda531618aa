// IAM, DynamoDB, CloudWatch Logs and Step Functions.
#include <fmt/format.h>

#include <algorithm>

#include "tests/deploy/fake_control_plane.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kRoleSpreads{8};
constexpr Seconds kTableChanges{6};
constexpr Seconds kMachineEnds{20};

}  // namespace

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

}  // namespace stepconf::deploy
