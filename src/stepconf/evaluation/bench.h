#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/evaluation/pace.h"
#include "stepconf/evaluation/sample_file.h"
#include "stepconf/platform/platform.h"

namespace stepconf::evaluation {

/// By function: events to measure it with, at least one; further jobs take them again from the
/// first.
using Events = std::map<std::string, std::vector<Json>>;

/// Gives the events of `count` jobs of a function.
std::vector<Json> events_for(const Events& events, const std::string& function, int count);

/// Writes "1 process" or "4 processes", the plural being given.
std::string counted(std::size_t count, const std::string& one, const std::string& several);

/// What measuring needs beside the question what to measure. All outlive it.
struct Bench {
  platform::Platform& platform;
  const Events& events;
  /// Takes what is measured, and says what an earlier call has measured already.
  SampleFile& file;
  Pace& pace;
  /// Is told a line for each part that was measured.
  std::ostream& lines;
  /// Asked between invocations; true stops.
  std::function<bool()> interrupted;
};

}  // namespace stepconf::evaluation
