#include "stepconf/deploy/status.h"

#include <algorithm>

namespace stepconf::deploy {
namespace {

// A copy of another state of the source says so in its versions' descriptions.
bool copies_another_source(const WantedFunction& wanted, const ObservedFunction& observed) {
  if (wanted.source.empty()) return false;
  const auto differs = [&](const std::string& description) {
    const std::string source = described_source(description);
    return !source.empty() && source != wanted.source_fingerprint;
  };
  return differs(observed.latest.description);
}

FunctionStatus status_of(const DeploymentNames& names, const WantedFunction& wanted,
                         const ObservedFunction* observed) {
  FunctionStatus result{.function = wanted.source.empty() ? wanted.name : wanted.source,
                        .arn = names.function_arn(wanted.name),
                        .wrapped = wanted.wrapped,
                        .remark = wanted.remark};
  if (observed == nullptr) return result;
  for (const MemoryMb memory : wanted.sizes) {
    if (!is_in_place(wanted, memory, *observed)) continue;
    result.sizes[memory] = names.function_arn(wanted.name, wanted.alias(memory));
  }
  if (result.sizes.size() == wanted.sizes.size()) {
    result.state = CopyState::current;
  } else if (copies_another_source(wanted, *observed)) {
    result.state = CopyState::stale;
  } else if (!result.sizes.empty() || observed->versions.empty()) {
    result.state = CopyState::incomplete;
  } else {
    result.state = CopyState::outdated;
  }
  return result;
}

}  // namespace

std::string to_string(CopyState state) {
  switch (state) {
    case CopyState::missing:
      return "missing";
    case CopyState::current:
      return "current";
    case CopyState::incomplete:
      return "incomplete";
    case CopyState::stale:
      return "stale";
    case CopyState::outdated:
      return "outdated";
  }
  return {};
}

DeploymentStatus status(const WantedState& wanted, const ObservedState& observed) {
  DeploymentStatus result{.deployment = wanted.names.deployment(),
                          .changes = changes(wanted, observed)};
  if (observed.machine) result.state_machine_arn = wanted.machine.arn;
  for (const WantedFunction& function : wanted.functions) {
    const auto found = observed.functions.find(function.name);
    result.functions.push_back(status_of(
        wanted.names, function, found == observed.functions.end() ? nullptr : &found->second));
  }
  return result;
}

Json to_json(const DeploymentStatus& status) {
  Json functions = Json::object();
  for (const FunctionStatus& function : status.functions) {
    Json sizes = Json::object();
    for (const auto& [memory, arn] : function.sizes) sizes[std::to_string(memory.value)] = arn;
    Json entry = {{"arn", function.arn},
                  {"sizes", std::move(sizes)},
                  {"state", to_string(function.state)},
                  {"wrapped_by", to_string(function.wrapped)}};
    if (!function.remark.empty()) entry["remark"] = function.remark;
    functions[function.function] = std::move(entry);
  }
  Json changes = Json::array();
  for (const Change& change : status.changes) {
    changes.push_back({{"action", to_string(change.kind)},
                       {"part", change.part},
                       {"name", change.name},
                       {"detail", change.detail}});
  }
  return {{"deployment", status.deployment},
          {"state_machine_arn",
           status.state_machine_arn.empty() ? Json() : Json(status.state_machine_arn)},
          {"functions", std::move(functions)},
          {"changes", std::move(changes)}};
}

}  // namespace stepconf::deploy
