#include <fmt/format.h>

#include <iostream>
#include <map>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/payload_folder.h"
#include "stepconf/cli/sample_jobs.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/estimator/test_points.h"
#include "stepconf/executor/executor.h"
#include "stepconf/executor/given_configurations.h"
#include "stepconf/executor/measure.h"
#include "stepconf/executor/samples.h"
#include "stepconf/platform/large_payloads.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/pricing/bill.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

struct ProfileArguments {
  std::filesystem::path project = ".";
  std::filesystem::path input;
  std::filesystem::path output = "samples.csv";
  int budget_invocations = 0;
  double budget_usd = 0;
  std::string budget_time;
  int points = 5;
  int repeats = 2;
  int max_jobs = 8;
  bool plan = false;
  bool json = false;
};

int jobs_of(const Workspace& workspace, const std::string& function) {
  int jobs = 1;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.function == function && step.batched) jobs = std::max(jobs, step.jobs);
  }
  return jobs;
}

std::vector<executor::Measurement> measurements_of(const Workspace& workspace,
                                                   const SampleJobs& events,
                                                   const ProfileArguments& arguments) {
  // Round by round over the functions, so that a budget that ends early leaves something of each.
  std::vector<executor::Measurement> result;
  std::map<std::string, std::vector<estimator::InstanceLoad>> points;
  for (const auto& [function, known] : events) {
    points[function] =
        estimator::first_test_points(project::configuration_space(workspace.project, function),
                                     jobs_of(workspace, function), arguments.max_jobs);
  }
  for (std::size_t round = 0; round < static_cast<std::size_t>(arguments.points); ++round) {
    for (const auto& [function, loads] : points) {
      if (round >= loads.size()) continue;
      result.push_back({function, loads[round], spread(events.at(function), loads[round].jobs)});
    }
  }
  return result;
}

Usd cost_of(const pricing::PriceSheet& prices, const estimator::Sample& sample) {
  return pricing::instance_cost(prices, sample.memory,
                                Seconds(sample.duration_ms.value_or(0) / 1e3),
                                Seconds(sample.init_ms.value_or(0) / 1e3));
}

// Runs the workflow once, as fast as its configurations go, to see what its jobs are.
executor::RunSummary run_once(const Workspace& workspace, platform::Platform& platform,
                              const Interruption& interruption, const Json& input,
                              SampleJobs& events) {
  std::vector<estimator::Configuration> largest;
  for (const workflow::Step& step : workspace.workflow.steps) {
    const auto space = project::configuration_space(workspace.project, step.function);
    largest.push_back({{space.memory_mb.back()}, space.instances.back(), space.processes.front()});
  }
  executor::GivenConfigurations strategy(std::move(largest), "the largest configuration");
  const ExecutionName execution = name_execution();
  const auto flow = make_flow(workspace, input, execution);
  RecordingFlow recording(*flow, events);
  executor::Observer nobody;
  return executor::run(recording, workspace.workflow, strategy, platform, nobody,
                       {.execution = execution.name,
                        .slo = std::nullopt,
                        .prices = workspace.prices,
                        .paper_cost = false,
                        .interrupted = [&] { return interruption.requested(); }});
}

void show(const std::vector<executor::Measurement>& measurements,
          const ProfileArguments& arguments) {
  using report::Align;
  report::Table table(
      {{"function"}, {"MB", Align::right}, {"processes", Align::right}, {"jobs", Align::right}});
  for (const executor::Measurement& measurement : measurements) {
    table.add({measurement.function, std::to_string(measurement.load.memory.value),
               std::to_string(measurement.load.processes), std::to_string(measurement.load.jobs)});
  }
  std::cerr << table.text()
            << fmt::format("{} test points, {} warm invocations each\n", measurements.size(),
                           arguments.repeats);
}

OrderedJson report_of(const std::vector<estimator::Sample>& samples, int invocations, Usd cost) {
  struct Entry {
    std::map<estimator::InstanceLoad, bool> measured;
    OrderedJson skipped = OrderedJson::array();
  };
  std::map<std::string, Entry> entries;
  for (const estimator::Sample& sample : samples) {
    Entry& entry = entries[sample.function];
    if (sample.ok()) {
      entry.measured[sample.load()] = true;
    } else {
      entry.skipped.push_back({{"memory_mb", sample.memory.value},
                               {"processes", sample.processes},
                               {"jobs", sample.jobs},
                               {"reason", sample.status}});
    }
  }
  OrderedJson functions = OrderedJson::object();
  for (auto& [name, entry] : entries) {
    functions[name] = {{"configurations", entry.measured.size()}, {"skipped", entry.skipped}};
  }
  return {{"invocations", invocations}, {"cost_usd", cost.value}, {"functions", functions}};
}

// One profiling of a project: what it has measured so far, and what that would have cost on Lambda.
class Profiling {
 public:
  Profiling(const ProfileArguments& arguments, const Workspace& workspace,
            platform::LocalPlatform& platform, platform::Platform& any_size,
            const Interruption& interruption)
      : arguments_(arguments),
        workspace_(workspace),
        platform_(platform),
        any_size_(any_size),
        interruption_(interruption),
        jobs_(sample_jobs_of(workspace.project)) {}

  // Returns the exit status.
  int run() {
    if (!arguments_.input.empty() && !see_jobs_in_a_run()) return kInterrupted;
    check_that_all_have_jobs();
    measure();
    // What was measured is kept, also when the rest was interrupted.
    write_file(arguments_.output, estimator::write_samples(samples_));
    std::cerr << fmt::format("{} invocations, at Lambda's prices {}; {} samples in {}\n",
                             invocations_, report::format_usd(cost_.value), samples_.size(),
                             arguments_.output.string());
    if (arguments_.json) {
      std::cout << report_of(samples_, invocations_, cost_).dump(2) << "\n";
    }
    return interruption_.requested() ? kInterrupted : kDone;
  }

 private:
  void count(const estimator::Sample& sample) {
    ++invocations_;
    cost_ += cost_of(workspace_.prices, sample);
  }

  // False where it was interrupted.
  bool see_jobs_in_a_run() {
    const Json input = parse_json(read_file(arguments_.input), arguments_.input.string());
    std::cerr << fmt::format("Running the workflow once to see its jobs (cpu_scale {:.3g}) ...\n",
                             platform_.options().cpu_scale);
    SampleJobs seen;
    const executor::RunSummary summary =
        run_once(workspace_, any_size_, interruption_, input, seen);
    if (summary.status == executor::RunStatus::interrupted) return false;
    if (summary.status == executor::RunStatus::failed) {
      throw Error(fmt::format("the workflow failed in {}: {}: {}", summary.step, summary.error,
                              summary.cause));
    }
    for (auto& [name, jobs] : seen) jobs_.try_emplace(name, std::move(jobs));
    samples_ = executor::samples_of(summary.steps);
    for (const estimator::Sample& sample : samples_) count(sample);
    std::cerr << fmt::format("  ended in {}\n", format_duration(summary.duration));
    return true;
  }

  void check_that_all_have_jobs() const {
    for (const auto& [name, function] : platform_.options().functions) {
      if (jobs_.contains(name)) continue;
      throw InvalidInput(fmt::format(
          "{}: functions.{}: there is nothing to measure it with; name a file of sample jobs "
          "(profile: {{events: FILE.json}}), or give the workflow's own input with --input",
          workspace_.project.file.string(), name));
    }
  }

  void measure() {
    auto measurements = measurements_of(workspace_, jobs_, arguments_);
    std::cerr << fmt::format("Measuring {} functions at {} test points ...\n", jobs_.size(),
                             measurements.size());
    executor::MeasureOptions options;
    options.repeats = arguments_.repeats;
    // Sandboxes without limits would take each other's CPU: one at a time.
    const bool limited = platform_.limits_cpu();
    options.vcpus =
        limited ? std::max(1u, std::thread::hardware_concurrency()) / platform_.options().cpu_scale
                : 0;
    if (arguments_.budget_invocations > 0) {
      options.max_invocations = std::max(0, arguments_.budget_invocations - invocations_);
    }
    if (!arguments_.budget_time.empty()) {
      options.until = platform_.now() + parse_duration(arguments_.budget_time, "--budget-time");
    }
    options.interrupted = [this] {
      return interruption_.requested() ||
             (arguments_.budget_usd > 0 && cost_.value >= arguments_.budget_usd);
    };
    options.ended = [this](const estimator::Sample& sample) {
      count(sample);
      tell(sample);
    };
    const auto measured = executor::measure(any_size_, std::move(measurements), options);
    samples_.insert(samples_.end(), measured.samples.begin(), measured.samples.end());
  }

  static void tell(const estimator::Sample& sample) {
    const std::string remark = !sample.ok() ? "  " + sample.status : sample.cold ? "  (cold)" : "";
    std::cerr << fmt::format("  {:<12} {:>5} MB  {} {:<9}  {:>2} {:<4}  {:>9}{}\n", sample.function,
                             sample.memory.value, sample.processes,
                             sample.processes == 1 ? "process" : "processes", sample.jobs,
                             sample.jobs == 1 ? "job" : "jobs",
                             format_duration(Seconds(*sample.duration_ms / 1e3)), remark);
  }

  const ProfileArguments& arguments_;
  const Workspace& workspace_;
  platform::LocalPlatform& platform_;
  /// The same, for payloads of any size.
  platform::Platform& any_size_;
  const Interruption& interruption_;
  SampleJobs jobs_;
  std::vector<estimator::Sample> samples_;
  int invocations_ = 0;
  Usd cost_;
};

// Says what would be measured; where jobs are not known yet, with placeholders.
int show_plan(const ProfileArguments& arguments, const Workspace& workspace,
              const platform::LocalPlatformOptions& local) {
  SampleJobs jobs = sample_jobs_of(workspace.project);
  for (const auto& [name, function] : local.functions) jobs.try_emplace(name, 1, Json::object());
  const auto measurements = measurements_of(workspace, jobs, arguments);
  show(measurements, arguments);
  if (arguments.json) {
    const auto repeats = static_cast<std::size_t>(arguments.repeats);
    std::cout << OrderedJson{{"points", measurements.size()},
                             {"invocations", measurements.size() * repeats}}
                     .dump(2)
              << "\n";
  }
  return kDone;
}

int profile_verb(const ProfileArguments& arguments) {
  const Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  auto local = local_options(workspace, {});
  if (arguments.plan) return show_plan(arguments, workspace, local);

  platform::Spawner spawner;
  Interruption interruption;
  // Made before the sandboxes, so that it goes when none of them can write into it any more.
  const PayloadFolder payloads;
  platform::LocalPlatform platform(std::move(local), spawner);
  objects::ObjectStore store(objects::store_options());
  platform::LargePayloads any_size(platform, store, payloads.url());
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";
  return Profiling(arguments, workspace, platform, any_size, interruption).run();
}

}  // namespace

void add_profile(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ProfileArguments>();
  CLI::App* verb = app.add_subcommand(
      "profile", "Measure the project's functions at a few configurations, for `fit`");
  add_project(*verb, arguments->project);
  verb->add_option("--input", arguments->input,
                   "JSON file with an input of the workflow: it is run once, and its own jobs are "
                   "what functions are measured with "
                   "(functions with `profile: {events: FILE}` keep theirs)");
  verb->add_option("--output", arguments->output, "CSV file for the samples")
      ->capture_default_str();
  verb->add_option("--points", arguments->points,
                   "Test points a function: loads of memory, processes and jobs")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb->add_option("--repeats", arguments->repeats, "Warm invocations kept of each test point")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb->add_option("--max-jobs", arguments->max_jobs, "Most jobs that one test invocation is given")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  verb->add_option("--budget-invocations", arguments->budget_invocations,
                   "Stop after this many invocations; default no bound")
      ->check(CLI::Range(1, 1'000'000));
  verb->add_option("--budget-usd", arguments->budget_usd,
                   "Stop when this much would have been paid on Lambda; default no bound")
      ->check(CLI::PositiveNumber);
  verb->add_option("--budget-time", arguments->budget_time,
                   "Stop after this time, for example 5m; default no bound");
  verb->add_flag("--plan", arguments->plan, "Show what would be measured and measure nothing");
  verb->add_flag("--json", arguments->json, "Print a summary as one JSON document on stdout");
  verb->callback([arguments, &status] { status = profile_verb(*arguments); });
}

}  // namespace stepconf::cli
