#include "stepconf/profiler/budget.h"

#include <fmt/format.h>

namespace stepconf::profiler {
namespace {

std::string dollars(Usd amount) { return fmt::format("${:.3g}", amount.value); }

}  // namespace

void Spending::add(const Expense& expense) {
  ++invocations;
  cost += expense.cost;
  time += expense.time;
}

bool Budget::begin(const Expense& expected, Seconds now) {
  if (auto why = why_not(expected, now); !why.empty()) {
    refusal_ = std::move(why);
    return false;
  }
  ++at_work_;
  reserved_ += expected.cost;
  return true;
}

void Budget::end(const Expense& expected, const Expense& spent) {
  --at_work_;
  reserved_ = reserved_ - expected.cost;
  spending_.add(spent);
}

bool Budget::exhausted(Seconds now) {
  auto why = why_not({}, now);
  const bool result = !why.empty();
  if (result) refusal_ = std::move(why);
  return result;
}

std::string Budget::why_not(const Expense& expected, Seconds now) const {
  if (limits_.invocations && spending_.invocations + at_work_ >= *limits_.invocations) {
    return fmt::format("--budget-invocations {} is used up", *limits_.invocations);
  }
  if (limits_.usd && spending_.cost + reserved_ + expected.cost > *limits_.usd) {
    return fmt::format("--budget-usd {}: {} is spent, and the next invocation would cost about {}",
                       limits_.usd->value, dollars(spending_.cost + reserved_),
                       dollars(expected.cost));
  }
  if (limits_.time && now - start_ + expected.time > *limits_.time) {
    return fmt::format(
        "--budget-time {}: {} has passed, and the next invocation would take about "
        "{}",
        format_duration(*limits_.time), format_duration(now - start_),
        format_duration(expected.time));
  }
  return "";
}

}  // namespace stepconf::profiler
