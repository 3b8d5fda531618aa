#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/estimator/configuration.h"

namespace stepconf::cache {

/// A decision made earlier in an execution, and the question that it answered.
struct PastDecision {
  workflow::StepId step = 0;
  int attempt = 1;
  int jobs = 1;
  /// When the step became ready, since the execution's start.
  std::int64_t milliseconds = 0;
  estimator::Configuration configuration;

  /// Whether `other` answers the same question.
  bool repeats(const PastDecision& other) const {
    return step == other.step && attempt == other.attempt && jobs == other.jobs &&
           milliseconds == other.milliseconds;
  }
  bool operator==(const PastDecision&) const = default;
};

/// What the decisions of an execution share where each is made by a process of its own.
struct ExecutionState {
  /// Sub-graphs with their latest finishes: the paper's global cache.
  InMemoryCache::SubGraphs sub_graphs;
  /// In the order in which they were made.
  std::vector<PastDecision> decisions;

  /// Adds a decision. Beyond kMostDecisions the oldest is forgotten: asked again, it is made anew.
  void add(const PastDecision& decision);
  /// Finds the decision that answered the same question; null where there is none.
  const PastDecision* find(const PastDecision& question) const;
};

/// Keeps the text of a workflow of 100 steps under 8 KB, and that of a loop from growing.
inline constexpr std::size_t kMostDecisions = 128;

/// Writes a state as one line of JSON (docs/formats.md). `plan` names the plan that was decided by.
std::string to_text(const ExecutionState& state, std::string_view plan);

/// Reads what `to_text` wrote for a workflow of `steps` steps. Empty text, and one of another plan,
/// whose steps may be others, give an empty state. Throws InvalidInput where the text was damaged.
ExecutionState parse_state(std::string_view text, std::string_view plan, int steps);

}  // namespace stepconf::cache
