#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/cache/conditional_table.h"
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
  estimator::Configuration configuration{};
  /// Higher than those of the decisions that it knew of.
  int number = 0;

  bool operator==(const PastDecision&) const = default;
};

/// What the decisions of an execution share where each is made by a process of its own.
struct ExecutionState {
  /// Sub-graphs with their latest finishes: the paper's global cache.
  InMemoryCache::SubGraphs sub_graphs{};
  /// By number.
  std::vector<PastDecision> decisions{};

  /// Finds the decision that answered the same question; null where there is none.
  const PastDecision* find(const PastDecision& question) const;
};

/// A copy of an execution's sub-graphs to decide on, which notes what the decision rests on and
/// what it changes.
class Transaction final : public optimizer::GlobalCache {
 public:
  explicit Transaction(InMemoryCache::SubGraphs sub_graphs) : cache_(std::move(sub_graphs)) {}

  Entry find(workflow::StepId step) override;
  [[nodiscard]] bool store(std::uint64_t version,
                           std::vector<optimizer::SubGraph> sub_graphs) override;

  const InMemoryCache::SubGraphs& sub_graphs() const { return cache_.sub_graphs(); }
  /// The steps whose sub-graphs were asked for, and those that were given others.
  const std::set<workflow::StepId>& read() const { return read_; }
  const std::set<workflow::StepId>& written() const { return written_; }

 private:
  InMemoryCache cache_;
  std::set<workflow::StepId> read_, written_;
};

/// Of more decisions the oldest are forgotten, and made anew where they are asked for again: a loop
/// would fill the table.
inline constexpr std::size_t kMostDecisions = 128;

/// Reads a state (docs/formats.md). `plan` names the plan that is decided by: what others left is
/// not looked at, for their steps may be others. Throws InvalidInput where a text was damaged.
ExecutionState parse_state(const ConditionalTable::Contents& contents, std::string_view plan,
                           int steps);

/// States the change that adds `decided`, which was made on `transaction`, to `contents`, of which
/// `state` was read. It rests on the sub-graphs that were read and on nobody having answered the
/// same question; with `on_everything`, on nothing having changed at all.
ConditionalTable::Change change_of(const ConditionalTable::Contents& contents,
                                   const ExecutionState& state, const Transaction& transaction,
                                   PastDecision decided, std::string_view plan, bool on_everything);

}  // namespace stepconf::cache
