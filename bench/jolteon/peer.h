#pragma once

#include <array>
#include <vector>

#include "bench/jolteon/stages.h"

namespace stepconf::bench {

/// The places of a configuration in the grids below, by stage: functions, then vCPUs.
using GridPlaces = std::vector<std::array<int, 2>>;

inline constexpr std::array<double, 4> kFunctions = {4, 8, 16, 32};
inline constexpr std::array<double, 7> kVcpus = {0.5, 1, 1.5, 2, 2.5, 3, 4};

/// A serial stage has one function, whatever the place says.
StageConfiguration at(const StageModel& stage, const std::array<int, 2>& place);

struct PeerAnswer {
  GridPlaces places;
  /// What the parts took.
  double continuous_s = 0, probing_s = 0;
};

/// Chooses as Jolteon does (section 5 and its published code), for a chain of stages: functions and
/// vCPUs as continuous numbers that keep `limit` in every sample at least cost, or exceed it as
/// little as can be; rounded to the grid; then a breadth-first
/// search of four steps around that, once more where nothing kept the 95th percentile. Its rule
/// takes a neighbour that is cheaper and keeps the limit, but only if it leaves less slack than the
/// best so far; without `needs_less_slack` cheaper is enough. The continuous problem is solved by a
/// penalty method here, by SLSQP there.
PeerAnswer choose_as_jolteon(const std::vector<StageModel>& stages, double limit,
                             bool needs_less_slack);

}  // namespace stepconf::bench
