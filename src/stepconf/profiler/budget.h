#pragma once

#include <optional>
#include <string>

#include "stepconf/base/units.h"
#include "stepconf/profiler/expectation.h"

namespace stepconf::profiler {

/// What a profiling may take; an absent part is not bounded.
struct Limits {
  std::optional<Usd> usd;
  std::optional<int> invocations;
  std::optional<Seconds> time;
};

/// What was done so far.
struct Spending {
  int invocations = 0;
  Usd cost;
  /// Of all invocations, one after another.
  Seconds time{0};

  void add(const Expense& expense);
};

/// Keeps a profiling within its limits: asked before each invocation, told what it took. Those that
/// are still at work count with what they were expected to take.
class Budget {
 public:
  /// Time counts from `start` on the clock by which `begin` is told the time.
  Budget(const Limits& limits, Seconds start) : limits_(limits), start_(start) {}

  /// Reserves one invocation; false, with the reason in `refusal`, where it is expected to exceed a
  /// limit.
  bool begin(const Expense& expected, Seconds now);
  /// Takes back what was reserved, and counts what was spent.
  void end(const Expense& expected, const Expense& spent);
  /// Counts what was spent without having been reserved.
  void spend(const Expense& spent) { spending_.add(spent); }
  /// Whether even an invocation that takes nothing would be refused; then `refusal` says why.
  bool exhausted(Seconds now);

  const Spending& spending() const { return spending_; }
  /// Says which limit refused last, and how near it is; empty where none has.
  const std::string& refusal() const { return refusal_; }

 private:
  std::string why_not(const Expense& expected, Seconds now) const;

  Limits limits_;
  Seconds start_;
  Spending spending_;
  int at_work_ = 0;
  Usd reserved_;
  std::string refusal_;
};

}  // namespace stepconf::profiler
