#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/percentile/chains.h"
#include "stepconf/percentile/grid.h"

namespace stepconf::percentile {

/// How fine the tables are. Finer ones were tried: docs/algorithms.md.
struct Resolution {
  /// Points of a branch's grid, at least 16; the whole workflow's has twice as many.
  int points = 256;
  /// Classes kept at each fork, and target times weighed, each 2 to 255.
  int classes = 32, targets = 32;
};

/// What being late costs: `miss` USD at once, and as much again for every SLO / kLateness beyond.
/// Lateness itself must cost something, or a late run gives up and ends several SLOs late.
inline constexpr double kLateness = 20;

/// The time by which a chain is to end, and the class of how dear it is to end later: all that a
/// chain knows of what goes on around it. The whole workflow's are the SLO and class 0.
struct Due {
  double target = 0;
  int context = 0;

  bool operator==(const Due&) const = default;
};

/// A target time weighed at a fork.
struct Target {
  /// The time left by then, as a point of the grid of the chain that forks.
  int point = 0;
  /// The class of the branches under it.
  int context = 0;
};

/// The policy for one price of a miss, as tables. Immutable once solved; may be shared between
/// threads. Some 0.5 MB for 16 steps.
class Tables {
 public:
  /// Solves `problem`, laid out as `chains`, by backward dynamic programming; a miss costs `miss`
  /// USD. Both are needed for this call only. O(steps * classes * points * alternatives * bins).
  Tables(const Problem& problem, const Chains& chains, double miss, const Resolution& resolution);

  /// Gives the place among its alternatives of the one that a step should run with, `x` seconds
  /// before its chain's target. Constant time.
  int alternative(int chain, int element, int context, double x) const {
    const Table& table = tables_[chain];
    return table.choices[table.row(element, context) + table.grid.nearest(x)];
  }

  /// Gives what the branches of a fork are due at, `x` seconds before their parent's `due`.
  /// Constant time.
  Due fork(int chain, int element, const Due& due, double x) const {
    const Table& table = tables_[chain];
    const std::size_t row = table.row(element, due.context);
    const int chosen = table.choices[row + table.grid.nearest(x)];
    const Target& target = table.targets[element][due.context * table.most_targets + chosen];
    return {due.target - table.grid.at(target.point), target.context};
  }

  /// Gives the cost expected of `element` and all that follows in its chain, misses included, USD.
  /// `element` may be the number of elements: what is left to pay at the chain's end.
  double expected_usd(int chain, int element, int context, double x) const {
    const Table& table = tables_[chain];
    return table.grid.read(table.values_of(element, context), x);
  }

  double miss() const { return miss_; }

  /// Gives tables that follow `plan` (usual_plan.h) as long as everything takes what it usually
  /// does, and otherwise decide like these. O(steps).
  Tables following(const std::vector<int>& plan, const Problem& problem,
                   const Chains& chains) const;

  /// Writes the tables as bytes; equal ones give equal bytes.
  std::string to_bytes() const;
  /// Reads tables back, for the problem that they were solved for. Throws InvalidInput
  /// "SOURCE: ..." where the bytes are cut short, followed by others, or could not be tables of
  /// this problem: every number is checked, so that no look-up leaves them.
  static Tables from_bytes(std::string_view bytes, const Problem& problem, const Chains& chains,
                           std::string_view source);

  /// Tells how much memory the tables take, in bytes, and those parts of it that decisions read.
  std::size_t bytes() const;
  std::size_t bytes_for_decisions() const;

 private:
  Tables() = default;

  friend class Solve;
  friend class TablesReader;
  friend class Follow;

  struct Table {
    Grid grid;
    int contexts = 1, most_targets = 0;
    /// [element, one more than there are][context][point].
    std::vector<float> values;
    /// [element][context][point]: which alternative, or at a fork which target.
    std::vector<std::uint8_t> choices;
    /// By element, empty where it is no fork: [context][target].
    std::vector<std::vector<Target>> targets;

    std::size_t row(int element, int context) const {
      return (static_cast<std::size_t>(element) * contexts + context) * grid.size;
    }
    std::span<const float> values_of(int element, int context) const {
      return {values.data() + row(element, context), static_cast<std::size_t>(grid.size)};
    }
    std::span<float> values_of(int element, int context) {
      return {values.data() + row(element, context), static_cast<std::size_t>(grid.size)};
    }
    std::span<std::uint8_t> choices_of(int element, int context) {
      return {choices.data() + row(element, context), static_cast<std::size_t>(grid.size)};
    }
  };

  double miss_ = 0;
  std::vector<Table> tables_;
};

}  // namespace stepconf::percentile
