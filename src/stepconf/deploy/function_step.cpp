// $LATEST is a workbench: it is given the code, then one memory size after the other, and each time
// a version is published. Nobody calls it. Its description says what it is (fingerprint and memory)
// and is set by the same call as the memory, after the code; a version takes it over. So a version
// with the right description and code is the right version, whoever published it and when, and no
// record of progress is needed elsewhere.
#include "stepconf/deploy/function_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "stepconf/base/error.h"

namespace stepconf::deploy {
namespace {

constexpr std::string_view kOurDescription = "StepConf: ";

[[noreturn]] void failed(const std::string& what, const std::string& reason) {
  throw Error(fmt::format("{} failed: {}", what, reason.empty() ? "no reason given" : reason));
}

// The step towards one memory size; done where it is in place.
FunctionStep step_towards(const WantedFunction& wanted, MemoryMb memory,
                          const ObservedFunction& observed) {
  using Kind = FunctionStep::Kind;
  if (const VersionState* version = find_version(wanted, memory, observed)) {
    if (version->readiness == Readiness::failed) {
      failed(fmt::format("version {} of function {}", version->version, wanted.name),
             version->reason);
    }
    if (version->readiness == Readiness::in_progress) return {Kind::wait, memory};
    const auto alias = observed.aliases.find(wanted.alias(memory));
    if (alias == observed.aliases.end()) return {Kind::create_alias, memory, version->version};
    if (alias->second != version->version) return {Kind::move_alias, memory, version->version};
    return {Kind::done, memory};
  }
  const FunctionState& latest = observed.latest;
  if (latest.readiness == Readiness::in_progress) return {Kind::wait, memory};
  if (latest.settings.is_image() != wanted.settings.is_image()) {
    throw Error(
        fmt::format("function {} is {} container image and is to be {}; Lambda cannot change "
                    "that: remove the deployment first, or take another name for it",
                    wanted.name, latest.settings.is_image() ? "a" : "no",
                    wanted.settings.is_image() ? "one" : "none"));
  }
  if (latest.code_sha256 != wanted.code.sha256 ||
      latest.settings.architecture != wanted.settings.architecture) {
    return {Kind::upload, memory};
  }
  const bool configured =
      latest.memory == memory && wanted.is_described_by(latest.description, memory);
  // A failed update may be mended by another; what failed as it is wanted will fail again.
  if (!configured) return {Kind::configure, memory};
  if (latest.readiness == Readiness::failed) {
    failed(fmt::format("function {}", wanted.name), latest.reason);
  }
  return {Kind::publish, memory};
}

}  // namespace

const VersionState* find_version(const WantedFunction& wanted, MemoryMb memory,
                                 const ObservedFunction& observed) {
  for (const VersionState& version : std::views::reverse(observed.versions)) {
    if (version.memory == memory && wanted.is_described_by(version.description, memory) &&
        version.code_sha256 == wanted.code.sha256) {
      return &version;
    }
  }
  return nullptr;
}

bool is_in_place(const WantedFunction& wanted, MemoryMb memory, const ObservedFunction& observed) {
  const VersionState* version = find_version(wanted, memory, observed);
  if (version == nullptr || version->readiness != Readiness::ready) return false;
  const auto alias = observed.aliases.find(wanted.alias(memory));
  return alias != observed.aliases.end() && alias->second == version->version;
}

FunctionStep next_step(const WantedFunction& wanted, const ObservedFunction* observed) {
  using Kind = FunctionStep::Kind;
  if (observed == nullptr) return {Kind::create, wanted.sizes.front()};
  bool waits = false;
  for (const MemoryMb memory : wanted.sizes) {
    const FunctionStep step = step_towards(wanted, memory, *observed);
    if (step.kind == Kind::wait) {
      waits = true;
    } else if (step.kind != Kind::done) {
      return step;
    }
  }
  return {waits ? Kind::wait : Kind::done, {}};
}

Superseded superseded(const WantedFunction& wanted, const ObservedFunction& observed) {
  std::set<std::string> kept_aliases, kept_versions;
  for (const MemoryMb memory : wanted.sizes) {
    kept_aliases.insert(wanted.alias(memory));
    if (const VersionState* version = find_version(wanted, memory, observed)) {
      kept_versions.insert(version->version);
    }
  }
  Superseded result;
  for (const auto& [alias, version] : observed.aliases) {
    if (kept_aliases.contains(alias) || !is_generated_alias(alias)) {
      kept_versions.insert(version);
    } else {
      result.aliases.push_back(alias);
    }
  }
  for (const VersionState& version : observed.versions) {
    if (!kept_versions.contains(version.version) &&
        version.description.starts_with(kOurDescription)) {
      result.versions.push_back(version.version);
    }
  }
  return result;
}

}  // namespace stepconf::deploy
