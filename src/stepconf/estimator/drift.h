#pragma once

#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "stepconf/estimator/intervals.h"
#include "stepconf/estimator/models.h"
#include "stepconf/estimator/session.h"

namespace stepconf::estimator {

/// How reality compares with a model. `undecided`: too little is known to tell.
enum class Verdict { undecided, steady, slower, faster, tail_heavier };

/// Gives the verdict's name in reports: "undecided", "steady", "slower", "faster", "tail heavier".
std::string_view to_text(Verdict verdict);

/// The share of instances that took longer than a percentile of the model.
struct ShareAbove {
  double share = 0;
  /// In which the true share lies with 95 %.
  Interval interval{0, 1};

  bool operator==(const ShareAbove&) const = default;
};

/// What became of a function since its model was made.
struct Drift {
  Verdict verdict = Verdict::undecided;
  /// Why it is undecided; else empty.
  std::string reason;
  /// Executions with a warm instance of the function that succeeded, and those instances.
  int executions = 0;
  int instances = 0;
  /// By what a typical duration differs from the model's: 1.28 is 28 % slower. 1 where there is no
  /// execution.
  double factor = 1;
  /// In which the factor lies with 95 %; 0 to infinity where there are no two executions.
  Interval interval{0, std::numeric_limits<double>::infinity()};
  /// Against the 5 % and the 1 % that the model promises.
  ShareAbove above_p95;
  ShareAbove above_p99;

  /// Whether plans made with the model are in danger of missing their SLO.
  bool endangers_slo() const {
    return verdict == Verdict::slower || verdict == Verdict::tail_heavier;
  }
  bool operator==(const Drift&) const = default;
};

/// Compares a model with what executions measured of the function called `function`
/// (docs/drift.md). Instances of one execution ran at the same time on the same machines and tell
/// little more than one of them about the function's speed, so an execution counts as one
/// observation: its median. A model that is in order comes out as slower, faster or heavier about
/// once in 500 times.
Drift drift_of(const FittedFunction& model, std::string_view function,
               std::span<const Session> executions);

/// Compares each function that `executions` measured and that has a fitted model, by name.
std::map<std::string, Drift> drifts_of(const Models& models, std::span<const Session> executions);

/// Executions below which nothing is said about a function's speed, and about its tail.
inline constexpr int kFewestExecutions = 3;
inline constexpr int kFewestForTail = 10;

}  // namespace stepconf::estimator
