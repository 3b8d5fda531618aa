#pragma once

#include <map>
#include <optional>
#include <string>

#include "stepconf/base/units.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::profiler {

/// What an invocation takes and costs.
struct Expense {
  Seconds time{0};
  Usd cost;
};

/// Bills a sample as Lambda would: its time and its INIT.
Expense expense_of(const pricing::PriceSheet& prices, const estimator::Sample& sample);

/// Expects what the next invocation takes from what was measured so far: for budgets, not for
/// decisions. Of a function it takes the nearest load that was measured, in proportion to jobs and
/// against the CPU share; of one that nothing is known of, what was measured last of any other.
class Expectation {
 public:
  explicit Expectation(const pricing::PriceSheet& prices) : prices_(prices) {}

  void add(const estimator::Sample& sample);

  /// Gives a warm invocation's duration; absent where nothing was measured of any function.
  std::optional<Seconds> duration(const std::string& function,
                                  const estimator::InstanceLoad& load) const;
  /// Gives what one invocation takes; `cold` adds the last INIT of the function. Where nothing is
  /// known, the request alone.
  Expense next(const std::string& function, const estimator::InstanceLoad& load, bool cold) const;

 private:
  struct Mean {
    double seconds = 0;
    int count = 0;
  };
  using Means = std::map<estimator::InstanceLoad, Mean>;

  pricing::PriceSheet prices_;
  std::map<std::string, Means> functions_;
  std::map<std::string, Seconds> inits_;
  // The function that was measured last.
  std::string last_;
};

}  // namespace stepconf::profiler
