#pragma once

#include <string>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/profiler/profiler.h"

namespace stepconf::cli {

/// What a profiling came to.
struct ProfileSummary {
  profiler::Spending spending;
  Seconds duration{0};
  /// Which budget ended it before its goals; empty where none did.
  std::string stopped_by;
};

/// Writes a kept sample as a line for people.
std::string sample_line(const estimator::Sample& sample);

/// Writes how far a function is: tests, expected error, what was spent and what is still to come.
std::string progress_line(const profiler::Subject& subject, const pricing::PriceSheet& prices);

/// Writes what is still to come of all subjects together.
std::string outlook_line(const profiler::Subjects& subjects, const pricing::PriceSheet& prices);

/// Writes the document of `profile --json` (docs/formats.md).
OrderedJson profile_report(const profiler::Subjects& subjects, const ProfileSummary& summary);

/// Writes the same as a table for people.
std::string profile_table(const profiler::Subjects& subjects);

}  // namespace stepconf::cli
