#include "stepconf/platform/local/local_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace stepconf::platform {

namespace {

// Where the programs that a runtime needs are found, and what AWS clients read: a function reaches
// the same services as its user.
bool inherited(std::string_view name) {
  constexpr std::string_view kNames[] = {"PATH",
                                         "HOME",
                                         "LANG",
                                         "LC_ALL",
                                         "TMPDIR",
                                         "LD_LIBRARY_PATH",
                                         "AWS_ACCESS_KEY_ID",
                                         "AWS_SECRET_ACCESS_KEY",
                                         "AWS_SESSION_TOKEN"};
  return std::ranges::find(kNames, name) != std::end(kNames) ||
         name.starts_with("AWS_ENDPOINT_URL");
}

}  // namespace

std::vector<MemoryMb> memory_sizes_of(const LocalPlatformOptions& options,
                                      const LocalFunction& function) {
  std::vector<MemoryMb> sizes =
      function.memory_sizes.empty() ? options.memory_sizes : function.memory_sizes;
  std::ranges::sort(sizes);
  return sizes;
}

std::vector<std::string> sandbox_environment(const LocalPlatformOptions& options,
                                             const std::string& name, MemoryMb memory,
                                             const std::string& runtime_api) {
  const LocalFunction& function = options.functions.at(name);
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !inherited(text.substr(0, equals))) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  variables.emplace("AWS_ACCESS_KEY_ID", "local");
  variables.emplace("AWS_SECRET_ACCESS_KEY", "local");
  for (const auto& [variable, value] : function.environment) {
    variables.insert_or_assign(variable, value);
  }
  const std::map<std::string, std::string> set = {
      {"AWS_LAMBDA_FUNCTION_NAME", name},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(memory.value)},
      {"AWS_LAMBDA_FUNCTION_VERSION", version_of(options, function, memory)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + name},
      {"AWS_LAMBDA_LOG_STREAM_NAME", fmt::format("mem-{}/{}", memory.value, runtime_api)},
      {"AWS_LAMBDA_RUNTIME_API", runtime_api},
      {"AWS_REGION", options.region},
      {"AWS_DEFAULT_REGION", options.region},
      {"LAMBDA_TASK_ROOT", function.directory.string()},
  };
  for (const auto& [variable, value] : set) variables.insert_or_assign(variable, value);
  variables.emplace("TZ", ":UTC");

  std::vector<std::string> entries;
  entries.reserve(variables.size());
  for (const auto& [variable, value] : variables) {
    entries.push_back(fmt::format("{}={}", variable, value));
  }
  return entries;
}

std::string function_arn(const LocalPlatformOptions& options, std::string_view name,
                         std::string_view qualifier) {
  return fmt::format("arn:aws:lambda:{}:{}:function:{}{}{}", options.region, options.account, name,
                     qualifier.empty() ? "" : ":", qualifier);
}

std::string version_of(const LocalPlatformOptions& options, const LocalFunction& function,
                       MemoryMb memory) {
  const auto sizes = memory_sizes_of(options, function);
  return std::to_string(std::ranges::find(sizes, memory) - sizes.begin() + 1);
}

}  // namespace stepconf::platform
