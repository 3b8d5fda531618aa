#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/net/http.h"

namespace stepconf::wrapper {

/// An event as Lambda hands it to the wrapper.
struct Invocation {
  std::string request_id;
  net::Headers headers;
  std::string event;
  /// The jobs of a batch that names them by an object, once they are fetched.
  std::string fetched_jobs{};
};

/// Gives the time that the invocation has from `now` on, by the wall clock, as Lambda-Runtime-
/// Deadline-Ms states it. Absent where no deadline is stated, or one that has passed: Lambda would
/// not hand such an event over, so the clock is wrong (a thawed sandbox may wake with an old one).
std::optional<Seconds> time_left(const Invocation& invocation,
                                 std::chrono::system_clock::time_point now);

/// Gives the request id of one attempt at one job of an invocation: shaped like Lambda's own (a
/// UUID, which handlers may parse), the same for the same arguments, different for different ones.
/// `attempt` counts from 1.
std::string job_request_id(std::string_view invocation, std::size_t job, int attempt);

}  // namespace stepconf::wrapper
