#include "stepconf/deploy/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stepconf/deploy/ownership.h"
#include "stepconf/deploy/role_step.h"

namespace stepconf::deploy {
namespace {

using ChangeKind = Change::Kind;

template <class Map>
auto find(const Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

class Comparison {
 public:
  Comparison(const WantedState& wanted, const ObservedState& observed)
      : wanted_(wanted), observed_(observed) {}

  std::vector<Change> all() {
    for (const auto& group : wanted_.log_groups) log_group(group);
    for (const auto& role : wanted_.roles) this->role(role);
    table();
    for (const auto& layer : wanted_.layers) this->layer(layer);
    for (const auto& function : wanted_.functions) this->function(function);
    machine();
    leftovers();
    return std::move(changes_);
  }

 private:
  void add(ChangeKind kind, std::string part, std::string name, std::string detail = {}) {
    changes_.push_back({kind, std::move(part), std::move(name), std::move(detail)});
  }

  void own(const Tags& tags, const std::string& part, const std::string& name) {
    check_owner(wanted_.names, tags, fmt::format("{} {}", part, name));
  }

  void log_group(const WantedLogGroup& group) {
    const LogGroupState* found = find(observed_.log_groups, group.name);
    const std::string detail = fmt::format("kept for {} days", group.retention_days);
    if (found == nullptr) return add(ChangeKind::create, "log group", group.name, detail);
    if (found->tags.empty()) return add(ChangeKind::update, "log group", group.name, "taken over");
    own(found->tags, "log group", group.name);
    if (found->retention_days != group.retention_days) {
      add(ChangeKind::update, "log group", group.name, detail);
    }
  }

  void role(const WantedRole& role) {
    const RoleState* found = find(observed_.roles, role.name);
    if (found == nullptr) return add(ChangeKind::create, "role", role.name);
    own(found->tags, "role", role.name);
    if (next_step(role, found, true).kind != RoleStep::Kind::done) {
      add(ChangeKind::update, "role", role.name, "permissions");
    }
  }

  void table() {
    const auto& found = observed_.table;
    if (!wanted_.table) {
      if (found && wanted_.names.owns(found->tags)) add(ChangeKind::remove, "table", found->name);
      return;
    }
    if (!found)
      return add(ChangeKind::create, "table", wanted_.table->name, "billed by the request");
    own(found->tags, "table", found->name);
    if (found->ttl_attribute != wanted_.table->ttl_attribute) {
      add(ChangeKind::update, "table", found->name, "items expire");
    }
  }

  void layer(const WantedLayer& layer) {
    const auto* found = find(observed_.layers, layer.name);
    const std::string description = layer.description();
    const bool there =
        found != nullptr &&
        std::ranges::find(*found, description, &LayerVersion::description) != found->end();
    if (!there)
      add(found ? ChangeKind::update : ChangeKind::create, "layer", layer.name, "one version");
  }

  void function(const WantedFunction& function) {
    const ObservedFunction* found = find(observed_.functions, function.name);
    if (found != nullptr) own(found->latest.tags, "function", function.name);
    std::vector<int> missing;
    for (const MemoryMb memory : function.sizes) {
      if (found == nullptr || !is_in_place(function, memory, *found)) {
        missing.push_back(memory.value);
      }
    }
    if (!missing.empty()) {
      add(found ? ChangeKind::update : ChangeKind::create, "function", function.name,
          fmt::format("{} version{}: {} MB", missing.size(), missing.size() == 1 ? "" : "s",
                      fmt::join(missing, ", ")));
    }
    if (found == nullptr) return;
    const Superseded old = superseded(function, *found);
    for (const std::string& version : old.versions) {
      add(ChangeKind::remove, "version", fmt::format("{}:{}", function.name, version),
          "superseded");
    }
    for (const std::string& alias : old.aliases) {
      add(ChangeKind::remove, "alias", fmt::format("{}:{}", function.name, alias), "superseded");
    }
  }

  void machine() {
    const WantedMachine& machine = wanted_.machine;
    const auto& found = observed_.machine;
    if (!found) return add(ChangeKind::create, "state machine", machine.name);
    own(found->tags, "state machine", machine.name);
    if (found->definition != machine.definition || found->role_arn != machine.role_arn) {
      add(ChangeKind::update, "state machine", machine.name, "switches to the new versions");
    }
  }

  // Ours, and not wanted: of functions that left the project.
  void leftovers() {
    std::set<std::string> kept;
    for (const auto& function : wanted_.functions) kept.insert(function.name);
    for (const auto& group : wanted_.log_groups) kept.insert(group.name);
    for (const auto& layer : wanted_.layers) kept.insert(layer.name + " " + layer.description());
    for (const auto& [name, function] : observed_.functions) {
      if (!kept.contains(name) && wanted_.names.owns(function.latest.tags)) {
        add(ChangeKind::remove, "function", name);
      }
    }
    for (const auto& [name, group] : observed_.log_groups) {
      if (!kept.contains(name) && wanted_.names.owns(group.tags)) {
        add(ChangeKind::remove, "log group", name);
      }
    }
    for (const auto& [name, versions] : observed_.layers) {
      for (const LayerVersion& version : versions) {
        if (kept.contains(name + " " + version.description)) continue;
        add(ChangeKind::remove, "layer version", fmt::format("{}:{}", name, version.version));
      }
    }
  }

  const WantedState& wanted_;
  const ObservedState& observed_;
  std::vector<Change> changes_;
};

}  // namespace

std::string to_string(Change::Kind kind) {
  switch (kind) {
    case ChangeKind::create:
      return "create";
    case ChangeKind::update:
      return "update";
    case ChangeKind::remove:
      return "remove";
  }
  return {};
}

std::vector<Change> changes(const WantedState& wanted, const ObservedState& observed) {
  return Comparison(wanted, observed).all();
}

std::vector<Change> removals(const DeploymentNames& names, const ObservedState& observed) {
  std::vector<Change> result;
  const auto add = [&](const Tags& tags, const char* part, const std::string& name) {
    if (names.owns(tags)) result.push_back({ChangeKind::remove, part, name, {}});
  };
  if (observed.machine) add(observed.machine->tags, "state machine", observed.machine->name);
  for (const auto& [name, function] : observed.functions) {
    add(function.latest.tags, "function", name);
  }
  for (const auto& [name, group] : observed.log_groups) add(group.tags, "log group", name);
  for (const auto& [name, versions] : observed.layers) {
    result.push_back({ChangeKind::remove, "layer", name, {}});
  }
  if (observed.table) add(observed.table->tags, "table", observed.table->name);
  for (const auto& [name, role] : observed.roles) add(role.tags, "role", name);
  return result;
}

}  // namespace stepconf::deploy
