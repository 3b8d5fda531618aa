#include "stepconf/project/project.h"

#include <fmt/format.h>

#include <limits>

#include "stepconf/asl/path.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/project/yaml_reader.h"

namespace stepconf::project {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
// AWS Lambda's range of memory sizes
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
constexpr int kLeastMemory = 128;
constexpr int kGreatestMemory = 10240;
constexpr int kMostInstances = 1000;
constexpr int kMostProcesses = 64;
constexpr int kMostJobs = 10'000'000;
// AWS Lambda's longest timeout.
constexpr Seconds kLongestTimeout{900};

template <typename Space>
void read_configurations(const YamlValue& value, Space& space) {
  value.expect_members({"memory_mb", "instances", "processes"});
  if (const auto sizes = value.member("memory_mb")) {
    space.memory_mb = sizes->integers(kLeastMemory, kGreatestMemory);
  }
  if (const auto counts = value.member("instances")) {
    space.instances = counts->integers(1, kMostInstances);
  }
  if (const auto counts = value.member("processes")) {
    space.best_processes = counts->is_scalar();
    if (counts->is_scalar()) {
      if (counts->text() != "best") {
        counts->fail(fmt::format("is \"{}\", must be best, or a list of numbers such as [1, 2, 4]",
                                 counts->text()));
      }
    } else {
      space.processes = counts->integers(1, kMostProcesses);
    }
  }
}

void read_profile(const YamlValue& value, Function& function) {
  value.expect_members({"event", "events"});
  if (const auto file = value.member("events")) function.profile_events = file->path();
  if (const auto event = value.member("event")) function.profile_event = event->json();
  if (function.profile_events.has_value() == function.profile_event.has_value()) {
    value.fail(function.profile_event
                   ? "has both \"event\" and \"events\"; keep one"
                   : "is empty; give `event: {...}`, one sample job, or `events: FILE`, a JSON "
                     "array of them");
  }
}

Function read_function(const YamlValue& value, const std::filesystem::path& folder) {
  value.expect_members(
      {"command", "directory", "environment", "timeout", "configurations", "profile"});
  Function function;
  function.directory = folder;
  if (const auto command = value.member("command")) {
    function.command = command->texts();
    if (function.command.empty() || function.command.front().empty()) {
      command->fail("is empty, must name a program, for example [./bin/upscale]");
    }
  }
  if (const auto directory = value.member("directory")) function.directory = directory->path();
  if (const auto environment = value.member("environment")) {
    for (const auto& [name, text] : environment->members()) {
      if (name.empty() || name.find('=') != std::string::npos) {
        text.fail("is no name for an environment variable");
      }
      function.environment[name] = text.text();
    }
  }
  if (const auto timeout = value.member("timeout")) {
    function.timeout = timeout->duration();
    if (function.timeout <= Seconds(0) || function.timeout > kLongestTimeout) {
      timeout->fail("must be more than 0 and at most 15m, as on Lambda");
    }
  }
  if (const auto space = value.member("configurations")) read_configurations(*space, function);
  if (const auto profile = value.member("profile")) {
    read_profile(*profile, function);
  }
  return function;
}

std::vector<workflow::StepSpec> read_steps(const YamlValue& value) {
  std::vector<workflow::StepSpec> steps;
  for (const YamlValue& element : value.elements()) {
    element.expect_members({"name", "function", "jobs", "after"});
    workflow::StepSpec step;
    step.name = element.required("name", "extract").text();
    step.function = element.required("function", "extract").text();
    if (const auto jobs = element.member("jobs")) step.jobs = jobs->integer(1, kMostJobs);
    if (const auto after = element.member("after")) step.after = after->texts();
    steps.push_back(std::move(step));
  }
  if (steps.empty()) value.fail("is empty, must have at least one step");
  return steps;
}

Slo read_slo(const YamlValue& value) {
  Slo slo;
  if (value.is_mapping()) {
    value.expect_members({"path", "default"});
    const YamlValue path = value.required("path", "$.slo_seconds");
    slo.path = path.text();
    if (!slo.path.starts_with("$"))
      path.fail("must be a path into the input, such as $.slo_seconds");
    try {
      asl::Path::parse(slo.path);
    } catch (const InvalidInput& error) {
      path.fail(error.what());
    }
    if (const auto fallback = value.member("default")) slo.fixed = fallback->duration();
  } else {
    slo.fixed = value.duration();
  }
  if (slo.fixed && *slo.fixed <= Seconds(0)) value.fail("must be more than 0");
  return slo;
}

Pricing read_pricing(const YamlValue& value) {
  value.expect_members({"region", "architecture", "orchestrator", "usd_per_gb_second",
                        "usd_per_request", "usd_per_transition"});
  Pricing pricing;
  if (const auto region = value.member("region")) pricing.region = region->text();
  if (const auto name = value.member("architecture")) {
    pricing.architecture = name->choice({"x86_64", "arm64"});
  }
  if (const auto name = value.member("orchestrator")) {
    pricing.orchestrator = name->choice({"standard", "express", "none"});
  }
  const auto price = [&](const char* name) -> std::optional<double> {
    const auto found = value.member(name);
    return found ? std::optional(found->number(0, kUnbounded)) : std::nullopt;
  };
  pricing.usd_per_gb_second = price("usd_per_gb_second");
  pricing.usd_per_request = price("usd_per_request");
  pricing.usd_per_transition = price("usd_per_transition");
  return pricing;
}

PlatformChoice read_platform(const YamlValue& value) {
  value.expect_members({"kind", "cpu_scale", "dispatch"});
  PlatformChoice platform;
  if (const auto kind = value.member("kind")) {
    platform.kind = kind->choice({"local", "lambda", "simulated"});
  }
  if (const auto scale = value.member("cpu_scale"); scale && scale->text() != "auto") {
    if (!scale->is_number()) scale->fail("must be auto or a number, for example 0.25");
    platform.cpu_scale = scale->number(1e-3, 100);
  }
  if (const auto dispatch = value.member("dispatch")) {
    platform.dispatch = dispatch->choice({"direct", "step-functions"});
  }
  return platform;
}

Project read_project(const YamlValue& root, const std::filesystem::path& file) {
  if (!root.is_mapping())
    root.fail("is no project file: it must be a mapping that begins `schema: 1`");
  root.expect_members({"schema", "workflow", "steps", "jobs", "functions", "models", "slo",
                       "target", "headroom", "strategy", "warm_pools", "configurations", "pricing",
                       "cost", "platform", "foreign", "choices", "simulation", "deployment"});
  const YamlValue schema = root.required("schema", "1");
  if (schema.text() != "1") schema.fail(fmt::format("is {}, this program knows 1", schema.text()));

  Project project;
  project.file = file;
  project.folder = std::filesystem::absolute(file).lexically_normal().parent_path();
  if (const auto workflow = root.member("workflow")) project.workflow = workflow->path();
  if (const auto steps = root.member("steps")) project.steps = read_steps(*steps);
  if (project.workflow.has_value() == !project.steps.empty()) {
    root.fail(project.workflow ? "has both \"workflow\" and \"steps\"; keep one"
                               : "lacks a workflow; give `workflow: FILE.asl.json` or `steps:`");
  }
  if (const auto jobs = root.member("jobs")) {
    if (!project.workflow) jobs->fail("is for ASL workflows; under `steps` each step has its jobs");
    for (const auto& [state, count] : jobs->members()) {
      if (count.is_number()) {
        project.jobs[state] = count.integer(1, kMostJobs);
      } else {
        project.jobs[state] = count.text();
      }
    }
  }
  if (const auto functions = root.member("functions")) {
    for (const auto& [name, value] : functions->members()) {
      project.functions[name] = read_function(value, project.folder);
    }
  }
  if (const auto models = root.member("models")) project.models = models->path();
  if (const auto slo = root.member("slo")) project.slo = read_slo(*slo);
  if (const auto target = root.member("target")) {
    project.target = target->number(0, 1);
    if (project.target <= 0 || project.target >= 1) target->fail("must lie between 0 and 1");
  }
  if (const auto warm_pools = root.member("warm_pools"))
    project.warm_pools = warm_pools->choice({"true", "false"}) == "true";
  if (const auto headroom = root.member("headroom")) {
    project.headroom = headroom->number(0, 1);
    if (project.headroom >= 1) headroom->fail("must be less than 1");
  }
  if (const auto strategy = root.member("strategy")) project.strategy = strategy->text();
  if (const auto space = root.member("configurations")) {
    read_configurations(*space, project.configurations);
  }
  if (const auto pricing = root.member("pricing")) project.pricing = read_pricing(*pricing);
  if (const auto cost = root.member("cost")) {
    project.paper_cost = cost->choice({"billed", "paper"}) == "paper";
  }
  if (const auto platform = root.member("platform")) project.platform = read_platform(*platform);
  if (const auto foreign = root.member("foreign")) {
    if (!project.workflow) foreign->fail("is for ASL workflows; all of `steps` are function steps");
    for (const auto& [state, duration] : foreign->members()) {
      project.foreign[state] = duration.duration();
    }
  }
  if (const auto choices = root.member("choices")) {
    if (!project.workflow) choices->fail("is for ASL workflows; `steps` have no Choice");
    for (const auto& [state, ways] : choices->members()) {
      for (const auto& [next, share] : ways.members())
        project.choices[state][next] = share.number(0, 1);
    }
  }
  if (const auto simulation = root.member("simulation"))
    project.simulation = read_simulation(*simulation);
  if (const auto deployment = root.member("deployment"))
    project.deployment = read_deployment(*deployment);
  return project;
}

}  // namespace

Project load_project(const std::filesystem::path& file_or_folder) {
  std::filesystem::path file = file_or_folder;
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    file /= "stepconf.yaml";
    if (!std::filesystem::exists(file, ignored)) {
      throw InvalidInput(fmt::format(
          "{}: there is no stepconf.yaml; name a project file or a folder that holds one",
          file_or_folder.string()));
    }
  }
  return parse_project(read_file(file), file);
}

Project parse_project(const std::string& content, const std::filesystem::path& file) {
  return read_project(parse_yaml(content, file), file);
}

estimator::ConfigurationSpace configuration_space(const Project& project,
                                                  const std::string& function) {
  estimator::ConfigurationSpace space = project.configurations;
  const auto found = project.functions.find(function);
  if (found == project.functions.end()) return space;
  if (found->second.memory_mb) space.memory_mb = *found->second.memory_mb;
  if (found->second.instances) space.instances = *found->second.instances;
  if (found->second.processes) space.processes = *found->second.processes;
  if (found->second.best_processes) space.best_processes = *found->second.best_processes;
  return space;
}

}  // namespace stepconf::project
