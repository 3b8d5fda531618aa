#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <limits>
#include <utility>

#include "stepconf/asl/execution.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/lambda_setup.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/payload_folder.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/progress.h"
#include "stepconf/cli/run_deployed.h"
#include "stepconf/cli/run_recording.h"
#include "stepconf/cli/run_report.h"
#include "stepconf/cli/time_limit.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/executor/executor.h"
#include "stepconf/executor/given_configurations.h"
#include "stepconf/optimizer/percentile_policy.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/platform/large_payloads.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::cli {
namespace {

struct RunArguments {
  std::filesystem::path project = ".";
  std::string deployment;
  std::filesystem::path input;
  std::filesystem::path models;
  std::filesystem::path plan;
  std::filesystem::path trace;
  std::string slo;
  std::string strategy;
  bool explain = false;
  bool logs = false;
  bool json = false;
};

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

// The strategy of one execution, with what it refers to.
class ChosenStrategy {
 public:
  ChosenStrategy(const Workspace& workspace, const std::string& option,
                 const std::optional<Seconds>& slo)
      : name_(strategy_of(workspace, option)) {
    if (!workspace.options) {
      std::cerr << "There are no models: every step runs at its smallest configuration.\n";
      name_ = "none";
      strategy_ = without_models(workspace);
      return;
    }
    // Without an SLO any duration will do.
    const Seconds allowed = slo.value_or(Seconds(std::numeric_limits<double>::max()));
    const std::optional<double> kept =
        name_ == "percentile" && slo ? kept_price(workspace, *slo) : std::nullopt;
    frontiers_ = std::make_unique<optimizer::Frontiers>(workspace.workflow, workspace.choices());
    if (workspace.project.warm_pools) {
      frontiers_->heed_warm_pools({.warm = *workspace.options,
                                   .charges = optimizer::cold_charges(*workspace.options),
                                   .scatter = workspace.scatter.get()});
    }
    policy_ = optimizer::prepare(name_, {.frontiers = *frontiers_,
                                         .slo = allowed,
                                         .headroom = workspace.project.headroom,
                                         .target = workspace.project.target,
                                         .scatter = workspace.scatter.get(),
                                         .log_price = kept,
                                         .prepared = workspace.prepared_for(name_),
                                         .out_of_time = out_of_time_after(kSolverTime)});
    if (const auto* percentile = dynamic_cast<optimizer::PercentilePolicy*>(policy_.get());
        percentile && slo) {
      log_price_ = percentile->log_price();
      if (kept)
        std::cerr << fmt::format("Price of a miss, moved by earlier runs: {:.3f}.\n", *kept);
    }
    strategy_ = policy_->begin(cache_);
  }
  ChosenStrategy(const ChosenStrategy&) = delete;
  ChosenStrategy& operator=(const ChosenStrategy&) = delete;

  const std::string& name() const { return name_; }
  optimizer::Strategy& get() { return *strategy_; }
  // The logarithm of the price of a miss that was planned with; absent where the strategy has none.
  std::optional<double> log_price() const { return log_price_; }

 private:
  std::string name_;
  std::unique_ptr<optimizer::Frontiers> frontiers_;
  cache::InMemoryCache cache_;
  std::unique_ptr<optimizer::Policy> policy_;
  std::unique_ptr<optimizer::Strategy> strategy_;
  std::optional<double> log_price_;
};

Json read_input(const std::filesystem::path& path) {
  if (path.empty()) return Json::object();
  return parse_json(read_file(path), path.string());
}

// Not open where no trace is wanted.
std::ofstream open_trace(const std::filesystem::path& path) {
  std::ofstream trace;
  if (path.empty()) return trace;
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  trace.open(path);
  if (!trace) throw Error(fmt::format("{}: cannot be written", path.string()));
  return trace;
}

std::size_t widest_name(const workflow::Workflow& workflow) {
  std::size_t widest = 0;
  for (const workflow::Step& step : workflow.steps) widest = std::max(widest, step.name.size());
  return widest;
}

// One execution by the executor of this machine, on whatever platform.
executor::RunSummary execute(const Workspace& workspace, const Json& input,
                             const std::optional<Seconds>& slo, ChosenStrategy& strategy,
                             const RunArguments& arguments, platform::Platform& platform,
                             const Interruption& interruption, const std::string& place) {
  std::ofstream trace = open_trace(arguments.trace);
  const ExecutionName execution = name_execution();
  const std::unique_ptr<asl::Flow> flow = make_flow(workspace, input, execution);
  std::cerr << fmt::format("{}: {}, strategy {}, {}\n", execution.name,
                           slo ? "SLO " + format_duration(*slo) : "no SLO", strategy.name(), place);
  Progress progress(std::cerr, trace.is_open() ? &trace : nullptr, widest_name(workspace.workflow),
                    arguments.explain);
  executor::RunSummary summary =
      executor::run(*flow, workspace.workflow, strategy.get(), platform, progress,
                    {.execution = execution.name,
                     .started_at = execution.started,
                     .slo = slo,
                     .prices = workspace.prices,
                     .paper_cost = workspace.project.paper_cost,
                     .warm_pools = workspace.project.warm_pools,
                     .interrupted = [&] { return interruption.requested(); }});
  record_run(workspace, summary, {execution, strategy.name(), slo, strategy.log_price()});
  return summary;
}

executor::RunSummary run_locally(const Workspace& workspace, const Json& input,
                                 const std::optional<Seconds>& slo, ChosenStrategy& strategy,
                                 const RunArguments& arguments) {
  auto local = local_options(workspace, [&](std::string_view function, std::string_view line) {
    if (arguments.logs) std::cerr << fmt::format("           {}: {}\n", function, line);
  });
  platform::Spawner spawner;
  Interruption interruption;
  // Made before the sandboxes, so that it goes when none of them can write into it any more.
  const PayloadFolder payloads;
  platform::LocalPlatform platform(std::move(local), spawner);
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  objects::ObjectStore store(objects::store_options());
  platform::LargePayloads any_size(platform, store, payloads.url());
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";
  executor::RunSummary summary =
      execute(workspace, input, slo, strategy, arguments, any_size, interruption,
              fmt::format("cpu_scale {:.3g}", platform.options().cpu_scale));
  if (platform.oversubscribed()) {
    std::cerr << fmt::format(
        "warning: sandboxes at work were promised {:.3g} CPUs and there are {:.3g}: "
        "times are too long; lower platform.cpu_scale\n",
        platform.statistics().peak_cpus_asked, platform.statistics().cpus);
  }
  return summary;
}

executor::RunSummary run_on_lambda(const Workspace& workspace, const Json& input,
                                   const std::optional<Seconds>& slo, ChosenStrategy& strategy,
                                   const RunArguments& arguments) {
  if (arguments.logs) {
    std::cerr << "--logs: what functions on Lambda write is in CloudWatch Logs, not here\n";
  }
  Interruption interruption;
  const LambdaPlace place = open_lambda(workspace, arguments.deployment);
  check_sizes(workspace, place.names, place.targets);
  platform::LambdaPlatform platform(
      lambda_options(place, platform::ServiceFailures::are_completions));
  const Interruption::Effect effect(interruption, [&platform] { platform.interrupt(); });
  executor::RunSummary summary = execute(workspace, input, slo, strategy, arguments, platform,
                                         interruption, "Lambda in " + place.names.account().region);
  report_use(platform);
  return summary;
}

int exit_status(const executor::RunSummary& summary, const std::optional<Seconds>& slo) {
  switch (summary.status) {
    case executor::RunStatus::failed:
      return kFailed;
    case executor::RunStatus::interrupted:
      return kInterrupted;
    case executor::RunStatus::succeeded:
      break;
  }
  return slo && !met_slo(summary, slo) ? kSloMissed : kDone;
}

void print(const executor::RunSummary& summary, const std::optional<Seconds>& slo, bool json) {
  cli::print(summary, slo, json ? std::cerr : std::cout);
  if (json)
    std::cout
        << cli::to_json(summary, slo).dump(2, ' ', false, OrderedJson::error_handler_t::replace)
        << "\n";
}

// What is deployed decides, not this command line.
void refuse_choices(const RunArguments& arguments) {
  for (const auto& [given, option] : {std::pair(!arguments.strategy.empty(), "--strategy"),
                                      {!arguments.models.empty(), "--models"},
                                      {!arguments.plan.empty(), "--plan"},
                                      {arguments.logs, "--logs"}}) {
    if (!given) continue;
    throw InvalidInput(
        fmt::format("{}: has no meaning with platform.dispatch step-functions: there the deployed "
                    "configurator decides; give it to `stepconf deploy`",
                    option));
  }
}

int run_on_step_functions(const RunArguments& arguments) {
  refuse_choices(arguments);
  const Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  const Json input = read_input(arguments.input);
  const auto slo = slo_of(workspace.project, arguments.slo, &input);
  std::ofstream trace = open_trace(arguments.trace);
  Progress progress(std::cerr, trace.is_open() ? &trace : nullptr, widest_name(workspace.workflow),
                    arguments.explain);
  const executor::RunSummary summary = run_deployed({.workspace = workspace,
                                                     .deployment = arguments.deployment,
                                                     .input = input,
                                                     .slo = slo,
                                                     .observer = progress});
  print(summary, slo, arguments.json);
  return exit_status(summary, slo);
}

int run_verb(const RunArguments& arguments) {
  const project::PlatformChoice platform = project::load_project(arguments.project).platform;
  if (platform.kind == "lambda" && platform.dispatch == "step-functions")
    return run_on_step_functions(arguments);
  Workspace workspace =
      open_workspace(arguments.project, arguments.models,
                     arguments.plan.empty() ? ModelsAre::welcome : ModelsAre::ignored);
  if (!arguments.plan.empty()) use_plan(workspace, arguments.plan);
  const Json input = read_input(arguments.input);
  const auto slo = slo_of(workspace.project, arguments.slo, &input);
  ChosenStrategy strategy(workspace, arguments.strategy, slo);
  const auto run = runs_on_lambda(workspace.project) ? run_on_lambda : run_locally;
  const executor::RunSummary summary = run(workspace, input, slo, strategy, arguments);
  print(summary, slo, arguments.json);
  return exit_status(summary, slo);
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<RunArguments>();
  CLI::App* verb = app.add_subcommand("run",
                                      "Run the workflow: configure each step when it becomes "
                                      "ready, so that the whole meets the SLO at the lowest cost");
  add_project(*verb, arguments->project);
  add_deployment(*verb, arguments->deployment);
  verb->add_option("--input", arguments->input, "JSON file with the execution's input; default {}");
  verb->add_option("--slo", arguments->slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option("--strategy", arguments->strategy, "How to choose; default the project's")
      ->check(not_empty);
  CLI::Option* models =
      verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_option("--plan", arguments->plan,
                   "Decide by this plan file, made by `plan --save`: its models, prices, SLO and "
                   "strategy take the place of the project's")
      ->check(not_empty)
      ->excludes(models);
  verb->add_option(
      "--trace", arguments->trace,
      "Write a JSON line a step to this file: what was decided, why, and what came of it");
  verb->add_flag("--explain", arguments->explain,
                 "Explain each decision: the time left, what bound the choice, the next cheaper "
                 "option and what it would have risked");
  verb->add_flag("--logs", arguments->logs,
                 "Show what the functions write to standard output and error");
  verb->add_flag("--json", arguments->json,
                 "Print the result as one JSON document on stdout; the tables go to stderr");
  verb->callback([arguments, &status] { status = run_verb(*arguments); });
}

}  // namespace stepconf::cli
