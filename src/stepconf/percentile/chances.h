#pragma once

#include <span>
#include <vector>

#include "stepconf/percentile/tables.h"

namespace stepconf::percentile {

/// The chance to meet the SLO under a policy, from any element and time left. Of a branch, siblings
/// are taken to be in time, and chances of branches are multiplied. Immutable; may be shared
/// between threads. Tables must outlive it.
class Chances {
 public:
  /// O(steps * classes * points * bins).
  Chances(const Problem& problem, const Chains& chains, const Tables& tables);

  /// Gives the chance once `element` is about to start (the number of elements: at the chain's end)
  /// `x` seconds before the chain's target.
  double of(int chain, int element, int context, double x) const;

  /// Gives the chance where `element`, a step, runs with `alternative`.
  double with(const Alternative& alternative, int chain, int element, int context, double x) const;

 private:
  void solve(const Problem& problem, int chain);
  std::span<float> row(int chain, int element, int context);
  std::span<const float> row(int chain, int element, int context) const;
  double elsewhere(int chain, int context) const;
  double read(int chain, int element, int context, double x) const;

  const Chains& chains_;
  const Tables& tables_;
  /// By chain, like Tables::Table::values.
  std::vector<std::vector<float>> values_;
};

}  // namespace stepconf::percentile
