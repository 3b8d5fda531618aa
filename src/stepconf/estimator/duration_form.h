#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// What one warm instance has to do and has to do it with: all that its duration depends on.
struct InstanceLoad {
  MemoryMb memory;
  int processes = 1;
  /// Jobs that this instance handles, at least 1.
  int jobs = 1;
  /// Instances of its step that work beside it, itself included. Only a function whose instances
  /// get into each other's way (a shared store, a merge of all parts) depends on it.
  int instances = 1;

  auto operator<=>(const InstanceLoad&) const = default;
};

/// A load but for the memory: what configurations of a step that differ in memory alone share.
struct LoadShape {
  int processes = 1;
  int jobs = 1;
  int instances = 1;

  bool operator==(const LoadShape&) const = default;
};

/// Gives the speed-up over one vCPU that Eq. (1) grants: min(m / m_s, q).
double speed_up(const InstanceLoad& load);

/// Gives the speed-up where each process keeps `threads` vCPUs busy: min(m / m_s, threads q).
double speed_up(const InstanceLoad& load, double threads);

/// A measured configuration: what one instance took, on average over its samples.
struct Observation {
  InstanceLoad load;
  double seconds = 0;
  /// How far the mean can be trusted, over 0 and at most 1.
  double weight = 1;
};

/// How many different values the parts of a load take in some observations: what can be told apart
/// depends on them.
struct Diversity {
  /// Of min(m / m_s, q), of m / m_s alone, of jobs, of instances.
  std::size_t speed_ups = 0, memories = 0, jobs = 0, instances = 0;
  /// Of the whole load, and of the pair (speed-up, jobs), which is all that Eq. (1) sees.
  std::size_t loads = 0, pairs = 0;
};

Diversity diversity(std::span<const Observation> observations);

/// A parameter of a form: its name in models.json and the bounds that keep predictions positive.
struct ParameterInfo {
  std::string_view name;
  std::string_view unit;
  double lower = 0;
  double upper = 1e9;
  /// Its value where the observations cannot tell it, within the bounds.
  double otherwise = 0;
};

/// A family of functions from load to seconds. Implementations have no state.
class DurationForm {
 public:
  virtual ~DurationForm() = default;
  virtual std::string_view name() const = 0;
  virtual std::span<const ParameterInfo> parameters() const = 0;
  /// Evaluates the form; `parameters` in the order of parameters().
  virtual double seconds(std::span<const double> parameters, const InstanceLoad& load) const = 0;
  /// Tells which parameters these observations can pin down; the others are held at
  /// ParameterInfo::otherwise. Empty where the form cannot be fitted to them.
  virtual std::vector<bool> identifiable(std::span<const Observation> observations) const = 0;
  /// Proposes points from which a search should begin, at least one.
  virtual std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const = 0;
};

/// Eq. (1) of the paper: each case alone, both split at m_s, and each case with fitted saturation.
std::span<const DurationForm* const> equation1_forms();
/// The first three of them, as the paper has them.
std::span<const DurationForm* const> paper_forms();
/// Work that is shared out freely, and work that goes in waves of whole jobs.
std::span<const DurationForm* const> work_forms();
/// What is left where too little is known to tell how memory acts.
const DurationForm& constant_form();

/// Lists every form that a search may choose, the simpler first, then `constant`, which none does.
std::span<const DurationForm* const> duration_forms();

/// Finds a form by name; nullptr where there is none.
const DurationForm* find_duration_form(std::string_view name);

}  // namespace stepconf::estimator
