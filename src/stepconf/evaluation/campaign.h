#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/evaluation/bench.h"
#include "stepconf/evaluation/plan.h"
#include "stepconf/evaluation/results.h"
#include "stepconf/evaluation/training.h"
#include "stepconf/platform/platform.h"

namespace stepconf::evaluation {

/// What is measured, and how thoroughly.
struct CampaignOptions {
  std::vector<Subject> subjects;
  /// Of the subjects.
  Events events;
  /// The ALU function's name and event; absent where the project has none.
  std::optional<Variant> alu;
  std::vector<int> alu_memory_mb;
  double cpu_scale = 1;
  /// CPUs of this machine.
  double cpus = 1;
  bool quick = false;
  Repeats repeats;
  /// Its space and jobs are each subject's own.
  TrainingOptions training;
  /// Most instances of Figure 4.
  int most_instances = 50;
};

/// The platform that one measurement wants.
struct PlatformNeed {
  platform::Dispatch dispatch = platform::Dispatch::direct;
  /// Its functions, by the name that they have there: the project's function.
  std::map<std::string, std::string> functions;
};

/// Makes such a platform, hands it to a measurement and ends it.
using WithPlatform =
    std::function<void(const PlatformNeed&, const std::function<void(platform::Platform&)>&)>;

/// Measures what the wanted parts need and `results` do not have yet: first a job of each function,
/// to tell on `lines` how long all of it will take, then part by part, the training before the
/// truth. Returns false where it was interrupted; what was measured until then is in the files.
bool measure(const CampaignOptions& options, const Parts& parts, Results& results,
             const WithPlatform& with_platform, std::ostream& lines,
             const std::function<bool()>& interrupted);

}  // namespace stepconf::evaluation
