#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/lambda_setup.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/payload_folder.h"
#include "stepconf/cli/profile_arguments.h"
#include "stepconf/cli/profile_plan.h"
#include "stepconf/cli/profile_subjects.h"
#include "stepconf/cli/profiling.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/platform/large_payloads.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/profiler/conditions.h"

namespace stepconf::cli {
namespace {

profiler::Limits limits_of(const ProfileArguments& arguments) {
  profiler::Limits limits;
  limits.invocations = arguments.budget_invocations;
  if (arguments.budget_usd) limits.usd = Usd{*arguments.budget_usd};
  if (!arguments.budget_time.empty()) {
    limits.time = parse_duration(arguments.budget_time, "--budget-time");
  }
  return limits;
}

// Needs no sandbox and leaves no trace. Whether CPUs are limited is known from sandboxes only, so
// it is taken for granted, unless the stored samples say otherwise.
int plan_local(const ProfileArguments& arguments, const Workspace& workspace, double cpu_scale) {
  const JobSources sources = job_sources(workspace, arguments.input);
  const auto subjects_where = [&](bool limits_cpu) {
    return make_subjects(
        workspace, arguments, sources,
        profiler::platform_conditions(workspace.project.platform, cpu_scale, limits_cpu));
  };
  auto subjects = subjects_where(true);
  const auto file = store::sample_store_file(workspace.project.folder);
  if (std::filesystem::exists(file)) {
    store::SampleStore store(file);
    auto unlimited = subjects_where(false);
    if (has_samples(unlimited, store)) subjects = std::move(unlimited);
    resume(subjects, store, std::cerr);
  }
  show_plan(subjects, workspace.prices, arguments.json);
  return kDone;
}

// Sandboxes without limits would take each other's CPU: one at a time.
double vcpus_of(const platform::LocalPlatform& platform) {
  if (!platform.limits_cpu()) return 0;
  return std::max(1u, std::thread::hardware_concurrency()) / platform.options().cpu_scale;
}

int profile_here(const ProfileArguments& arguments, const profiler::Limits& limits,
                 const Workspace& workspace) {
  auto local = local_options(workspace, {});
  if (arguments.plan) return plan_local(arguments, workspace, local.cpu_scale);
  const JobSources sources = job_sources(workspace, arguments.input);

  platform::Spawner spawner;
  // After the spawner's process was forked, which has no business with the store.
  store::SampleStore samples(store::sample_store_file(workspace.project.folder));
  Interruption interruption;
  // Made before the sandboxes, so that it goes when none of them can write into it any more.
  const PayloadFolder payloads;
  platform::LocalPlatform platform(std::move(local), spawner);
  objects::ObjectStore objects(objects::store_options());
  platform::LargePayloads any_size(platform, objects, payloads.url());
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";
  const std::string conditions = profiler::platform_conditions(
      workspace.project.platform, platform.options().cpu_scale, platform.limits_cpu());
  return Profiling({.arguments = arguments,
                    .workspace = workspace,
                    .sources = sources,
                    .store = samples,
                    .platform = any_size,
                    .interrupt_wait = [&platform] { platform.interrupt(); },
                    .conditions = conditions,
                    .vcpus = vcpus_of(platform),
                    .interruption = interruption},
                   limits)
      .run();
}

int profile_on_lambda(const ProfileArguments& arguments, const profiler::Limits& limits,
                      Workspace& workspace) {
  Interruption interruption;
  const LambdaPlace place = open_lambda(workspace, arguments.deployment);
  keep_deployed_sizes(workspace.project, place.names, place.targets);
  const JobSources sources = job_sources(workspace, arguments.input);
  const std::string conditions = profiler::lambda_conditions(place.names.account().region);
  if (arguments.plan) {
    auto subjects = make_subjects(workspace, arguments, sources, conditions);
    const auto file = store::sample_store_file(workspace.project.folder);
    if (std::filesystem::exists(file)) {
      store::SampleStore store(file);
      resume(subjects, store, std::cerr);
    }
    show_plan(subjects, workspace.prices, arguments.json);
    return kDone;
  }
  store::SampleStore samples(store::sample_store_file(workspace.project.folder));
  platform::LambdaPlatform platform(lambda_options(place, platform::ServiceFailures::end_the_work));
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  const int status = Profiling({.arguments = arguments,
                                .workspace = workspace,
                                .sources = sources,
                                .store = samples,
                                .platform = platform,
                                .interrupt_wait = [&platform] { platform.interrupt(); },
                                .conditions = conditions,
                                // Sandboxes on Lambda do not take each other's CPU.
                                .vcpus = std::numeric_limits<double>::infinity(),
                                .interruption = interruption},
                               limits)
                         .run();
  report_use(platform);
  return status;
}

int profile_verb(const ProfileArguments& arguments) {
  const profiler::Limits limits = limits_of(arguments);
  Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  if (runs_on_lambda(workspace.project)) return profile_on_lambda(arguments, limits, workspace);
  return profile_here(arguments, limits, workspace);
}

constexpr const char* kAbout =
    "\nEach sample is kept in .stepconf/samples.db beside the project file as soon as it is "
    "measured; `profile` goes on from those of the same platform, cpu_scale, command and jobs, and "
    "exports them with --output for `fit`. It may be interrupted at any time.\n"
    "A budget ends the work before the invocation that would exceed it; several may be given. "
    "Nothing is measured with --budget-invocations 0: it only imports and exports.\n";

void add_what_to_measure(CLI::App& verb, ProfileArguments& arguments) {
  verb.add_option("--input", arguments.input,
                  "JSON file with an input of the workflow: it is run once, and its own jobs are "
                  "what functions are measured with "
                  "(functions with `profile: {event: ...}` or `{events: FILE}` keep theirs)");
  verb.add_option("--goal", arguments.goal,
                  "Relative error of predictions at which a function is measured enough")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1.0));
  verb.add_option("--points", arguments.points,
                  "Most tests of a function, stored ones included; a test is a load of memory, "
                  "processes and jobs")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb.add_option("--repeats", arguments.repeats, "Warm invocations of a test")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb.add_option("--max-jobs", arguments.max_jobs, "Most jobs that one invocation is given")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
}

void add_budgets(CLI::App& verb, ProfileArguments& arguments) {
  verb.add_option("--budget-invocations", arguments.budget_invocations,
                  "Most invocations; default no bound")
      ->check(CLI::Range(0, 1'000'000));
  verb.add_option("--budget-usd", arguments.budget_usd,
                  "Most that they may cost at Lambda's prices; default no bound")
      ->check(CLI::PositiveNumber);
  verb.add_option("--budget-time", arguments.budget_time,
                  "Most time, for example 5m; default no bound")
      ->check(not_empty);
}

}  // namespace

void add_profile(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ProfileArguments>();
  CLI::App* verb = app.add_subcommand(
      "profile", "Measure the project's functions at a few configurations, for `fit`");
  verb->footer(kAbout);
  add_project(*verb, arguments->project);
  add_deployment(*verb, arguments->deployment);
  add_what_to_measure(*verb, *arguments);
  add_budgets(*verb, *arguments);
  verb->add_option("--output", arguments->output, "CSV file for all samples of these conditions")
      ->capture_default_str();
  CLI::Option* import =
      verb->add_option("--import", arguments->import,
                       "CSV file of samples measured under these conditions: they count as "
                       "measured from now on");
  CLI::Option* fresh = verb->add_flag(
      "--fresh", arguments->fresh,
      "First forget the stored samples of these conditions, for example when the code has changed");
  verb->add_flag("--plan", arguments->plan, "Show what would be measured and measure nothing")
      ->excludes(import)
      ->excludes(fresh);
  verb->add_flag("--json", arguments->json, "Print a summary as one JSON document on stdout");
  verb->callback([arguments, &status] { status = profile_verb(*arguments); });
}

}  // namespace stepconf::cli
