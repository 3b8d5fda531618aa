#pragma once

#include <functional>
#include <map>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/cold_start.h"
#include "stepconf/estimator/mapping_delay.h"
#include "stepconf/estimator/model_options.h"
#include "stepconf/estimator/noise.h"
#include "stepconf/estimator/option.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::optimizer {

/// Idle warm sandboxes of one function, by memory size: sizes live in separate pools. A size that
/// is not in it has none.
using WarmSandboxes = std::map<MemoryMb, int>;

/// What cold instances add to an option that was forecast warm.
struct ColdCharge {
  /// How much later the step ends.
  Seconds late{0};
  /// What each cold instance costs more.
  Usd each;
};

/// Tells what `cold` instances (at least 1) of a step add at a memory size.
using ColdCharges = std::function<ColdCharge(const workflow::Step&, MemoryMb, int cold)>;

/// What has to be known for decisions to heed which sandboxes are warm. All references must
/// outlive it.
struct WarmPools {
  /// All options of a step as they are where every instance finds a warm sandbox; with those that
  /// others outdo, for in their pool there may be sandboxes when there are none in others'.
  const estimator::OptionSource& warm;
  ColdCharges charges;
  /// How warm options scatter; null where nobody knows.
  const estimator::ScatterSource* scatter = nullptr;
};

/// Tells what a cold start of a function adds at a memory size: late by the mapping delay of cold
/// instances or INIT, whichever is longer, and by the first call; INIT and the first call are
/// billed, without rounding to 1 ms.
ColdCharge cold_charge(const estimator::ColdStart& cold, const estimator::MappingDelay& dispatch,
                       const pricing::PriceSheet& prices, MemoryMb memory);

/// Tells the same where cold starts are given as a time drawn evenly from a range, as in
/// simulations: the latest of n is expected at least + (greatest - least) n / (n + 1).
ColdCharge cold_charge(const estimator::ColdStarts& cold, const pricing::PriceSheet& prices,
                       MemoryMb memory, int instances);

/// What cold starts add as the models know it, at the prices of `options`, which must outlive it;
/// nothing where a function is given by a table.
ColdCharges cold_charges(const estimator::ModelOptions& options);

/// Counts the instances that find no warm sandbox when a step of `jobs` jobs (at least 1) runs so.
int cold_instances(const estimator::Configuration& configuration, int jobs,
                   const WarmSandboxes& warm);

/// Weighs cold starts: each of `options`, forecast warm for `jobs` jobs of `step`, gets the charge
/// for its cold instances: once on its duration, as the slowest instance may be a cold one, and on
/// its cost for each. Give it all options of a step, also those that others outdo: with warm
/// sandboxes they may win. The order stays. O(options log sizes).
std::vector<estimator::Option> weigh_cold_starts(std::vector<estimator::Option> options,
                                                 const workflow::Step& step, int jobs,
                                                 const WarmSandboxes& warm,
                                                 const ColdCharges& charges);

}  // namespace stepconf::optimizer
