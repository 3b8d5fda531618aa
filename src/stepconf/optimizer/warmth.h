#pragma once

#include <functional>
#include <map>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/cold_start.h"
#include "stepconf/estimator/mapping_delay.h"
#include "stepconf/estimator/option.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::optimizer {

/// Idle warm sandboxes of one function, by memory size: sizes live in separate pools. A size that
/// is not in it has none.
using WarmSandboxes = std::map<MemoryMb, int>;

/// What a cold instance adds to an option that was forecast warm.
struct ColdCharge {
  /// How much later the step ends.
  Seconds late{0};
  /// What each cold instance costs more.
  Usd each;
};

/// Tells what a cold start of a function adds at a memory size: late by the mapping delay of cold
/// instances or INIT, whichever is longer, and by the first call; INIT and the first call are
/// billed, without rounding to 1 ms.
ColdCharge cold_charge(const estimator::ColdStart& cold, const estimator::MappingDelay& dispatch,
                       const pricing::PriceSheet& prices, MemoryMb memory);

/// Weighs cold starts: each of `options`, forecast warm for `jobs` jobs (at least 1), with more
/// instances than warm sandboxes of its memory size gets the charge for that size: once on its
/// duration, as the slowest instance may be a cold one, and on its cost for each instance without a
/// sandbox. Give it all options of a step, also those that others outdo: with warm sandboxes they
/// may win. The order stays. O(options log sizes).
std::vector<estimator::Option> weigh_cold_starts(std::vector<estimator::Option> options, int jobs,
                                                 const WarmSandboxes& warm,
                                                 const std::function<ColdCharge(MemoryMb)>& charge);

}  // namespace stepconf::optimizer
