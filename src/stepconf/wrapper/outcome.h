#pragma once

#include <string>
#include <string_view>

namespace stepconf::wrapper {

/// What became of one event: a result, or an error as the Runtime API reports it.
struct Outcome {
  /// The error's type; empty where the event was answered with a result.
  std::string error_type{};
  /// The result, or the error document {"errorType", "errorMessage", ...}, as JSON text.
  std::string body{};

  bool ok() const { return error_type.empty(); }
};

/// Makes an error of the wrapper's own.
Outcome failure(std::string type, std::string_view message);

/// Makes the error of an object that cannot be read or written.
Outcome unavailable(std::string_view reason);

/// Gives the outcome as the result of one job among others: an empty result becomes null, one that
/// is no JSON an error, and an error document that is none is put into one.
Outcome as_job_outcome(Outcome outcome);

}  // namespace stepconf::wrapper
