#pragma once

#include "stepconf/pricing/price_sheet.h"
#include "stepconf/profiler/profiler.h"

namespace stepconf::cli {

/// Prints what `profile` would measure first of each function, and what all of it is expected to
/// take at most: as tables, or as one JSON document (docs/formats.md). The choice after the first
/// test takes expected durations for measured ones, so it may come otherwise.
void show_plan(const profiler::Subjects& subjects, const pricing::PriceSheet& prices, bool json);

}  // namespace stepconf::cli
