#pragma once

#include <string_view>
#include <vector>

#include "stepconf/base/bytes.h"
#include "stepconf/percentile/rehearsal.h"

namespace stepconf::percentile {

/// The chance to meet the SLO under a policy, by where an execution is and how much time is left
/// there: the share of rehearsed runs that met it from there, siblings and all. Immutable; may be
/// shared between threads.
class Chances {
 public:
  /// Watches half of the rehearsal's runs as they are, and half with one step delayed by up to the
  /// SLO, so that late states are seen too. O(runs * steps * log runs).
  Chances(const Chains& chains, const Rehearsal& rehearsal, const Tables& tables);

  /// Gives the chance once `element` is about to start (the number of elements: at the chain's end)
  /// `x` seconds before the chain's target. O(1).
  double of(int chain, int element, double x) const;

  /// Gives the chance where `element`, a step, runs with `alternative`.
  double with(const Alternative& alternative, int chain, int element, double x) const;

  /// Writes the chances; equal ones give equal bytes. Reading throws InvalidInput "SOURCE: ..."
  /// where the bytes could not be chances of a workflow laid out as `chains`.
  void write(ByteWriter& bytes) const;
  static Chances read(ByteReader& bytes, const Chains& chains, double slo, std::string_view source);

 private:
  explicit Chances(double forgiven) : forgiven_(forgiven) {}

  // What is between two is interpolated; both numbers ascend.
  struct Knot {
    float x = 0, chance = 0;
  };
  using Curve = std::vector<Knot>;
  static Curve curve(std::vector<std::pair<float, bool>>& seen);

  // Seconds.
  double forgiven_;
  // By chain, then element, one more than there are. Empty where no run came, and at the very end.
  std::vector<std::vector<Curve>> curves_;
};

}  // namespace stepconf::percentile
