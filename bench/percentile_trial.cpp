// What the percentile policy brings, in simulation: random series-parallel workflows of 16 steps
// with 192 configurations each, whose instances scatter (docs/evaluation.md). Prints Markdown.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "bench/percentile/players.h"
#include "bench/percentile/workload.h"
#include "stepconf/percentile/price.h"

namespace stepconf::percentile {
namespace {

struct Sum {
  double total = 0, last = 0, least = 1e300, most = -1e300;
  int count = 0;
  void add(double value) {
    total += value;
    ++count;
    last = value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  double mean() const { return count ? total / count : std::nan(""); }
};

struct Size {
  int first = 100, workflows = 20, runs = 10000, seen = 2000, rival_runs = 2000;
};

constexpr const char* kRivals[] = {"exact", "optimal", "static", "stepconf"};

// One rival's figures at one SLO (plain) or at one SLO and target (padded).
struct Rival {
  Sum attained, over, padded;
};

using Cell = std::pair<double, double>;  // target, u

void main_table(const Size& size, const Drawn& drawn, bool with_rivals) {
  std::map<Cell, Sum> over, attained, predicted, best_rival;
  std::map<double, Sum> feasible;
  std::map<std::pair<std::string, Cell>, Rival> rivals_at;
  int under_1 = 0, under_15 = 0, cases = 0, unreachable = 0;
  for (int id = size.first; id < size.first + size.workflows; ++id) {
    const Trial trial = make_trial(id, drawn);
    const Draws draws(trial, size.runs, 99 + id);
    const double least = fastest(trial.tree, trial);
    Rivals rivals(trial, draws, std::min(size.runs, size.rival_runs));
    for (const double u : {1.5, 2.0, 3.0}) {
      const double slo = u * least;
      Pricing pricing({trial.tree, trial.believed, slo});
      const Stage stage(trial, pricing.chains(), draws);
      const Clairvoyant clair = clairvoyant(trial, draws, slo, std::min(size.runs, size.seen));
      feasible[u].add(clair.feasible);
      for (const char* name : kRivals) {
        const Outcome plain = rivals.play(name, slo, 0);
        rivals_at[{name, {0, u}}].attained.add(plain.attainment);
        rivals_at[{name, {0, u}}].over.add(plain.usd / clair.usd);
      }
      for (const double target : {.9, .95, .99}) {
        const Promise promise = pricing.attain(target);
        const Outcome outcome = stage.play(*promise.tables, slo, size.runs);
        if (!promise.attained) {
          ++unreachable;
          fmt::print(stderr,
                     "workflow {} u {} target {}: out of reach, at most {:.4f} (played {:.4f})\n",
                     id, u, target, promise.predicted.attainment, outcome.attainment);
          continue;
        }
        ++cases;
        under_1 += outcome.attainment < target - .01;
        under_15 += outcome.attainment < target - .015;
        over[{target, u}].add(outcome.usd / clair.usd);
        attained[{target, u}].add(outcome.attainment);
        predicted[{target, u}].add(promise.predicted.usd / outcome.usd);
        fmt::print(stderr, "workflow {} u {} target {}: attained {:.4f}, over {:.3f}, price {:.2f}",
                   id, u, target, outcome.attainment, outcome.usd / clair.usd, promise.log_price);
        if (with_rivals) {
          // On the runs that the rivals play, they need attain no more than the policy does there.
          const Outcome same =
              stage.play(*promise.tables, slo, std::min(size.runs, size.rival_runs));
          const double asked = std::min(target, same.attainment);
          double best = 1e300;
          for (const char* name : kRivals) {
            const Outcome padded = rivals.padded(name, slo, asked);
            if (padded.attainment < asked) continue;
            rivals_at[{name, {target, u}}].padded.add(padded.usd / same.usd);
            best = std::min(best, padded.usd);
            fmt::print(stderr, ", {} {:.3f}", name, padded.usd / same.usd);
          }
          if (best < 1e300) best_rival[{target, u}].add(same.usd / best);
        }
        fmt::print(stderr, "\n");
      }
    }
  }
  fmt::print("| target | u | attained | cost / clairvoyant | predicted / played cost |");
  for (const char* name : kRivals) fmt::print(" {} padded / percentile |", name);
  fmt::print(" percentile / best of them |\n| --- | --- | --- | --- | --- |");
  for ([[maybe_unused]] const char* name : kRivals) fmt::print(" --- |");
  fmt::print(" --- |\n");
  for (const auto& [cell, sum] : over) {
    fmt::print("| {} | {} | {:.4f} | {:.3f} | {:.3f} |", cell.first, cell.second,
               attained[cell].mean(), sum.mean(), predicted[cell].mean());
    for (const char* name : kRivals) {
      const Sum& padded = rivals_at[{name, cell}].padded;
      fmt::print(" {:.3f} ({} of {}) |", padded.mean(), padded.count, sum.count);
    }
    fmt::print(" {:.3f} |\n", best_rival[cell].mean());
  }
  fmt::print("\n| plain | u | attains | cost / clairvoyant |\n| --- | --- | --- | --- |\n");
  for (const char* name : kRivals) {
    for (const auto& [u, sum] : feasible) {
      const Rival& rival = rivals_at[{name, {0, u}}];
      fmt::print("| {} | {} | {:.3f} | {:.3f} |\n", name, u, rival.attained.mean(),
                 rival.over.mean());
    }
  }
  fmt::print("\n{} cases, {} under target by 1 point, {} by 1.5; {} out of reach\n", cases, under_1,
             under_15, unreachable);
  for (const auto& [u, sum] : feasible) {
    fmt::print("u {}: the clairvoyant ends in time in {:.4f} of runs\n", u, sum.mean());
  }
}

// Played by wrong beliefs: with the price that the belief says, and with one that moves after each
// run; 4,000 runs to settle, the rest counted.
void belief_table(int first, int workflows, int runs) {
  const std::vector<std::pair<std::string, Belief>> beliefs = {
      {"true", {}},
      {"everything 10 % slower than believed", {.slower = 1 / 1.1}},
      {"tails believed half as likely", {.tails = 0.5}},
      {"means off by 5 %", {.means_off = 0.05}}};
  fmt::print(
      "| belief | target | attained with the believed price | with the moving price | cost, moving "
      "/ believed |\n");
  fmt::print("| --- | --- | --- | --- | --- |\n");
  for (const auto& [name, belief] : beliefs) {
    std::map<double, Sum> fixed, moving, cost;
    for (int id = first; id < first + workflows; ++id) {
      Trial trial = make_trial(id, {});
      const Draws draws(trial, runs, 99 + id);
      const double slo = 2 * fastest(trial.tree, trial);
      believe(trial, belief, 5 + id);
      Pricing pricing({trial.tree, trial.believed, slo});
      const Stage stage(trial, pricing.chains(), draws);
      for (const double target : {.9, .95}) {
        const Promise promise = pricing.attain(target);
        double log_price = promise.log_price, usd = 0, usd_fixed = 0;
        int met = 0, met_fixed = 0, counted = 0;
        for (int run = 0; run < runs; ++run) {
          const Came came = stage.run(*pricing.at(kept_price(log_price)).tables, slo, run);
          log_price = moved_price(log_price, came.seconds <= slo, target);
          if (run < runs * 2 / 5) continue;
          const Came other = stage.run(*promise.tables, slo, run);
          ++counted;
          met += came.seconds <= slo;
          usd += came.usd;
          met_fixed += other.seconds <= slo;
          usd_fixed += other.usd;
        }
        fixed[target].add(static_cast<double>(met_fixed) / counted);
        moving[target].add(static_cast<double>(met) / counted);
        cost[target].add(usd / usd_fixed);
        fmt::print(stderr,
                   "{} workflow {} target {}: {:.4f}, moving {:.4f}, price {:.2f} -> {:.2f}\n",
                   name, id, target, fixed[target].last, moving[target].last, promise.log_price,
                   log_price);
      }
    }
    for (const auto& [target, sum] : fixed) {
      fmt::print("| {} | {} | {:.4f} ({:.3f} at worst) | {:.4f} ({:.3f} to {:.3f}) | {:.3f} |\n",
                 name, target, sum.mean(), sum.least, moving[target].mean(), moving[target].least,
                 moving[target].most, cost[target].mean());
    }
  }
}

}  // namespace
}  // namespace stepconf::percentile

int main(int argc, char** argv) {
  CLI::App app("What the percentile policy attains and costs, in simulation");
  stepconf::percentile::Size size;
  stepconf::percentile::Drawn drawn;
  bool no_rivals = false, no_beliefs = false;
  app.add_option("--first", size.first, "number of the first workflow; the constants saw 0 to 3");
  app.add_option("--workflows", size.workflows);
  app.add_option("--runs", size.runs);
  app.add_option("--rival-runs", size.rival_runs, "of those, the runs that the rivals play");
  app.add_option("--seen", size.seen, "of those, the runs that the clairvoyant plays");
  app.add_option("--longer", drawn.longer, "how much more work steps have");
  app.add_option("--instances", drawn.most_instances, "8 or 32")->check(CLI::IsMember({8, 32}));
  app.add_flag("--chain", drawn.chain, "nothing side by side");
  app.add_flag("--no-rivals", no_rivals, "play them plain only");
  app.add_flag("--no-beliefs", no_beliefs);
  CLI11_PARSE(app, argc, argv);
  stepconf::percentile::main_table(size, drawn, !no_rivals);
  if (!no_beliefs) {
    fmt::print("\n");
    stepconf::percentile::belief_table(size.first, size.workflows, size.runs);
  }
}
