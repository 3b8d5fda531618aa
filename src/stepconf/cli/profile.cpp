#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/estimator/test_points.h"
#include "stepconf/executor/executor.h"
#include "stepconf/executor/given_configurations.h"
#include "stepconf/executor/measure.h"
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

// What a step's function is measured with: events that its jobs really have.
using EventsByFunction = std::map<std::string, std::vector<Json>>;

// Passes a flow on and keeps the events of each function's jobs.
class RecordingFlow final : public asl::Flow {
 public:
  RecordingFlow(asl::Flow& flow, EventsByFunction& events) : flow_(flow), events_(events) {}
  std::vector<asl::Command> start(Seconds now) override { return keep(flow_.start(now)); }
  std::vector<asl::Command> handle(const asl::Event& event, Seconds now) override {
    return keep(flow_.handle(event, now));
  }

 private:
  std::vector<asl::Command> keep(std::vector<asl::Command> commands) {
    for (const asl::Command& command : commands) {
      if (const auto* invoke = std::get_if<asl::Invoke>(&command)) {
        events_[invoke->function].push_back(invoke->event);
      }
    }
    return commands;
  }

  asl::Flow& flow_;
  EventsByFunction& events_;
};

// Events from the files that the project names; functions without one are left out.
EventsByFunction events_from_files(const project::Project& project) {
  EventsByFunction events;
  for (const auto& [name, function] : project.functions) {
    if (!function.profile_events) continue;
    const std::string file = function.profile_events->string();
    const Json jobs = parse_json(read_file(file), file);
    if (!jobs.is_array() || jobs.empty()) {
      throw InvalidInput(
          fmt::format("{}: must be a JSON array of sample jobs, at least one", file));
    }
    events[name] = jobs.get<std::vector<Json>>();
  }
  return events;
}

int jobs_of(const Workspace& workspace, const std::string& function) {
  int jobs = 1;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.function == function && step.batched) jobs = std::max(jobs, step.jobs);
  }
  return jobs;
}

// Events spread evenly over all that are known, so that cheap and dear jobs are measured alike.
std::vector<Json> spread(const std::vector<Json>& events, int count) {
  std::vector<Json> result;
  for (int index = 0; index < count; ++index) {
    const double place = (index + 0.5) * static_cast<double>(events.size()) / count;
    result.push_back(events[static_cast<std::size_t>(place)]);
  }
  return result;
}

std::vector<executor::Measurement> measurements_of(const Workspace& workspace,
                                                   const EventsByFunction& events,
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

std::vector<estimator::Sample> samples_of(const executor::RunSummary& summary,
                                          const workflow::Workflow& workflow) {
  std::vector<estimator::Sample> samples;
  for (const executor::StepRecord& record : summary.steps) {
    const auto step = workflow.find(record.step);
    if (!step) continue;
    for (const executor::InstanceRecord& instance : record.detail) {
      estimator::Sample sample;
      sample.function = workflow.steps[static_cast<std::size_t>(*step)].function;
      sample.memory = record.configuration.memory;
      sample.instances = static_cast<int>(record.detail.size());
      sample.processes = record.configuration.processes;
      sample.jobs = instance.jobs;
      sample.duration_ms = (instance.ended - instance.started).count() * 1e3;
      if (instance.cold) sample.init_ms = instance.init.count() * 1e3;
      sample.dispatch_ms = (instance.started - record.ready).count() * 1e3;
      if (instance.max_memory_mb > 0) sample.max_memory_mb = instance.max_memory_mb;
      sample.cold = instance.cold;
      sample.status = instance.status;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

// Runs the workflow once, as fast as its configurations go, to see what its jobs are.
executor::RunSummary run_once(const Workspace& workspace, platform::LocalPlatform& platform,
                              const Interruption& interruption, const Json& input,
                              EventsByFunction& events) {
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

void show_plan(const std::vector<executor::Measurement>& measurements,
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

int profile_verb(const ProfileArguments& arguments) {
  const Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  EventsByFunction events = events_from_files(workspace.project);
  auto local = local_options(workspace, {});
  const double cpu_scale = local.cpu_scale;

  if (arguments.plan) {
    for (const auto& [name, function] : local.functions)
      events.try_emplace(name, 1, Json::object());
    const auto measurements = measurements_of(workspace, events, arguments);
    show_plan(measurements, arguments);
    if (arguments.json) {
      std::cout << OrderedJson{{"points", measurements.size()},
                               {"invocations",
                                measurements.size() * static_cast<std::size_t>(arguments.repeats)}}
                       .dump(2)
                << "\n";
    }
    return kDone;
  }

  platform::Spawner spawner;
  Interruption interruption([] {});
  platform::LocalPlatform platform(std::move(local), spawner);
  interruption.set_action([&platform] { platform.interrupt(); });
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";

  std::vector<estimator::Sample> samples;
  int invocations = 0;
  Usd cost;
  const auto count = [&](const estimator::Sample& sample) {
    ++invocations;
    cost += cost_of(workspace.prices, sample);
  };
  if (!arguments.input.empty()) {
    std::cerr << fmt::format("Running the workflow once to see its jobs (cpu_scale {:.3g}) ...\n",
                             cpu_scale);
    const Json input = parse_json(read_file(arguments.input), arguments.input.string());
    EventsByFunction seen;
    const executor::RunSummary summary = run_once(workspace, platform, interruption, input, seen);
    if (summary.status == executor::RunStatus::interrupted) return kInterrupted;
    if (summary.status == executor::RunStatus::failed) {
      throw Error(fmt::format("the workflow failed in {}: {}: {}", summary.step, summary.error,
                              summary.cause));
    }
    for (auto& [name, jobs] : seen) events.try_emplace(name, std::move(jobs));
    samples = samples_of(summary, workspace.workflow);
    for (const estimator::Sample& sample : samples) count(sample);
    std::cerr << fmt::format("  ended in {}\n", format_duration(summary.duration));
  }
  for (const auto& [name, function] : platform.options().functions) {
    if (!events.contains(name)) {
      throw InvalidInput(fmt::format(
          "{}: functions.{}: there is nothing to measure it with; name a file of sample jobs "
          "(profile: {{events: FILE.json}}), or give the workflow's own input with --input",
          workspace.project.file.string(), name));
    }
  }

  std::vector<executor::Measurement> measurements = measurements_of(workspace, events, arguments);
  executor::MeasureOptions options;
  options.repeats = arguments.repeats;
  options.vcpus = std::max(1u, std::thread::hardware_concurrency()) / cpu_scale;
  if (arguments.budget_invocations > 0) {
    options.max_invocations = std::max(0, arguments.budget_invocations - invocations);
  }
  if (!arguments.budget_time.empty()) {
    options.until = platform.now() + parse_duration(arguments.budget_time, "--budget-time");
  }
  options.interrupted = [&] {
    return interruption.requested() ||
           (arguments.budget_usd > 0 && cost.value >= arguments.budget_usd);
  };
  options.ended = [&](const estimator::Sample& sample) {
    count(sample);
    std::cerr << fmt::format(
        "  {:<12} {:>5} MB  {} {:<9}  {:>2} {:<4}  {:>9}{}\n", sample.function, sample.memory.value,
        sample.processes, sample.processes == 1 ? "process" : "processes", sample.jobs,
        sample.jobs == 1 ? "job" : "jobs", format_duration(Seconds(*sample.duration_ms / 1e3)),
        sample.cold   ? "  (cold)"
        : sample.ok() ? ""
                      : "  " + sample.status);
  };
  std::cerr << fmt::format("Measuring {} functions at {} test points ...\n", events.size(),
                           measurements.size());
  const executor::MeasureSummary measured =
      executor::measure(platform, std::move(measurements), options);
  samples.insert(samples.end(), measured.samples.begin(), measured.samples.end());

  // What was measured is kept, also when the rest was interrupted.
  write_file(arguments.output, estimator::write_samples(samples));
  std::cerr << fmt::format("{} invocations, at Lambda's prices {}; {} samples in {}\n", invocations,
                           report::format_usd(cost.value), samples.size(),
                           arguments.output.string());
  if (arguments.json) std::cout << report_of(samples, invocations, cost).dump(2) << "\n";
  return interruption.requested() ? kInterrupted : kDone;
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
