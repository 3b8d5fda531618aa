#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/project/deployment.h"
#include "stepconf/project/simulation.h"
#include "stepconf/workflow/from_steps.h"

namespace stepconf::project {

/// One entry of `functions`: how a function runs, and where it differs from the project.
struct Function {
  /// How the local platform starts one copy of the runtime. Empty where the project does not say.
  std::vector<std::string> command;
  /// Absolute.
  std::filesystem::path directory;
  std::map<std::string, std::string> environment;
  Seconds timeout{60};
  /// What `configurations` of this function overrides; absent parts are the project's.
  std::optional<std::vector<int>> memory_mb, instances, processes;
  std::optional<bool> best_processes;
  /// `profile`: at most one of a file with a JSON array of sample jobs, absolute, and a single job.
  std::optional<std::filesystem::path> profile_events;
  std::optional<Json> profile_event;
};

/// `slo`: a duration, or where in the execution's input it stands.
struct Slo {
  std::optional<Seconds> fixed;
  /// A reference path such as $.slo_seconds; empty where the project does not take the SLO from the
  /// input. `fixed` is then the default.
  std::string path;
};

/// `pricing`.
struct Pricing {
  std::string region = "us-east-1";
  std::string architecture = "x86_64";
  std::string orchestrator = "standard";
  std::optional<double> usd_per_gb_second, usd_per_request, usd_per_transition;
};

/// `platform`.
struct PlatformChoice {
  std::string kind = "local";
  /// Absent: auto.
  std::optional<double> cpu_scale;
  std::string dispatch = "direct";
};

/// A project file as written (docs/project-file.md), with its defaults filled in and its
/// paths made absolute. Nothing it names has been opened yet.
struct Project {
  std::filesystem::path file;
  /// The folder of `file`; absolute.
  std::filesystem::path folder;

  /// Exactly one of `workflow` and `steps` is there.
  std::optional<std::filesystem::path> workflow;
  std::vector<workflow::StepSpec> steps;
  /// Expected jobs of Map states: a number, or the name of another Map state that has as many.
  std::map<std::string, std::variant<int, std::string>> jobs;
  std::map<std::string, Function> functions;
  std::optional<std::filesystem::path> models;
  Slo slo;
  double target = 0.95;
  double headroom = 0;
  /// Whether decisions heed which sandboxes are warm, where the platform knows.
  bool warm_pools = true;
  /// Absent where the best that the models allow is to be taken (optimizer/default_strategy.h).
  std::optional<std::string> strategy;
  estimator::ConfigurationSpace configurations;
  Pricing pricing;
  /// `cost`: billed, or paper.
  bool paper_cost = false;
  PlatformChoice platform;
  std::map<std::string, Seconds> foreign;
  /// Share of executions that goes each way on from a Choice state or a state with Catch.
  std::map<std::string, std::map<std::string, double>> choices;
  /// Absent: the models' own spread, nothing added.
  std::optional<Simulation> simulation;
  Deployment deployment;
};

/// Reads a project file, or `stepconf.yaml` in a folder. Throws InvalidInput "FILE:LINE: FIELD:
/// ..." for what cannot be read, has the wrong type, is out of range, or is not known (with the
/// nearest known name).
Project load_project(const std::filesystem::path& file_or_folder);

/// Reads the content of the project file `file`. Throws as load_project does.
Project parse_project(const std::string& content, const std::filesystem::path& file);

/// The configuration space of one function: the project's, with what the function overrides.
estimator::ConfigurationSpace configuration_space(const Project& project,
                                                  const std::string& function);

}  // namespace stepconf::project
