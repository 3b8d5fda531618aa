#pragma once

#include <string>

#include "stepconf/base/json.h"
#include "stepconf/optimizer/percentile_policy.h"

namespace stepconf::cli {

/// Says for people what the strategy percentile promises, in whole lines.
std::string describe(const optimizer::PercentileSummary& summary);

/// Adds the same to a plan's document: `attainment` and, under `percentile`, all that goes with it.
void add_to(OrderedJson& document, const optimizer::PercentileSummary& summary);

}  // namespace stepconf::cli
