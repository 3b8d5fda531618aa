#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/cli/profile_arguments.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/profiler/profiler.h"
#include "stepconf/profiler/sample_jobs.h"
#include "stepconf/store/sample_store.h"

namespace stepconf::cli {

/// Where the jobs of a project's functions come from.
struct JobSources {
  /// Functions that have jobs of their own in the project.
  profiler::SampleJobs own;
  /// The workflow's input, a run of which shows the jobs of all others; absent without --input.
  std::optional<Json> input;
};

/// Reads the project's sample jobs and the file `input` (empty: none). Throws InvalidInput.
JobSources job_sources(const Workspace& workspace, const std::filesystem::path& input);

/// Makes the subjects, without samples: every function that the workflow calls. `platform`
/// describes the present conditions (profiler::platform_conditions). Those whose jobs only a run
/// will show have none yet.
profiler::Subjects make_subjects(const Workspace& workspace, const ProfileArguments& arguments,
                                 const JobSources& sources, const std::string& platform);

/// Whether the store has samples of any subject under the present conditions.
bool has_samples(const profiler::Subjects& subjects, store::SampleStore& store);

/// Gives the subjects their samples of the present conditions from the store, and says on `out` how
/// many there are and why others are left aside.
void resume(profiler::Subjects& subjects, store::SampleStore& store, std::ostream& out);

/// Puts a CSV file's samples into the store, as measured under the present conditions; those that
/// are there already are not doubled, those of functions that the workflow does not call are left
/// out. Says on `out` how many. Throws InvalidInput where the file cannot be used or has no sample
/// of these functions.
void import_samples(const profiler::Subjects& subjects, store::SampleStore& store,
                    const std::filesystem::path& file, std::ostream& out);

}  // namespace stepconf::cli
