#include "stepconf/deploy/wrapper_placement.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"
#include "stepconf/deploy/packages.h"

namespace stepconf::deploy {
namespace {

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
constexpr std::size_t kMostEnvironmentBytes = 4096;
constexpr std::size_t kMostZipBytes = 50 * 1024 * 1024;

[[noreturn]] void refuse(const std::string& function, const std::string& why) {
  throw InvalidInput(fmt::format("function \"{}\": {}", function, why));
}

void check_size(const std::string& function, const FunctionCode& code) {
  if (code.zip && code.zip->size() > kMostZipBytes) {
    refuse(function, fmt::format("its zip has {} bytes; copies are uploaded without a bucket, "
                                 "which takes at most {}. A container image has no such limit",
                                 code.zip->size(), kMostZipBytes));
  }
}

void check_environment(const std::string& function, const FunctionSettings& settings) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : settings.environment) bytes += name.size() + value.size();
  if (bytes > kMostEnvironmentBytes) {
    refuse(function, fmt::format("with the wrapper's its environment has {} bytes, and Lambda "
                                 "takes {}; shorten it",
                                 bytes, kMostEnvironmentBytes));
  }
}

void by_layer(const std::string& function, WrapperPlacement& placement) {
  auto& environment = placement.settings.environment;
  if (placement.settings.layers.size() >= kMostLayers) {
    refuse(function,
           "it has five layers, which leaves no room for the wrapper's; merge two, or "
           "make it a container image with the wrapper in it");
  }
  if (const auto other = environment.find(kExecWrapper); other != environment.end()) {
    refuse(function, fmt::format("its {} is {} already, and there can be one only; start that from "
                                 "the handler's code instead",
                                 kExecWrapper, other->second));
  }
  placement.wrapped = WrappedBy::layer;
  environment[kExecWrapper] = kWrapperInLayer;
}

void by_bootstrap(const std::string& function, const WrapperPackage& package,
                  WrapperPlacement& placement) {
  if (!placement.code.zip || !package.bootstrap.zip) refuse(function, "its zip is not at hand");
  placement.wrapped = WrappedBy::bootstrap;
  try {
    placement.code = zip_code(replace_bootstrap(*placement.code.zip, *package.bootstrap.zip));
  } catch (const InvalidInput& error) {
    refuse(function, error.what());
  }
}

}  // namespace

std::string to_string(WrappedBy wrapped) {
  switch (wrapped) {
    case WrappedBy::layer:
      return "layer";
    case WrappedBy::bootstrap:
      return "bootstrap";
    case WrappedBy::image:
      return "image";
    case WrappedBy::nothing:
      return "nothing";
  }
  return {};
}

WrapperPlacement place_wrapper(const std::string& function, const FunctionSettings& settings,
                               const FunctionCode& code, const WrapperPackage& package,
                               bool image_has_wrapper) {
  WrapperPlacement placement{.settings = settings, .code = code, .remark = {}};
  if (settings.is_image()) {
    placement.wrapped = image_has_wrapper ? WrappedBy::image : WrappedBy::nothing;
    if (!image_has_wrapper) {
      placement.remark =
          "a container image without the wrapper: one job an instance, one process; "
          "docs/wrapper.md has the lines for its Dockerfile";
    }
    return placement;
  }
  if (settings.runtime.starts_with("provided")) {
    by_bootstrap(function, package, placement);
  } else {
    by_layer(function, placement);
  }
  check_environment(function, placement.settings);
  check_size(function, placement.code);
  return placement;
}

}  // namespace stepconf::deploy
