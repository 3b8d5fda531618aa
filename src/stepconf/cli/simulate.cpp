#include "stepconf/simulation/simulate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/cli/beliefs.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

using simulation::Result;

constexpr int kMostRuns = 10'000'000;

struct SimulateArguments {
  std::filesystem::path project = ".";
  std::filesystem::path models, plan;
  std::vector<std::string> strategies;
  int runs = 1000;
  std::uint64_t seed = 1;
  std::string slo;
  std::optional<double> target, headroom;
  bool json = false;
};

// Tells how far a simulation is on stderr, at most once a second, where a person sees it.
class Counter {
 public:
  Counter(std::string strategy, int runs, const Interruption& interruption)
      : strategy_(std::move(strategy)), runs_(runs), interruption_(interruption) {}
  ~Counter() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  bool operator()(int done) {
    const auto now = std::chrono::steady_clock::now();
    if (terminal_ && now - last_ > std::chrono::seconds(1)) {
      last_ = now;
      shown_ = true;
      std::cerr << fmt::format("\r{}: {} of {} runs", strategy_, done, runs_) << std::flush;
    }
    return !interruption_.requested();
  }

 private:
  std::string strategy_;
  int runs_;
  const Interruption& interruption_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

OrderedJson to_json(const simulation::Distribution& values, bool with_p99) {
  OrderedJson result = {
      {"mean", values.mean}, {"p5", values.p5}, {"p50", values.p50}, {"p95", values.p95}};
  if (with_p99) result["p99"] = values.p99;
  return result;
}

OrderedJson to_json(const std::vector<Result>& results, const OrderedJson& skipped,
                    const SimulateArguments& arguments, Seconds slo) {
  OrderedJson strategies = OrderedJson::array();
  for (const Result& result : results) {
    strategies.push_back({{"strategy", result.strategy},
                          {"attainment", result.attainment},
                          {"attainment_ci", {result.interval.lower, result.interval.upper}},
                          {"cost_usd", to_json(result.cost_usd, false)},
                          {"duration_s", to_json(result.duration_s, true)}});
  }
  OrderedJson document = {{"runs", arguments.runs},
                          {"seed", arguments.seed},
                          {"slo_s", slo.count()},
                          {"strategies", std::move(strategies)}};
  if (!skipped.empty()) document["skipped"] = skipped;
  return document;
}

void print(const std::vector<Result>& results, const SimulateArguments& arguments, Seconds slo) {
  using report::Align;
  const auto bound = std::ranges::find(results, simulation::kClairvoyant, &Result::strategy);
  std::vector<report::Table::Column> columns = {{"strategy"},
                                                {"within SLO", Align::right},
                                                {"95 % interval", Align::right},
                                                {"mean cost", Align::right}};
  if (bound != results.end()) columns.push_back({"of clairvoyant's", Align::right});
  for (const char* title : {"cost p95", "time p50", "p95", "p99"})
    columns.push_back({title, Align::right});
  report::Table table(columns);
  const auto time = [](double seconds) { return format_duration(Seconds(seconds)); };
  for (const Result& result : results) {
    std::vector<std::string> cells = {
        result.strategy, fmt::format("{:.1f} %", 100 * result.attainment),
        fmt::format("{:.1f} - {:.1f} %", 100 * result.interval.lower, 100 * result.interval.upper),
        report::format_usd(result.cost_usd.mean)};
    if (bound != results.end()) {
      cells.push_back(bound->cost_usd.mean > 0
                          ? fmt::format("{:.3f}", result.cost_usd.mean / bound->cost_usd.mean)
                          : "-");
    }
    cells.insert(cells.end(), {report::format_usd(result.cost_usd.p95), time(result.duration_s.p50),
                               time(result.duration_s.p95), time(result.duration_s.p99)});
    table.add(std::move(cells));
  }
  std::cout << fmt::format("{} simulated run{}, SLO {}, seed {}\n\n", arguments.runs,
                           arguments.runs == 1 ? "" : "s", format_duration(slo), arguments.seed)
            << table.text();
}

void check_names(const std::vector<std::string>& names) {
  const auto known = simulation::known_strategies();
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string close = nearest(name, known);
    throw InvalidInput(fmt::format("--strategy: unknown strategy \"{}\"{}; known: {}", name,
                                   close.empty() ? "" : fmt::format(", meant \"{}\"?", close),
                                   fmt::join(known, ", ")));
  }
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end())
    throw InvalidInput(fmt::format("--strategy: \"{}\" is named twice", *twice));
}

void require_usable(const SimulateArguments& arguments) {
  if (arguments.target && !(*arguments.target > 0 && *arguments.target < 1)) {
    throw InvalidInput(
        fmt::format("--target is {}, must be more than 0 and less than 1", *arguments.target));
  }
  if (arguments.headroom && !(*arguments.headroom >= 0 && *arguments.headroom < 1)) {
    throw InvalidInput(
        fmt::format("--headroom is {}, must be at least 0 and less than 1", *arguments.headroom));
  }
}

std::vector<std::string> strategies_of(const SimulateArguments& arguments,
                                       const Workspace& workspace) {
  if (!arguments.strategies.empty()) return arguments.strategies;
  if (workspace.plan) return {workspace.plan->goal.strategy};
  const auto known = simulation::known_strategies();
  return {known.begin(), known.end()};
}

int simulate_verb(const SimulateArguments& arguments) {
  check_names(arguments.strategies);
  const Interruption interruption;
  Workspace opened =
      open_workspace(arguments.project, arguments.models,
                     arguments.plan.empty() ? ModelsAre::needed : ModelsAre::ignored);
  if (!arguments.plan.empty()) use_plan(opened, arguments.plan);
  const Workspace& workspace = opened;
  const bool all = arguments.strategies.empty() && !workspace.plan;
  const std::optional<Seconds> slo = slo_of(workspace.project, arguments.slo, nullptr);
  if (!slo) {
    throw InvalidInput(fmt::format("{}: lacks \"slo\"; give one there or with --slo 20s",
                                   workspace.project.file.string()));
  }
  require_usable(arguments);
  const auto charge = charge_of(workspace);
  Beliefs beliefs(workspace, std::nullopt);
  Beliefs charged_beliefs(workspace, charge);
  optimizer::Frontiers frontiers(workspace.workflow, beliefs.options());
  optimizer::Frontiers charged_frontiers(workspace.workflow, charged_beliefs.options());
  simulation::Service service;
  if (const auto& given = workspace.project.simulation)
    service = {given->keep_alive, given->concurrency, given->every};
  if (workspace.project.warm_pools && service.keep_alive) {
    service.told = true;
    beliefs.heed_warm_pools(frontiers);
    charged_beliefs.heed_warm_pools(charged_frontiers);
  }
  const auto inputs = [&](optimizer::Frontiers& believed, const Beliefs& from) {
    return optimizer::StrategyInputs{
        .frontiers = believed,
        .slo = *slo,
        .headroom = arguments.headroom.value_or(workspace.project.headroom),
        .target = arguments.target.value_or(workspace.project.target),
        .scatter = &from.scatter()};
  };
  optimizer::StrategyInputs believed = inputs(frontiers, beliefs);
  optimizer::StrategyInputs believed_charged = inputs(charged_frontiers, charged_beliefs);
  const auto scatter = true_scatter(workspace.project, *workspace.options);
  const simulation::Truth truth{workspace.workflow, *workspace.options, *scatter, service};
  std::vector<Result> results;
  OrderedJson skipped = OrderedJson::array();
  for (const std::string& name : strategies_of(arguments, workspace)) {
    Counter counter(name, arguments.runs, interruption);
    believed.prepared = believed_charged.prepared = workspace.prepared_for(name);
    simulation::Setting setting{.truth = truth,
                                .believed = believed,
                                .believed_charged = believed_charged,
                                .charge = charge,
                                .runs = arguments.runs,
                                .seed = arguments.seed,
                                .go_on = [&](int done) { return counter(done); }};
    try {
      auto result = simulation::simulate(name, setting);
      if (!result) {
        std::cerr << "interrupted\n";
        return kInterrupted;
      }
      results.push_back(std::move(*result));
    } catch (const InvalidInput& error) {
      if (!all || name == simulation::kFastest) throw;
      std::cerr << fmt::format("{} is left out: {}\n", name, error.what());
      skipped.push_back({{"strategy", name}, {"reason", error.what()}});
    }
  }
  if (arguments.json) {
    std::cout << to_json(results, skipped, arguments, *slo).dump(2) << "\n";
  } else {
    print(results, arguments, *slo);
  }
  return kDone;
}

}  // namespace

void add_simulate(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<SimulateArguments>();
  CLI::App* verb = app.add_subcommand(
      "simulate", "Compare strategies over many simulated runs in which durations scatter");
  add_project(*verb, arguments->project);
  verb->add_option("--strategy", arguments->strategies,
                   fmt::format("Strategies to compare, divided by commas; default all, with --plan "
                               "the plan's: {}",
                               fmt::join(simulation::known_strategies(), ", ")))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(not_empty);
  verb->add_option("--runs", arguments->runs, "Runs of each strategy")
      ->check(CLI::Range(1, kMostRuns))
      ->capture_default_str();
  verb->add_option("--seed", arguments->seed,
                   "Which luck: the same seed gives the same result, and every strategy the same "
                   "luck")
      ->capture_default_str();
  verb->add_option("--slo", arguments->slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option("--target", arguments->target,
                   "Share of runs that percentile is to bring within the SLO; default the "
                   "project's");
  verb->add_option("--headroom", arguments->headroom,
                   "Share of the SLO that no strategy plans for; default the project's");
  CLI::Option* models =
      verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_option(
          "--plan", arguments->plan,
          "Decide by this plan file, made by `plan --save`, as `run --plan` does, and play "
          "its models: they, its prices, SLO and strategy take the place of the project's")
      ->check(not_empty)
      ->excludes(models);
  verb->add_flag("--json", arguments->json, "Print one JSON document instead of a table");
  verb->callback([arguments, &status] { status = simulate_verb(*arguments); });
}

}  // namespace stepconf::cli
