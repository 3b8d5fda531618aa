// Backward dynamic programming over a series-parallel workflow.
//
// A chain of steps is solved from its end: what is expected to be paid from an element on, by the
// time left to the chain's target, is the least over the step's alternatives of its cost plus the
// mean, over its durations, of what is expected from the next element on.
//
// Branches that run side by side do not know of each other. Each gets two numbers at the fork and
// keeps them: the target time of the join, and a class that says how dear it is to join later. For
// every class the branches are solved like chains, and the fork takes the target time that makes
// the sum least: what is ahead of the join, if it happens then, and the branches. So the state
// stays one number, the time left, however many branches are under way. Lateness of several
// branches is added, although the latest alone counts: a little too careful.
#include <algorithm>
#include <cmath>
#include <limits>

#include "stepconf/percentile/lateness.h"
#include "stepconf/percentile/rows.h"
#include "stepconf/percentile/tables.h"

namespace stepconf::percentile {
using Kind = workflow::SeriesParallelTree::Kind;

class Solve {
 public:
  Solve(const Problem& problem, const Chains& chains, const Resolution& resolution, Tables& tables)
      : problem_(problem), chains_(chains), resolution_(resolution), tables_(tables.tables_) {
    tables_.resize(chains.chains.size());
  }

  void whole(double miss) {
    const Grid grid = make_grid(0.5 * problem_.slo, problem_.slo, 2 * resolution_.points);
    Tables::Table& table = open(0, grid, 1);
    std::span<float> end = table.values_of(size_of(0), 0);
    for (int i = 0; i < grid.size; ++i) {
      const double late = -grid.at(i);
      end[i] = late < grid.step / 2
                   ? 0.0F
                   : static_cast<float>(miss * (1 + kLateness * late / problem_.slo));
    }
    solve(0);
  }

 private:
  int size_of(int chain) const { return static_cast<int>(chains_.chains[chain].elements.size()); }

  Tables::Table& open(int chain, const Grid& grid, int contexts) {
    Tables::Table& table = tables_[chain];
    table.grid = grid;
    table.contexts = contexts;
    const std::size_t rows = static_cast<std::size_t>(size_of(chain)) * contexts * grid.size;
    table.choices.assign(rows, 0);
    table.values.assign(rows + static_cast<std::size_t>(contexts) * grid.size, 0);
    table.targets.assign(size_of(chain), {});
    return table;
  }

  void solve(int chain) {
    for (int element = size_of(chain) - 1; element >= 0; --element) {
      switch (chains_.chains[chain].elements[element].kind) {
        case Kind::kStep:
          step(chain, element);
          break;
        case Kind::kParallel:
          fork(chain, element);
          break;
        case Kind::kChoice:
          ways(chain, element);
          break;
        case Kind::kSeries:
          break;  // lay_out leaves none
      }
    }
  }

  void step(int chain, int element) {
    Tables::Table& table = tables_[chain];
    const auto& alternatives = problem_.alternatives[chains_.chains[chain].elements[element].step];
    if (alternatives.empty()) {
      for (int c = 0; c < table.contexts; ++c) {
        std::ranges::copy(table.values_of(element + 1, c), table.values_of(element, c).begin());
      }
      return;
    }
    Shifts shifts(alternatives, table.grid);
    for (int c = 0; c < table.contexts; ++c) {
      shifts.least(table.values_of(element + 1, c), table.values_of(element, c),
                   table.choices_of(element, c));
    }
  }

  // The ways out of a choice go on to what follows: same target, same classes, same grid.
  void ways(int chain, int element) {
    const Element& choice = chains_.chains[chain].elements[element];
    Tables::Table& table = tables_[chain];
    double straight_on = 1;
    for (const double probability : choice.probabilities) straight_on -= probability;
    straight_on = std::max(straight_on, 0.0);
    for (std::size_t i = 0; i < choice.chains.size(); ++i) {
      const int way = choice.chains[i];
      Tables::Table& below = open(way, table.grid, table.contexts);
      for (int c = 0; c < table.contexts; ++c) {
        std::ranges::copy(table.values_of(element + 1, c),
                          below.values_of(size_of(way), c).begin());
      }
      solve(way);
    }
    for (int c = 0; c < table.contexts; ++c) {
      const std::span<float> value = table.values_of(element, c);
      const std::span<const float> next = table.values_of(element + 1, c);
      for (int x = 0; x < table.grid.size; ++x) {
        double mixed = straight_on * next[x];
        for (std::size_t i = 0; i < choice.chains.size(); ++i) {
          mixed += choice.probabilities[i] * tables_[choice.chains[i]].values_of(0, c)[x];
        }
        value[x] = static_cast<float>(mixed);
      }
    }
  }

  void fork(int chain, int element) {
    const Element& join = chains_.chains[chain].elements[element];
    Tables::Table& table = tables_[chain];
    LatenessScale scale{.slo = problem_.slo};
    for (const int branch : join.chains) {
      scale.fastest_seconds =
          std::max(scale.fastest_seconds, chains_.chains[branch].fastest_seconds);
      scale.usd += chains_.chains[branch].cheapest_usd;
    }
    // Where the branches cost nothing, what is ahead still does.
    scale.usd = std::max({scale.usd, 1e-6 * table.values_of(element + 1, 0)[0], 1e-30});

    // Every target time in every context makes a shape: the cost of joining so much later.
    struct Candidate {
      int context, target;
    };
    std::vector<Candidate> candidates;
    std::vector<double> features;
    const std::vector<double> latenesses = compared_latenesses(scale);
    table.most_targets = std::max(table.most_targets, resolution_.targets);
    std::vector<Target>& targets = table.targets[element];
    targets.assign(static_cast<std::size_t>(table.contexts) * table.most_targets, {});
    std::vector<int> counts(table.contexts);
    for (int c = 0; c < table.contexts; ++c) {
      const std::span<const float> ahead = table.values_of(element + 1, c);
      const std::vector<int> points =
          spread_targets(table.grid, ahead, .003 * scale.usd, resolution_.targets);
      counts[c] = static_cast<int>(points.size());
      for (int t = 0; t < counts[c]; ++t) {
        const int index = c * table.most_targets + t;
        targets[index].point = points[t];
        candidates.push_back({c, index});
        for (const double late : latenesses) {
          features.push_back(
              compared_as(scale, late, cost_of_lateness(table.grid, ahead, points[t], late)));
        }
      }
    }
    const Classes classes =
        classify(features, static_cast<int>(latenesses.size()), resolution_.classes);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      targets[candidates[i].target].context = classes.class_of[i];
    }

    // What the branches cost together, by class and time until the target, on the parent's spacing.
    const int contexts = static_cast<int>(classes.representatives.size());
    const int size = table.grid.size;
    std::vector<float> together(static_cast<std::size_t>(contexts) * size, 0.0F);
    // A class costs what the dearest of its shapes does, so that none looks cheaper than it is: the
    // fork takes the least of many targets, and so would find the one that flatters most.
    const Grid latenesses_grid{0, table.grid.step,
                               static_cast<int>(problem_.slo / table.grid.step) + 3};
    const auto reach = static_cast<std::size_t>(latenesses_grid.size);
    std::vector<float> dearest(contexts * reach, 0.0F);
    for (const Candidate& shape : candidates) {
      const Target& target = targets[shape.target];
      take_more_late(table.values_of(element + 1, shape.context), target.point,
                     {dearest.data() + target.context * reach, reach});
    }
    for (const int branch : join.chains) {
      const double early =
          std::clamp(chains_.chains[branch].cheapest_seconds, 0.05 * problem_.slo, problem_.slo);
      Tables::Table& below =
          open(branch, make_grid(problem_.slo, early, resolution_.points), contexts);
      for (int k = 0; k < contexts; ++k) {
        const std::span<float> end = below.values_of(size_of(branch), k);
        for (int i = 0; below.grid.at(i) < -below.grid.step / 2; ++i) {
          end[i] = static_cast<float>(
              latenesses_grid.read({dearest.data() + k * reach, reach}, -below.grid.at(i)));
        }
      }
      solve(branch);
      for (int k = 0; k < contexts; ++k) {
        const std::span<const float> row = below.values_of(0, k);
        for (int i = 0; i < size; ++i) {
          together[static_cast<std::size_t>(k) * size + i] +=
              static_cast<float>(below.grid.read(row, i * table.grid.step));
        }
      }
    }

    for (int c = 0; c < table.contexts; ++c) {
      const std::span<float> value = table.values_of(element, c);
      std::ranges::fill(value, std::numeric_limits<float>::infinity());
      const std::span<const float> ahead = table.values_of(element + 1, c);
      for (int t = 0; t < counts[c]; ++t) {
        const Target& target = targets[c * table.most_targets + t];
        take_less({together.data() + static_cast<std::size_t>(target.context) * size,
                   static_cast<std::size_t>(size)},
                  target.point, ahead[target.point], static_cast<std::uint8_t>(t), value,
                  table.choices_of(element, c));
      }
    }
  }

  const Problem& problem_;
  const Chains& chains_;
  const Resolution& resolution_;
  std::vector<Tables::Table>& tables_;
};

Tables::Tables(const Problem& problem, const Chains& chains, double miss,
               const Resolution& resolution)
    : miss_(miss) {
  Solve(problem, chains, resolution, *this).whole(miss);
}

std::size_t Tables::bytes() const {
  std::size_t bytes = bytes_for_decisions();
  for (const Table& table : tables_) bytes += table.values.size() * sizeof(float);
  return bytes;
}

std::size_t Tables::bytes_for_decisions() const {
  std::size_t bytes = 0;
  for (const Table& table : tables_) {
    bytes += table.choices.size();
    for (const auto& targets : table.targets) bytes += targets.size() * sizeof(Target);
  }
  return bytes;
}

}  // namespace stepconf::percentile
