#include "stepconf/profiler/expectation.h"

#include <cmath>
#include <limits>

#include "stepconf/pricing/bill.h"

namespace stepconf::profiler {
namespace {

double ratio(double a, double b) { return std::abs(std::log(a / b)); }

double distance(const estimator::InstanceLoad& a, const estimator::InstanceLoad& b) {
  return ratio(a.memory.value, b.memory.value) + ratio(a.processes, b.processes) +
         ratio(a.jobs, b.jobs);
}

}  // namespace

Expense expense_of(const pricing::PriceSheet& prices, const estimator::Sample& sample) {
  const Seconds duration(sample.duration_ms.value_or(0) / 1e3);
  const Seconds init(sample.init_ms.value_or(0) / 1e3);
  return {duration + init, pricing::instance_cost(prices, sample.memory, duration, init)};
}

void Expectation::add(const estimator::Sample& sample) {
  if (!sample.ok()) return;
  if (sample.init_ms) inits_[sample.function] = Seconds(*sample.init_ms / 1e3);
  Mean& mean = functions_[sample.function][sample.load()];
  ++mean.count;
  mean.seconds += (*sample.duration_ms / 1e3 - mean.seconds) / mean.count;
  last_ = sample.function;
}

std::optional<Seconds> Expectation::duration(const std::string& function,
                                             const estimator::InstanceLoad& load) const {
  auto known = functions_.find(function);
  if (known == functions_.end()) known = functions_.find(last_);
  if (known == functions_.end()) return std::nullopt;
  double nearest = std::numeric_limits<double>::infinity();
  double seconds = 0;
  for (const auto& [measured, mean] : known->second) {
    const double far = distance(measured, load);
    if (far >= nearest) continue;
    nearest = far;
    seconds = mean.seconds * load.jobs / measured.jobs * estimator::speed_up(measured) /
              estimator::speed_up(load);
  }
  return Seconds(seconds);
}

Expense Expectation::next(const std::string& function, const estimator::InstanceLoad& load,
                          bool cold) const {
  const Seconds warm = duration(function, load).value_or(Seconds(0));
  const auto init = inits_.find(function);
  const Seconds start = cold && init != inits_.end() ? init->second : Seconds(0);
  return {warm + start, pricing::instance_cost(prices_, load.memory, warm, start)};
}

}  // namespace stepconf::profiler
