#include "stepconf/deploy/removal_works.h"

#include <fmt/format.h>

#include <optional>

#include "stepconf/deploy/observe_function.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kRemovalPoll{2};

// Takes aliases and versions of a function away, one a turn; looks once, and again after trouble.
class SupersededRemoval final : public Work {
 public:
  SupersededRemoval(const DeploymentNames& names, const WantedFunction& wanted)
      : names_(names), wanted_(wanted) {}

  std::string name() const override { return "function " + wanted_.name; }
  void forget() override { looked_ = false; }

  Turn turn(ControlPlane& plane) override {
    if (!looked_) look(plane);
    if (!left_.aliases.empty()) {
      plane.delete_alias(wanted_.name, left_.aliases.back());
      left_.aliases.pop_back();
      return {};
    }
    if (!left_.versions.empty()) {
      const std::string version = left_.versions.back();
      plane.delete_version(wanted_.name, version);
      left_.versions.pop_back();
      return {.change = fmt::format("{}: superseded version {} deleted", wanted_.name, version)};
    }
    return {.done = true};
  }

 private:
  void look(ControlPlane& plane) {
    const auto observed = observe_function(plane, wanted_.name);
    const bool ours = observed && names_.owns(observed->latest.tags);
    left_ = ours ? superseded(wanted_, *observed) : Superseded{};
    looked_ = true;
  }

  const DeploymentNames& names_;
  const WantedFunction& wanted_;
  bool looked_ = false;
  Superseded left_;
};

}  // namespace

std::unique_ptr<Work> superseded_removal(const DeploymentNames& names,
                                         const WantedFunction& wanted) {
  return std::make_unique<SupersededRemoval>(names, wanted);
}

std::unique_ptr<Work> function_removal(const DeploymentNames& names, std::string function) {
  const std::string name = "function " + function;
  return work_of(name, [&names, name, function = std::move(function)](ControlPlane& plane) -> Turn {
    const auto found = plane.find_function(function);
    if (!found || !names.owns(found->tags)) return {.done = true};
    plane.delete_function(function);
    return {.done = true, .change = name + ": deleted"};
  });
}

std::unique_ptr<Work> layer_removal(std::string layer, std::string kept) {
  const std::string name = "layer " + layer;
  return work_of(
      name, [name, layer = std::move(layer), kept = std::move(kept)](ControlPlane& plane) -> Turn {
        for (const LayerVersion& version : plane.layer_versions(layer)) {
          if (!kept.empty() && version.description == kept) continue;
          plane.delete_layer_version(layer, version.version);
          return {.change = fmt::format("{}: version {} deleted", name, version.version)};
        }
        return {.done = true};
      });
}

std::unique_ptr<Work> table_removal(const DeploymentNames& names) {
  return work_of("table " + names.table(), [&names](ControlPlane& plane) -> Turn {
    const auto found = plane.find_table(names.table());
    if (!found || !names.owns(found->tags)) return {.done = true};
    if (found->readiness == Readiness::in_progress) return {.pause = kRemovalPoll};
    plane.delete_table(names.table());
    return {.pause = kRemovalPoll, .change = fmt::format("table {}: deleted", names.table())};
  });
}

std::unique_ptr<Work> log_group_removal(const DeploymentNames& names, std::string log_group) {
  const std::string name = "log group " + log_group;
  return work_of(name,
                 [&names, name, log_group = std::move(log_group)](ControlPlane& plane) -> Turn {
                   for (const LogGroupState& group : plane.log_groups_named(log_group)) {
                     if (group.name != log_group || !names.owns(group.tags)) continue;
                     plane.delete_log_group(log_group);
                     return {.done = true, .change = name + ": deleted"};
                   }
                   return {.done = true};
                 });
}

std::unique_ptr<Work> role_removal(const DeploymentNames& names, std::string role) {
  const std::string name = "role " + role;
  return work_of(name, [&names, name, role = std::move(role)](ControlPlane& plane) -> Turn {
    const auto found = plane.find_role(role);
    if (!found || !names.owns(found->tags)) return {.done = true};
    // A role is deleted last, empty.
    if (!found->policies.empty()) {
      plane.delete_role_policy(role, found->policies.begin()->first);
      return {};
    }
    if (!found->managed_policies.empty()) {
      plane.detach_role_policy(role, found->managed_policies.front());
      return {};
    }
    plane.delete_role(role);
    return {.done = true, .change = name + ": deleted"};
  });
}

std::unique_ptr<Work> machine_removal(const DeploymentNames& names) {
  return work_of("state machine " + names.state_machine(), [&names](ControlPlane& plane) -> Turn {
    const auto found = plane.find_machine(names.state_machine_arn());
    if (!found || !names.owns(found->tags)) return {.done = true};
    if (found->deleting) return {.pause = kRemovalPoll};
    plane.delete_machine(names.state_machine_arn());
    return {.pause = kRemovalPoll,
            .change = fmt::format("state machine {}: deleted", names.state_machine())};
  });
}

}  // namespace stepconf::deploy
