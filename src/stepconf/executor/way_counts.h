#pragma once

#include <map>
#include <set>
#include <string>

#include "stepconf/executor/step_record.h"
#include "stepconf/workflow/choice_shares.h"

namespace stepconf::executor {

/// Counts which ways executions went, from their records.
class WayCounts {
 public:
  /// Takes the ways that a record tells of. Each record counts as often as it is added.
  void add(const StepRecord& record);
  /// Gives the counts so far, by the full name of the state.
  const std::map<std::string, workflow::LearntWays>& choices() const { return choices_; }

 private:
  std::map<std::string, workflow::LearntWays> choices_;
  /// By state: who came past it.
  std::map<std::string, std::set<std::string>> executions_;
};

}  // namespace stepconf::executor
