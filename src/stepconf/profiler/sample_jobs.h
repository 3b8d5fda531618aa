#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/asl/flow.h"
#include "stepconf/base/json.h"
#include "stepconf/project/project.h"

namespace stepconf::profiler {

/// By function: events that its jobs really have, for measuring it.
using SampleJobs = std::map<std::string, std::vector<Json>>;

/// Gives the sample jobs that the project has: `profile: {event: ...}`, or what is in the file of
/// `profile: {events: FILE}`; functions with neither are left out. Throws InvalidInput where a file
/// is not an array of at least one job.
SampleJobs sample_jobs_of(const project::Project& project);

/// Picks `count` of `jobs` (at least one), spread evenly over all, so that cheap and dear ones are
/// measured alike; with fewer, some occur more than once.
std::vector<Json> spread(const std::vector<Json>& jobs, int count);

/// Passes a flow on and keeps the events of each function's jobs.
class RecordingFlow final : public asl::Flow {
 public:
  /// Both outlive the object.
  RecordingFlow(asl::Flow& flow, SampleJobs& jobs) : flow_(flow), jobs_(jobs) {}
  std::vector<asl::Command> start(Seconds now) override { return keep(flow_.start(now)); }
  std::vector<asl::Command> handle(const asl::Event& event, Seconds now) override {
    return keep(flow_.handle(event, now));
  }
  asl::WaysTaken take_ways() override { return flow_.take_ways(); }

 private:
  std::vector<asl::Command> keep(std::vector<asl::Command> commands);

  asl::Flow& flow_;
  SampleJobs& jobs_;
};

}  // namespace stepconf::profiler
