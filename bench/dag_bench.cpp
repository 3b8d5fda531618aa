// How far branch and bound comes on general DAGs: time, share proved and certified gap for growing
// sizes, shapes and limits; and whether it agrees with COIN-OR CBC, with the times of both. One
// thread each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/random_problem.h"
#include "stepconf/solver/contraction.h"
#include "stepconf/solver/dag_solver.h"
#include "tests/solver/cbc.h"

namespace stepconf::bench {
namespace {

using solver::Problem;
using solver::Solution;

constexpr double kLimits[] = {1.05, 1.2, 1.5, 2, 3};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double fastest(const Problem& problem) {
  return evaluate(problem, std::vector<int>(problem.options.size(), 0)).total.seconds;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size()))) -
                1];
}

struct Times {
  std::vector<double> seconds{}, gaps{};
  int proved = 0;

  void add(double began, double reached, double bound, bool is_proved) {
    seconds.push_back(now() - began);
    gaps.push_back(100 * (reached / bound - 1));
    proved += is_proved;
  }
  std::string row() const {
    return fmt::format("{:>4}/{:<4} {:9.3f} {:9.3f} {:9.3f}   {:8.4f} {:8.4f}", proved,
                       seconds.size(), quantile(seconds, 0.5), quantile(seconds, 0.9),
                       quantile(seconds, 1), quantile(gaps, 0.9), quantile(gaps, 1));
  }
};

constexpr const char* kHeader = "proved      median s    p90 s     max s      p90 %    max %";

void solve_sizes(const std::vector<int>& sizes, int seeds, double seconds) {
  fmt::print(
      "Cheapest within a limit (times the fastest), {} workflows a line, {} s each at most.\n",
      seeds, seconds);
  fmt::print("Gap: how much dearer than the certified bound.\n\n{:>5} {:<8} {:>5} {:>5} {}\n",
             "steps", "shape", "core", "limit", kHeader);
  for (const int size : sizes) {
    for (const auto& [shape, name] : kShapes) {
      for (const double factor : kLimits) {
        Times times;
        int core = 0;
        for (int seed = 1; seed <= seeds; ++seed) {
          std::mt19937 random(seed * 1000 + size);
          const Problem problem = random_problem(shape, size, random);
          const double limit = factor * fastest(problem);
          core += solver::Contraction(problem).core().graph.size();
          const double began = now();
          solver::SolverOptions options;
          options.out_of_time = [&] { return now() - began > seconds; };
          const Solution found = make_dag_solver(problem, options)->cheapest_within(limit);
          times.add(began, found.best.total.usd, found.lower_bound, found.proved);
        }
        fmt::print("{:>5} {:<8} {:>5} {:>5} {}\n", size, name, core / seeds, factor, times.row());
        std::fflush(stdout);
      }
    }
  }
}

void solve_budgets(const std::vector<int>& sizes, int seeds, double seconds) {
  fmt::print(
      "\nFastest within a budget, the cost of the optimum at 1.5 times the fastest.\n\n{:>5} {:<8} "
      "{}\n",
      "steps", "shape", kHeader);
  for (const int size : sizes) {
    for (const auto& [shape, name] : kShapes) {
      Times times;
      for (int seed = 1; seed <= seeds; ++seed) {
        std::mt19937 random(seed * 1000 + size);
        const Problem problem = random_problem(shape, size, random);
        double began = now();
        solver::SolverOptions options;
        options.out_of_time = [&] { return now() - began > seconds; };
        const auto solver = make_dag_solver(problem, options);
        const double budget = solver->cheapest_within(1.5 * fastest(problem)).best.total.usd;
        began = now();
        const Solution found = solver->fastest_within(budget);
        times.add(began, found.best.total.seconds, found.lower_bound, found.proved);
      }
      fmt::print("{:>5} {:<8} {}\n", size, name, times.row());
      std::fflush(stdout);
    }
  }
}

void compare_with_cbc(int count) {
  double ours = 0, theirs = 0, worst = 0;
  int disagree = 0, unproved = 0, failed = 0;
  for (int seed = 1; seed <= count; ++seed) {
    std::mt19937 random(seed);
    const int size = 4 + static_cast<int>(random() % 21);
    const Shape shape = kShapes[random() % (size < 11 ? 3 : 4)].first;
    const Problem problem = random_problem(shape, size, random);
    const double limit = kLimits[random() % 5] * fastest(problem);
    const double began = now();
    const Solution found = solver::make_dag_solver(problem)->cheapest_within(limit);
    ours += now() - began;
    const auto answer = tests::solve_with_cbc(problem, limit);
    if (!answer) {
      ++failed;
      continue;
    }
    theirs += answer->took;
    const double difference = std::abs(found.best.total.usd / answer->best.total.usd - 1);
    worst = std::max(worst, difference);
    disagree += difference > 1e-6;
    unproved += !found.proved || !answer->optimal;
  }
  fmt::print(
      "\nAgainst COIN-OR CBC: {} workflows of 4 to 24 steps x 192 configurations, limits as "
      "above.\n"
      "disagree by more than 1e-6: {}; largest difference: {:.2g}; not proved: {}; CBC failed: {}\n"
      "time: ours {:.3f} s, CBC {:.3f} s with the start of its process; ratio {:.0f}\n",
      count, disagree, worst, unproved, failed, ours, theirs, theirs / ours);
}

}  // namespace
}  // namespace stepconf::bench

int main(int argc, char** argv) {
  std::vector<int> sizes = {24, 50, 100, 200}, budgets = {24, 50};
  int seeds = 5, judged = 100;
  double seconds = 10;
  CLI::App app("Branch and bound on general DAGs");
  app.add_option("--sizes", sizes, "Steps")->capture_default_str();
  app.add_option("--budget-sizes", budgets, "Steps, for limits in cost")->capture_default_str();
  app.add_option("--seeds", seeds, "Workflows a line")->capture_default_str();
  app.add_option("--seconds", seconds, "Time limit of a search")->capture_default_str();
  app.add_option("--judged", judged, "Workflows solved by CBC too")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  stepconf::bench::solve_sizes(sizes, seeds, seconds);
  stepconf::bench::solve_budgets(budgets, seeds, seconds);
  if (!stepconf::tests::has_cbc()) {
    fmt::print("\nNo program cbc: not compared (Debian package coinor-cbc).\n");
    return 0;
  }
  stepconf::bench::compare_with_cbc(judged);
}
