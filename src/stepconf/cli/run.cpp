#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <limits>

#include "stepconf/asl/execution.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/progress.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/executor/executor.h"
#include "stepconf/executor/given_configurations.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

struct RunArguments {
  std::filesystem::path project = ".";
  std::filesystem::path input;
  std::filesystem::path models;
  std::filesystem::path trace;
  std::string slo;
  std::string strategy;
  bool logs = false;
  bool json = false;
};

const char* to_text(executor::RunStatus status) {
  switch (status) {
    case executor::RunStatus::succeeded:
      return "succeeded";
    case executor::RunStatus::failed:
      return "failed";
    case executor::RunStatus::interrupted:
      return "interrupted";
  }
  return "";
}

OrderedJson to_json(const executor::RunSummary& summary, const std::optional<Seconds>& slo,
                    bool met) {
  OrderedJson result = {{"status", to_text(summary.status)},
                        {"slo_s", slo ? OrderedJson(slo->count()) : OrderedJson(nullptr)},
                        {"duration_s", summary.duration.count()},
                        {"met", slo ? OrderedJson(met) : OrderedJson(nullptr)},
                        {"cost_usd", summary.cost.value}};
  if (summary.status == executor::RunStatus::succeeded) {
    result["output"] = OrderedJson::parse(summary.output.dump());
  } else if (summary.status == executor::RunStatus::failed) {
    result["error"] = summary.error;
    result["cause"] = summary.cause;
    result["step"] = summary.step;
  }
  result["steps"] = OrderedJson::array();
  for (const executor::StepRecord& step : summary.steps) {
    result["steps"].push_back(executor::to_json(step));
  }
  return result;
}

std::string seconds_or_dash(const std::optional<Seconds>& time) {
  return time ? format_duration(*time) : "-";
}

void print(const executor::RunSummary& summary, const std::optional<Seconds>& slo, bool met,
           std::ostream& out) {
  using report::Align;
  report::Table table({{"step"},
                       {"jobs", Align::right},
                       {"MB x instances x processes"},
                       {"may take", Align::right},
                       {"predicted", Align::right},
                       {"took", Align::right},
                       {"predicted", Align::right},
                       {"cost", Align::right}});
  for (const executor::StepRecord& step : summary.steps) {
    table.add(
        {step.attempt > 1 ? fmt::format("{} (attempt {})", step.step, step.attempt) : step.step,
         std::to_string(step.jobs),
         fmt::format("{} x {} x {}", step.configuration.memory.value, step.detail.size(),
                     step.configuration.processes),
         seconds_or_dash(step.sub_slo), seconds_or_dash(step.predicted),
         format_duration(step.ended - step.ready),
         step.predicted_cost ? report::format_usd(step.predicted_cost->value) : "-",
         report::format_usd(step.cost.value)});
  }
  out << "\n" << table.text() << "\n";
  switch (summary.status) {
    case executor::RunStatus::succeeded:
      out << fmt::format("Succeeded in {}, {}.", format_duration(summary.duration),
                         report::format_usd(summary.cost.value));
      if (slo) {
        out << fmt::format(
            " The SLO of {} was {}, by {}.", format_duration(*slo), met ? "met" : "missed",
            format_duration(met ? *slo - summary.duration : summary.duration - *slo));
      }
      out << "\n";
      break;
    case executor::RunStatus::failed:
      out << fmt::format("Failed after {}{}: {}: {}\n", format_duration(summary.duration),
                         summary.step.empty() ? "" : " in " + summary.step, summary.error,
                         summary.cause);
      break;
    case executor::RunStatus::interrupted:
      out << fmt::format("Interrupted after {}.\n", format_duration(summary.duration));
      break;
  }
}

std::unique_ptr<optimizer::Strategy> without_models(const Workspace& workspace) {
  std::vector<estimator::Configuration> smallest;
  for (const workflow::Step& step : workspace.workflow.steps) {
    const auto space = project::configuration_space(workspace.project, step.function);
    smallest.push_back(
        {{space.memory_mb.front()}, space.instances.front(), space.processes.front()});
  }
  return std::make_unique<executor::GivenConfigurations>(std::move(smallest),
                                                         "no models: the smallest configuration");
}

Json read_input(const std::filesystem::path& path) {
  if (path.empty()) return Json::object();
  return parse_json(read_file(path), path.string());
}

std::size_t widest_name(const workflow::Workflow& workflow) {
  std::size_t widest = 0;
  for (const workflow::Step& step : workflow.steps) widest = std::max(widest, step.name.size());
  return widest;
}

int run_verb(const RunArguments& arguments) {
  const Workspace workspace =
      open_workspace(arguments.project, arguments.models, ModelsAre::welcome);
  const Json input = read_input(arguments.input);
  const auto slo = slo_of(workspace.project, arguments.slo, &input);
  auto local = local_options(workspace, [&](std::string_view function, std::string_view line) {
    if (arguments.logs) std::cerr << fmt::format("           {}: {}\n", function, line);
  });

  // Without an SLO any duration will do.
  const Seconds allowed = slo.value_or(Seconds(std::numeric_limits<double>::max()));
  std::optional<optimizer::Frontiers> frontiers;
  cache::InMemoryCache cache;
  std::unique_ptr<optimizer::Strategy> strategy;
  const std::string name = strategy_of(workspace.project, arguments.strategy);
  if (workspace.options) {
    frontiers.emplace(workspace.workflow, *workspace.options);
    strategy = optimizer::make_strategy(name, {.frontiers = *frontiers,
                                               .slo = allowed,
                                               .headroom = workspace.project.headroom,
                                               .cache = cache});
  } else {
    std::cerr << "There are no models: every step runs at its smallest configuration.\n";
    strategy = without_models(workspace);
  }

  std::ofstream trace;
  if (!arguments.trace.empty()) {
    if (arguments.trace.has_parent_path()) {
      std::filesystem::create_directories(arguments.trace.parent_path());
    }
    trace.open(arguments.trace);
    if (!trace) throw Error(fmt::format("{}: cannot be written", arguments.trace.string()));
  }

  platform::Spawner spawner;
  Interruption interruption;
  platform::LocalPlatform platform(std::move(local), spawner);
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";

  const ExecutionName execution = name_execution();
  std::unique_ptr<asl::Flow> flow = make_flow(workspace, input, execution);
  std::cerr << fmt::format("{}: {}, strategy {}, cpu_scale {:.3g}\n", execution.name,
                           slo ? "SLO " + format_duration(*slo) : "no SLO",
                           workspace.options ? name : "none", platform.options().cpu_scale);
  Progress progress(std::cerr, trace.is_open() ? &trace : nullptr, widest_name(workspace.workflow));
  const executor::RunSummary summary =
      executor::run(*flow, workspace.workflow, *strategy, platform, progress,
                    {.execution = execution.name,
                     .slo = slo,
                     .prices = workspace.prices,
                     .paper_cost = workspace.project.paper_cost,
                     .interrupted = [&] { return interruption.requested(); }});
  if (platform.oversubscribed()) {
    std::cerr << fmt::format(
        "warning: sandboxes at work were promised {:.3g} CPUs and there are {:.3g}: "
        "times are too long; lower platform.cpu_scale\n",
        platform.statistics().peak_cpus_asked, platform.statistics().cpus);
  }

  const bool met =
      slo && summary.status == executor::RunStatus::succeeded && summary.duration <= *slo;
  print(summary, slo, met, arguments.json ? std::cerr : std::cout);
  if (arguments.json) std::cout << to_json(summary, slo, met).dump(2) << "\n";
  switch (summary.status) {
    case executor::RunStatus::failed:
      return kFailed;
    case executor::RunStatus::interrupted:
      return kInterrupted;
    case executor::RunStatus::succeeded:
      break;
  }
  return slo && !met ? kSloMissed : kDone;
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<RunArguments>();
  CLI::App* verb = app.add_subcommand("run",
                                      "Run the workflow: configure each step when it becomes "
                                      "ready, so that the whole meets the SLO at the lowest cost");
  add_project(*verb, arguments->project);
  verb->add_option("--input", arguments->input, "JSON file with the execution's input; default {}");
  verb->add_option("--slo", arguments->slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option("--strategy", arguments->strategy, "How to choose; default the project's")
      ->check(not_empty);
  verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_option(
      "--trace", arguments->trace,
      "Write a JSON line a step to this file: what was decided, why, and what came of it");
  verb->add_flag("--logs", arguments->logs,
                 "Show what the functions write to standard output and error");
  verb->add_flag("--json", arguments->json,
                 "Print the result as one JSON document on stdout; the tables go to stderr");
  verb->callback([arguments, &status] { status = run_verb(*arguments); });
}

}  // namespace stepconf::cli
