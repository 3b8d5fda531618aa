// Whether the strategies `optimal` and `exact` find the least cost, judged by COIN-OR CBC, with the
// times of both; and how much dearer the heuristics and the restricted strategies are than it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench/random_problem.h"
#include "bench/table_workflow.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/optimizer/problem_of.h"
#include "tests/solver/cbc.h"
#include "tests/workflow/random_series_parallel.h"

namespace stepconf::bench {
namespace {

constexpr double kLimits[] = {1.05, 1.2, 1.5, 2, 3};
// How much dearer than the optimum the paper found Algorithm 2, at most, in %.
constexpr double kRegion = 16.48;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Seconds fastest(optimizer::Frontiers& frontiers) {
  return optimizer::fastest_plan(frontiers, Seconds(0)).duration;
}

// What a strategy's own plan costs if every duration comes out as predicted; absent where it misses
// the SLO.
std::optional<double> cost_of(std::string_view strategy, const optimizer::StrategyInputs& inputs) {
  cache::InMemoryCache cache;
  const auto policy = optimizer::prepare(strategy, inputs);
  const auto decides = policy->begin(cache);
  const optimizer::Plan plan = optimizer::follow(*decides, inputs.frontiers, inputs.slo);
  if (!plan.feasible) return std::nullopt;
  return plan.cost.value;
}

workflow::Graph random_shape(bool series_parallel, int size, std::mt19937& random) {
  if (series_parallel) return tests::random_series_parallel(size, random);
  return random_graph(kShapes[random() % (size < 11 ? 3 : 4)].first, size, random);
}

struct Judged {
  double worst = 0;
  double seconds = 0;
  int misses = 0;

  void add(std::optional<double> usd, double least) {
    if (!usd) ++misses;
    if (usd) worst = std::max(worst, std::abs(*usd / least - 1));
  }
};

void judge(int count) {
  fmt::print(
      "Against COIN-OR CBC: {} workflows a line, 4 to 24 steps x 192 configurations, SLO 1.05 to 3 "
      "times the fastest.\n\n{:<16} {:>20} {:>20} {:>10} {:>10} {:>10} {:>11}\n",
      count, "workflows", "optimal, difference", "exact, difference", "optimal s", "exact s",
      "CBC s", "CBC crashed");
  for (const bool series_parallel : {true, false}) {
    Judged optimal, exact;
    double cbc_seconds = 0;
    int crashed = 0;
    for (int seed = 1; seed <= count + crashed; ++seed) {
      std::mt19937 random(seed);
      const int size = 4 + static_cast<int>(random() % 21);
      const TableWorkflow tables(random_shape(series_parallel, size, random), random);
      optimizer::Frontiers frontiers(tables.workflow(), tables);
      const Seconds slo = kLimits[random() % std::size(kLimits)] * fastest(frontiers);
      const auto answer = tests::solve_with_cbc(optimizer::problem_of(frontiers), slo.count());
      if (!answer) {
        ++crashed;
        continue;
      }
      cbc_seconds += answer->took;
      const double least = answer->best.total.usd;
      for (const auto& [judged, name] : {std::pair(&optimal, "optimal"), {&exact, "exact"}}) {
        const double began = now();
        const auto usd = cost_of(name, {frontiers, slo});
        judged->seconds += now() - began;
        judged->add(usd, least);
      }
    }
    fmt::print("{:<16} {:>20} {:>20} {:>10.3f} {:>10.3f} {:>10.3f} {:>11}\n",
               series_parallel ? "series-parallel" : "general",
               fmt::format("{:.2g}, {} missed", optimal.worst, optimal.misses),
               fmt::format("{:.2g}, {} missed", exact.worst, exact.misses), optimal.seconds,
               exact.seconds, cbc_seconds, crashed);
  }
}

void measure_gaps(int count, int size, std::string_view what,
                  std::vector<Row> (*rows)(std::mt19937&)) {
  fmt::print(
      "\nDearer than the optimum, in %, {}: {} series-parallel workflows a line, {} steps x 192 "
      "configurations.\nPlans that miss the SLO have no gap.\n\n{:>5} {:<11} {:>6} {:>8} {:>8} "
      "{:>8} {:>14}\n",
      what, count, size, "SLO", "strategy", "meet", "mean", "median", "largest",
      fmt::format("within {} %", kRegion));
  for (const double factor : {1.2, 1.5, 2.0, 3.0}) {
    for (const char* name : {"exact", "stepconf", "static", "inter-only", "intra-only", "no-no"}) {
      std::vector<double> gaps;
      for (int seed = 1; seed <= count; ++seed) {
        std::mt19937 random(seed);
        const TableWorkflow tables(tests::random_series_parallel(size, random), random, rows);
        optimizer::Frontiers frontiers(tables.workflow(), tables);
        const optimizer::StrategyInputs inputs{frontiers, factor * fastest(frontiers)};
        const auto usd = cost_of(name, inputs);
        if (usd) gaps.push_back(100 * (*usd / *cost_of("optimal", inputs) - 1));
      }
      const std::string head = fmt::format("{:>5} {:<11} {:>6}", factor, name, gaps.size());
      if (gaps.empty()) {
        fmt::print("{}\n", head);
        continue;
      }
      std::ranges::sort(gaps);
      const auto within = std::ranges::count_if(gaps, [](double gap) { return gap <= kRegion; });
      fmt::print("{} {:>8.2f} {:>8.2f} {:>8.2f} {:>12.1f} %\n", head,
                 std::accumulate(gaps.begin(), gaps.end(), 0.0) / static_cast<double>(gaps.size()),
                 gaps[gaps.size() / 2], gaps.back(),
                 100.0 * static_cast<double>(within) / static_cast<double>(gaps.size()));
    }
  }
}

}  // namespace
}  // namespace stepconf::bench

int main(int argc, char** argv) {
  int judged = 100, workflows = 200, steps = 16;
  CLI::App app("Exact strategies against a judge, the others against the optimum");
  app.add_option("--judged", judged, "Workflows of each kind solved by CBC too")
      ->capture_default_str();
  app.add_option("--workflows", workflows, "Workflows a line of the second table")
      ->capture_default_str();
  app.add_option("--steps", steps, "Their steps")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (stepconf::tests::has_cbc()) {
    stepconf::bench::judge(judged);
  } else {
    fmt::print("No program cbc: not judged (Debian package coinor-cbc).\n");
  }
  stepconf::bench::measure_gaps(workflows, steps, "loads like the paper's",
                                stepconf::bench::paper_like_rows);
  stepconf::bench::measure_gaps(workflows, steps, "durations that scatter by configuration",
                                stepconf::bench::random_rows);
}
