#include "stepconf/machine/generate.h"

namespace stepconf::machine {
namespace {

const char* text_of(Decided decided) {
  switch (decided) {
    case Decided::before_step:
      return "before the step";
    case Decided::before_map:
      return "before the outermost Map around it";
    case Decided::beforehand:
      return "beforehand";
    case Decided::never:
      break;
  }
  return "never";
}

}  // namespace

OrderedJson report_of(const GeneratedMachine& machine) {
  OrderedJson steps = OrderedJson::object();
  for (const GeneratedStep& step : machine.steps) {
    OrderedJson entry = {{"function", step.function}, {"batched", step.batched}};
    if (!step.batched) entry["reason"] = step.reason;
    entry["decided"] = text_of(step.decided);
    if (!step.variable.empty()) entry["variable"] = step.variable;
    if (step.max_concurrency > 0) entry["max_concurrency"] = step.max_concurrency;
    entry["states_added"] = step.added;
    entry["transitions_added"] = step.transitions_added;
    if (step.transitions_added_per_job > 0) {
      entry["transitions_added_per_job"] = step.transitions_added_per_job;
    }
    steps.push_back({step.name, std::move(entry)});
  }
  return {{"schema", 1}, {"steps", steps}};
}

}  // namespace stepconf::machine
