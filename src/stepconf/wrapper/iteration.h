#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepconf/asl/data_flow.h"
#include "stepconf/asl/retry.h"
#include "stepconf/asl/template.h"
#include "stepconf/base/json.h"
#include "stepconf/base/units.h"

namespace stepconf::wrapper {

/// What Step Functions does around the function in one iteration of a Map state whose processor is
/// one Task: how an item becomes the function's event and its result the iteration's, and when the
/// Task is tried again. By the same code as asl::Execution. Immutable.
class Iteration {
 public:
  /// Compiles {"Map": {"ItemSelector": {...}}, "Task": {...}}, both optional; Task is the inner
  /// state as it stands in the definition. Of a Task in JSONata only Retry and TimeoutSeconds
  /// count: its data flow is applied before batching. Throws InvalidInput that names `source` and
  /// the field.
  static Iteration parse(const Json& state, const std::string& source);

  /// Tells whether events and results are made here; else they travel as they were written.
  bool shapes_data() const { return item_selector_ || task_; }
  std::span<const asl::Retrier> retry() const { return retry_; }
  /// The time that each attempt may take.
  std::optional<Seconds> timeout() const { return timeout_; }

  /// Makes the Task's input from the `item`. `map_input` is the Map's effective input, as far as
  /// ItemSelector reads it; `context` is the context object with Map.Item. Throws
  /// asl::StateFailure.
  Json input(Json item, const Json& map_input, const Json& context) const;
  /// Makes the function's event from the Task's input. Throws asl::StateFailure.
  Json event(const Json& input, const Json& context) const;
  /// Makes the iteration's result from the function's. Throws asl::StateFailure.
  Json output(Json input, Json result, const Json& context) const;

 private:
  struct TaskState {
    asl::Task task;
    asl::DataFlow flow;
  };
  void read_task(const Json& task, const std::string& source);

  std::optional<asl::Template> item_selector_;
  std::optional<TaskState> task_;
  std::vector<asl::Retrier> retry_;
  std::optional<Seconds> timeout_;
};

}  // namespace stepconf::wrapper
