#pragma once

#include <string>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::asl {

// Error names of the Amazon States Language (https://states-language.net/#appendix-a).
inline constexpr char kAll[] = "States.ALL";
inline constexpr char kTimeout[] = "States.Timeout";
inline constexpr char kTaskFailed[] = "States.TaskFailed";
inline constexpr char kRuntime[] = "States.Runtime";
inline constexpr char kDataLimitExceeded[] = "States.DataLimitExceeded";
inline constexpr char kParameterPathFailure[] = "States.ParameterPathFailure";
inline constexpr char kResultPathMatchFailure[] = "States.ResultPathMatchFailure";
inline constexpr char kIntrinsicFailure[] = "States.IntrinsicFailure";
inline constexpr char kBranchFailed[] = "States.BranchFailed";
inline constexpr char kNoChoiceMatched[] = "States.NoChoiceMatched";

/// Leaves the evaluation of a state's data flow with the error that the state then has: `error()`
/// is its name, what() its cause. Execution is the one place that catches it and turns it into a
/// retry, a caught error or a failed execution.
class StateFailure : public Error {
 public:
  StateFailure(std::string error, const std::string& cause)
      : Error(cause), error_(std::move(error)) {}
  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

}  // namespace stepconf::asl
