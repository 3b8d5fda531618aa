#pragma once

#include <string>

#include "stepconf/deploy/control_plane.h"

namespace stepconf::deploy {

/// Names the program that Lambda starts before a managed runtime, and the wrapper in its layer.
inline constexpr const char* kExecWrapper = "AWS_LAMBDA_EXEC_WRAPPER";
inline constexpr const char* kWrapperInLayer = "/opt/stepconf-wrapper";
/// A function has no more
/// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
inline constexpr std::size_t kMostLayers = 5;

/// How the wrapper comes around a copy of a function (docs/wrapper.md).
enum class WrappedBy {
  /// A managed runtime: a layer, and AWS_LAMBDA_EXEC_WRAPPER.
  layer,
  /// provided.* from a zip: its bootstrap is replaced.
  bootstrap,
  /// A container image that has the wrapper as its entry point already.
  image,
  /// A container image without it: one job an instance, one process.
  nothing,
};

std::string to_string(WrappedBy wrapped);

/// What `make package` builds for one architecture, with the deployment's steps file
/// (docs/formats.md) beside the program.
struct WrapperPackage {
  /// For managed runtimes; unpacked under /opt.
  FunctionCode layer{};
  /// Holds the file `bootstrap`, and what else is to stand beside it.
  FunctionCode bootstrap{};
};

struct WrapperPlacement {
  WrappedBy wrapped = WrappedBy::nothing;
  /// The user's, and what the wrapper needs; its layer is not among the layers yet.
  FunctionSettings settings{};
  FunctionCode code{};
  /// What the user may want to know, or empty.
  std::string remark{};
};

/// Puts the wrapper around a function with `settings` and `code`. `image_has_wrapper` is what the
/// user says of an image. Throws InvalidInput that names the function where there is no room: five
/// layers, another exec wrapper, over 4 KB of environment; a zip without `bootstrap`, or over 50
/// MB, the most that Lambda takes without a bucket.
WrapperPlacement place_wrapper(const std::string& function, const FunctionSettings& settings,
                               const FunctionCode& code, const WrapperPackage& package,
                               bool image_has_wrapper);

}  // namespace stepconf::deploy
