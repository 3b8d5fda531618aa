#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/drift.h"
#include "stepconf/estimator/session.h"

namespace stepconf::estimator {

struct FoldOptions {
  /// A sample counts half as much as one that is younger by this; over 0.
  Seconds half_life{14 * 86'400.0};
  /// The form that older samples are fitted with, to tell whether a function's speed has changed.
  std::string form = "auto";
};

/// A time from which on a function was slower or faster than before: its older samples were brought
/// to the new speed.
struct SpeedChange {
  /// Of the first execution that showed it.
  Seconds since{0};
  /// `verdict` is slower or faster, and `factor` what older durations were multiplied by.
  Drift drift;
  /// Samples that were rescaled.
  int samples = 0;
};

struct Folded {
  /// All samples in order of time, with their weights.
  std::vector<Sample> samples;
  /// By the function's name, in order of time.
  std::map<std::string, std::vector<SpeedChange>> changes;
};

/// Tells from when on executions are recent: those not older by more than a half-life than the
/// newest. `executions` are in order of time, at least one.
Seconds recent_since(std::span<const Session> executions, Seconds half_life);

/// Makes one set of samples of a profile and of executions, which are in order of time.
///
/// Weights halve with each half-life of age, counted from the newest session of all. Executions are
/// taken in, oldest first, in periods of a half-life each. Where those of a period show clearly
/// that a function became slower or faster than a fit of all its older samples says, the durations
/// of these are multiplied by the factor: what they say about how memory, processes and jobs act is
/// kept, and so a few recent executions repair many old measurements. Pure; one fit a period.
/// Throws InvalidInput where the form is unknown.
Folded fold(const std::optional<Session>& profile, std::span<const Session> executions,
            const FoldOptions& options = {});

}  // namespace stepconf::estimator
