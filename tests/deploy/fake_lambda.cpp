// Lambda.
#include <fmt/format.h>

#include <algorithm>

#include "tests/deploy/fake_control_plane.h"

namespace stepconf::deploy {
namespace {

constexpr Seconds kCreating{2};
constexpr Seconds kUpdating{1.5};

}  // namespace

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

FunctionCode FakeControlPlane::function_code(const std::string& name) {
  const std::string action = "lambda:GetFunction";
  return call(action, name, [&] { return function(action, name).code; });
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
    made.code = code;
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
    if (found.latest.settings.architecture != configuration.settings.architecture) {
      fail(Trouble::refused, action, name, "the architecture is not changed so");
    }
    found.latest.settings = configuration.settings;
    found.latest.memory = configuration.memory;
    found.latest.description = configuration.description;
    touch(found, kUpdating);
    return seen(found);
  });
}

FunctionState FakeControlPlane::update_code(const std::string& name, const FunctionCode& code,
                                            const std::string& architecture,
                                            const std::string& revision) {
  const std::string action = "lambda:UpdateFunctionCode";
  return call(action, name, [&] {
    Function& found = idle_function(action, name, revision);
    if (found.code.zip && !code.zip) {
      fail(Trouble::refused, action, name, "the package type cannot be changed");
    }
    found.code = code;
    found.latest.code_sha256 = code.sha256;
    found.latest.settings.architecture = architecture;
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

}  // namespace stepconf::deploy
