#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stepconf/asl/state.h"
#include "stepconf/base/units.h"

namespace stepconf::asl {

/// A step of a definition: a Task, or a Map whose processor's only state is one Task.
struct StepInfo {
  /// As Invoke::step and workflow::Step::name.
  std::string name;
  /// The function's name, without qualifier.
  std::string function;
  bool is_map = false;
  /// Whether several of its jobs may share an instance; where not, `why_not_batched` says why.
  bool batched = true;
  std::string why_not_batched;
  /// MaxConcurrency of a Map that is a step, for the executor to keep: instances * processes stays
  /// at or under it. 0 means no bound. Where a step is inside a Map of several states, the machine
  /// keeps that Map's bound itself.
  int max_concurrency = 0;
};

/// A validated definition in the Amazon States Language (JSONPath). Cheap to copy; immutable, so it
/// may be shared between threads.
class StateMachine {
 public:
  /// Parses and checks `text`. Throws InvalidInput that names `source` and line, or state and
  /// field, where it is no JSON or no valid definition, or uses what is not supported: JSONata,
  /// variables, loops, Distributed Map, services other than Lambda.
  static StateMachine parse(std::string_view text, std::string_view source);

  /// The definition's name in messages.
  const std::string& source() const { return content_->source; }
  /// The states of the outermost scope.
  const States& states() const { return content_->states; }
  /// Time that a whole execution may take.
  std::optional<Seconds> timeout() const { return content_->timeout; }
  /// All steps, each after those that lead to it.
  std::span<const StepInfo> steps() const { return content_->steps; }
  /// Finds a step by name; null where there is none.
  const StepInfo* find_step(std::string_view name) const;

 private:
  struct Content {
    std::string source;
    States states;
    std::optional<Seconds> timeout;
    std::vector<StepInfo> steps;
  };
  std::shared_ptr<const Content> content_;
};

}  // namespace stepconf::asl
