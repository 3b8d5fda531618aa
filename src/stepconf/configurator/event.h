#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/configurator/deployment.h"

namespace stepconf::configurator {

/// Reports an event that cannot be answered at all: the state machine's Catch takes over.
class InvalidEvent : public InvalidInput {
  using InvalidInput::InvalidInput;
};

/// What the state machine asks before a step, and what of it could not be used.
struct Event {
  std::string step;
  std::string execution;
  /// From the execution's start until the step was ready, by Step Functions' own clock.
  std::int64_t milliseconds = 0;
  /// Jobs that the step has; absent where nobody counted, as for a Distributed Map's files.
  std::optional<int> jobs;
  /// Bytes of all jobs together; absent where nobody counted.
  std::optional<std::int64_t> bytes;
  /// Bytes of the largest job; absent where nobody looked.
  std::optional<std::int64_t> largest_bytes;
  int attempt = 1;
  /// The end-to-end time that the execution's input allows.
  std::optional<Seconds> slo;
  std::optional<Mode> mode;
  /// What the last decision on this way left to the next (the cache `execution`).
  std::string cache;
  /// Why nothing can be decided; empty where the event is in order.
  std::string fault;
};

/// Reads an event {"step", "execution", "started", "entered", "jobs", ...} (docs/formats.md); other
/// members are ignored. Throws InvalidEvent where not even the step is named; what else is wrong
/// becomes `fault`, and the step runs as is safe.
Event parse_event(const Json& json);

}  // namespace stepconf::configurator
