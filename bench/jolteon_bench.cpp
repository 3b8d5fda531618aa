// The static form of a percentile bound on Jolteon's workflows (pkusys/Jolteon, NSDI 2024,
// Apache-2.0): one configuration a stage, chosen before the execution, so that the end-to-end
// duration stays within the bound in 95 % of the samples at least cost. Ours against Jolteon's
// method, on the same samples of the same model, with every choice of the grid as judge.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "bench/jolteon/peer.h"
#include "bench/jolteon/stages.h"
#include "stepconf/solver/dag_solver.h"
#include "stepconf/solver/sampled.h"

namespace stepconf::bench {
namespace {

constexpr double kShare = 0.95;
// As many as its code draws for four stages.
constexpr int kSamples = 2715;
constexpr int kRepeats = 20;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Grid {
  solver::SampledProblem problem{};
  std::vector<std::vector<std::array<int, 2>>> places{};
};

// A chain: the other edges of both workflows follow from it.
Grid grid_of(const std::vector<StageModel>& stages) {
  const int size = static_cast<int>(stages.size());
  Grid grid;
  grid.problem.graph = workflow::Graph(size);
  for (int s = 0; s < size; ++s) {
    const StageModel& stage = stages[s];
    if (s > 0) grid.problem.graph.add_edge(s - 1, s);
    auto& options = grid.problem.options.emplace_back();
    auto& places = grid.places.emplace_back();
    const int functions = stage.serial() ? 1 : static_cast<int>(kFunctions.size());
    for (int d = 0; d < functions; ++d) {
      for (int k = 0; k < static_cast<int>(kVcpus.size()); ++k) {
        const StageConfiguration configuration = at(stage, {d, k});
        solver::SampledOption& option = options.emplace_back();
        option.usd = stage.usd(configuration);
        const StageModel::Coefficients times = stage.terms(configuration);
        option.seconds.reserve(stage.samples().size());
        for (const StageModel::Coefficients& sample : stage.samples())
          option.seconds.push_back(
              std::max(0.0, std::inner_product(times.begin(), times.end(), sample.begin(), 0.0)));
        places.push_back({d, k});
      }
    }
  }
  return grid;
}

std::vector<int> options_at(const Grid& grid, const GridPlaces& places,
                            const std::vector<StageModel>& stages) {
  std::vector<int> options;
  for (std::size_t s = 0; s < places.size(); ++s) {
    std::array<int, 2> place = places[s];
    if (stages[s].serial()) place[0] = 0;
    options.push_back(static_cast<int>(
        std::find(grid.places[s].begin(), grid.places[s].end(), place) - grid.places[s].begin()));
  }
  return options;
}

double usd_of(const Grid& grid, const std::vector<int>& options) {
  double usd = 0;
  for (std::size_t s = 0; s < options.size(); ++s) usd += grid.problem.options[s][options[s]].usd;
  return usd;
}

// Calls `visit` with every choice of the grid.
template <typename Visit>
void for_all(const Grid& grid, const Visit& visit) {
  std::vector<int> options(grid.places.size(), 0);
  for (std::size_t s = 0; s < options.size();) {
    visit(options);
    for (s = 0; s < options.size() && ++options[s] == static_cast<int>(grid.places[s].size()); ++s)
      options[s] = 0;
  }
}

// The least 95th percentile that any choice has.
double fastest(const Grid& grid) {
  std::vector<double> sums(kSamples);
  double least = std::numeric_limits<double>::infinity();
  for_all(grid, [&](const std::vector<int>& options) {
    std::fill(sums.begin(), sums.end(), 0);
    for (std::size_t s = 0; s < options.size(); ++s)
      for (int i = 0; i < kSamples; ++i) sums[i] += grid.problem.options[s][options[s]].seconds[i];
    const auto place = static_cast<std::ptrdiff_t>(std::ceil(kShare * kSamples)) - 1;
    std::nth_element(sums.begin(), sums.begin() + place, sums.end());
    least = std::min(least, sums[static_cast<std::size_t>(place)]);
  });
  return least;
}

double cheapest_of_all(const Grid& grid, double limit) {
  double least = std::numeric_limits<double>::infinity();
  for_all(grid, [&](const std::vector<int>& options) {
    const double usd = usd_of(grid, options);
    if (usd < least && solver::samples_within(grid.problem, options, limit) >= kShare * kSamples)
      least = usd;
  });
  return least;
}

// The optimum if every duration were its mean.
std::vector<int> cheapest_on_means(const Grid& grid, double limit) {
  solver::Problem means;
  means.graph = grid.problem.graph;
  std::vector<std::vector<int>> places;
  for (const auto& options : grid.problem.options) {
    std::vector<std::pair<solver::Point, int>> all;
    for (std::size_t k = 0; k < options.size(); ++k) {
      double sum = 0;
      for (const double seconds : options[k].seconds) sum += seconds;
      all.push_back({{sum / kSamples, options[k].usd}, static_cast<int>(k)});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first.seconds, a.first.usd) < std::pair(b.first.seconds, b.first.usd);
    });
    auto& points = means.options.emplace_back();
    auto& place = places.emplace_back();
    for (const auto& [point, k] : all) {
      if (!points.empty() && point.usd >= points.back().usd) continue;
      points.push_back(point);
      place.push_back(k);
    }
  }
  std::vector<int> options = solver::make_dag_solver(means)->cheapest_within(limit).best.options;
  for (std::size_t s = 0; s < options.size(); ++s) options[s] = places[s][options[s]];
  return options;
}

void compare(const std::filesystem::path& data, const std::string& workflow) {
  const std::vector<StageModel> stages = stage_models(data, workflow, kSamples);
  const Grid grid = grid_of(stages);
  const double least = fastest(grid);
  const auto share = [&](const std::vector<int>& options, double limit) {
    return 100.0 * solver::samples_within(grid.problem, options, limit) / kSamples;
  };
  for (const double factor : {1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0}) {
    const double limit = factor * least;
    std::vector<double> times;
    solver::SampledSolution ours;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      const double began = now();
      // The samples' durations are part of it.
      ours = solver::cheapest_in_share(grid_of(stages).problem, limit, kShare);
      times.push_back(now() - began);
    }
    std::sort(times.begin(), times.end());
    const PeerAnswer peer = choose_as_jolteon(stages, limit, true);
    const PeerAnswer free = choose_as_jolteon(stages, limit, false);
    const std::vector<int> theirs = options_at(grid, peer.places, stages);
    const std::vector<int> freer = options_at(grid, free.places, stages);
    const std::vector<int> means = cheapest_on_means(grid, limit);
    fmt::print(
        "{:<16} {:>5} {:7.2f}  {:8.4f} {:6.2f} {:7.2f} {:7.2f} {:>6}  {:8.4f} {:6.2f} {:8.0f}  "
        "{:8.4f} "
        "{:6.2f}  "
        "{:8.4f} {:6.2f}  {}\n",
        workflow, factor, limit, 1e3 * ours.usd, 100.0 * ours.within / kSamples,
        1e3 * times.front(), 1e3 * times[times.size() / 2], ours.nodes, 1e3 * usd_of(grid, theirs),
        share(theirs, limit), 1e3 * peer.probing_s, 1e3 * usd_of(grid, freer), share(freer, limit),
        1e3 * usd_of(grid, means), share(means, limit),
        std::abs(cheapest_of_all(grid, limit) - ours.usd) < 1e-12 ? "yes" : "NO");
  }
}

}  // namespace
}  // namespace stepconf::bench

int main() {
  const char* data = std::getenv("STEPCONF_SHARED_DATA");
  if (data == nullptr || !std::filesystem::exists(std::filesystem::path(data) / "lambda-stages")) {
    fmt::print("STEPCONF_SHARED_DATA names no folder with lambda-stages: skipped.\n");
    return 0;
  }
  fmt::print(
      "Bound: times the least 95th percentile of any choice. Costs in USD per 1,000, kept: % of {} "
      "samples. ms: ours whole, least and median of 20, samples' durations included; theirs the "
      "search on the grid alone, "
      "in our C++.\n"
      "Jolteon: its own rule; freer: any cheaper neighbour. Means: the optimum on mean durations, "
      "another "
      "problem. All: whether nothing of the whole grid is cheaper than ours.\n\n",
      stepconf::bench::kSamples);
  fmt::print(
      "{:<16} {:>5} {:>7}  {:>8} {:>6} {:>7} {:>7} {:>6}  {:>8} {:>6} {:>8}  {:>8} {:>6}  {:>8} "
      "{:>6}  "
      "{}\n",
      "workflow", "bound", "s", "ours", "kept", "ms", "median", "nodes", "Jolteon", "kept", "ms",
      "freer", "kept", "means", "kept", "all");
  for (const char* workflow : {"ml-pipeline", "video-analytics"})
    stepconf::bench::compare(data, workflow);
}
