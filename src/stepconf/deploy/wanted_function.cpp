#include "stepconf/deploy/wanted_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>
#include <set>

#include "stepconf/base/error.h"

namespace stepconf::deploy {
namespace {

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
constexpr MemoryMb kLeastMemory{128};
constexpr MemoryMb kMostMemory{10240};

constexpr std::string_view kSourceMark = ", source ";

std::vector<MemoryMb> checked(const std::string& function, const std::vector<MemoryMb>& sizes) {
  const std::set<MemoryMb> sorted(sizes.begin(), sizes.end());
  if (sorted.empty()) {
    throw InvalidInput(fmt::format("function \"{}\": no memory size is given", function));
  }
  for (const MemoryMb memory : sorted) {
    if (memory < kLeastMemory || memory > kMostMemory) {
      throw InvalidInput(fmt::format("function \"{}\": Lambda has {} to {} MB of memory, not {}",
                                     function, kLeastMemory.value, kMostMemory.value,
                                     memory.value));
    }
  }
  return {sorted.begin(), sorted.end()};
}

std::string fingerprint_of(const FunctionSettings& settings, const std::string& code_sha256,
                           const std::string& layer_sha256) {
  return fingerprint(Json::array({settings_json(settings), code_sha256, layer_sha256}));
}

}  // namespace

std::string WantedFunction::alias(MemoryMb memory) const {
  return fmt::format("mem-{}-{}", memory.value, generation);
}

std::string WantedFunction::description(MemoryMb memory) const {
  const std::string what = source.empty() ? "configurator" : fmt::format("copy of {}", source);
  return fmt::format("StepConf: {}, {} MB, {}{}{}", what, memory.value, fingerprint,
                     source.empty() ? "" : kSourceMark, source_fingerprint);
}

bool WantedFunction::is_described_by(const std::string& text, MemoryMb memory) const {
  const std::string plain = description(memory);
  return text == plain || text == fmt::format("{}{}", plain, kAgain);
}

bool is_generated_alias(const std::string& alias) {
  static const std::regex pattern("mem-[0-9]+-[0-9a-f]{8}");
  return std::regex_match(alias, pattern);
}

std::optional<MemoryMb> size_of_alias(const std::string& alias) {
  if (!is_generated_alias(alias)) return std::nullopt;
  const std::string_view digits = std::string_view(alias).substr(std::string_view("mem-").size());
  MemoryMb size;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size.value);
  return read.ec == std::errc() ? std::optional(size) : std::nullopt;
}

std::string described_source(const std::string& description) {
  const auto mark = description.rfind(kSourceMark);
  if (mark == std::string::npos) return {};
  const std::string source = description.substr(mark + kSourceMark.size());
  return source.substr(0, source.find(kAgain));
}

WantedFunction copy_of(const DeploymentNames& names, const CopiedFunction& function,
                       const std::map<std::string, WrapperPackage>& packages_by_architecture) {
  const FunctionState& source = function.source;
  const std::string& architecture = source.settings.architecture;
  const auto package = packages_by_architecture.find(architecture);
  if (package == packages_by_architecture.end()) {
    throw InvalidInput(
        fmt::format("function \"{}\": there is no wrapper for {}", source.name, architecture));
  }
  WrapperPlacement placement = place_wrapper(source.name, source.settings, function.code,
                                             package->second, function.image_has_wrapper);
  WantedFunction wanted{
      .name = names.function_copy(source.name),
      .source = source.name,
      .source_fingerprint = fingerprint_of(source.settings, function.code.sha256, {}),
      .settings = std::move(placement.settings),
      .wrapper_layer = {},
      .code = std::move(placement.code),
      .sizes = checked(source.name, function.sizes),
      .fingerprint = {},
      .generation = {},
      .wrapped = placement.wrapped,
      .remark = std::move(placement.remark),
      .tags = names.tags()};
  const bool by_layer = placement.wrapped == WrappedBy::layer;
  if (by_layer) wanted.wrapper_layer = names.layer(architecture);
  wanted.fingerprint = fingerprint_of(wanted.settings, wanted.code.sha256,
                                      by_layer ? package->second.layer.sha256 : std::string());
  wanted.generation = wanted.fingerprint.substr(0, 8);
  wanted.tags[std::string(kSourceTag)] = source.name;
  return wanted;
}

WantedFunction configurator_of(const DeploymentNames& names, const ConfiguratorSource& source) {
  constexpr auto kModes = std::to_array<std::string_view>({"off", "observe", "on"});
  if (std::ranges::find(kModes, source.mode) == kModes.end()) {
    throw InvalidInput(fmt::format("mode \"{}\": must be off, observe or on", source.mode));
  }
  WantedFunction wanted{.name = names.configurator(),
                        .source = {},
                        .source_fingerprint = {},
                        .settings = {.runtime = "provided.al2023",
                                     .handler = "bootstrap",
                                     .role = names.role_arn(names.configurator_role()),
                                     .timeout_s = 5,
                                     .architecture = source.architecture,
                                     .environment = source.environment},
                        .wrapper_layer = {},
                        .code = source.code,
                        .sizes = checked(names.configurator(), {source.memory}),
                        .fingerprint = {},
                        .generation = {},
                        .remark = {},
                        .tags = names.tags()};
  wanted.generation = fingerprint_of(wanted.settings, source.code.sha256, {}).substr(0, 8);
  wanted.settings.environment["STEPCONF_MODE"] = source.mode;
  wanted.fingerprint = fingerprint_of(wanted.settings, source.code.sha256, {});
  return wanted;
}

std::map<MemoryMb, std::string> arns_by_size(const DeploymentNames& names,
                                             const WantedFunction& function) {
  std::map<MemoryMb, std::string> arns;
  for (const MemoryMb memory : function.sizes) {
    arns[memory] = names.function_arn(function.name, function.alias(memory));
  }
  return arns;
}

}  // namespace stepconf::deploy
