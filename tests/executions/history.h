#pragma once

#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/services/step_functions.h"

namespace stepconf::executions {

/// A history written by hand, in the words of Step Functions. Every call gives the id of the last
/// event that it added, for the next one to come after. Times are seconds since the start.
class History {
 public:
  static constexpr double kStart = 1'700'000'000;

  int add(const std::string& type, int previous, double time, Json details = Json::object()) {
    const int id = static_cast<int>(events_.size()) + 1;
    events_.push_back({.id = id,
                       .previous_id = previous,
                       .time = kStart + time,
                       .type = type,
                       .details = std::move(details)});
    return id;
  }

  int enter(const std::string& type, const std::string& name, int previous, double time) {
    return add(type + "StateEntered", previous, time, {{"name", name}});
  }
  int exit(const std::string& type, const std::string& name, int previous, double time) {
    return add(type + "StateExited", previous, time, {{"name", name}});
  }
  int iteration(const std::string& map, int index, int previous, double time) {
    return add("MapIterationStarted", previous, time, {{"name", map}, {"index", index}});
  }

  /// A call by lambda:invoke, as far as its start.
  int begin_call(const std::string& function, const Json& payload, int previous, double time) {
    const Json parameters = {{"FunctionName", function}, {"Payload", payload}};
    const int scheduled = add(
        "TaskScheduled", previous, time,
        {{"resourceType", "lambda"}, {"resource", "invoke"}, {"parameters", parameters.dump()}});
    return add("TaskStarted", scheduled, time + 0.01, {{"resourceType", "lambda"}});
  }
  int end_call(const Json& result, const std::string& request, int previous, double time) {
    const Json output = {{"Payload", result},
                         {"StatusCode", 200},
                         {"SdkResponseMetadata", {{"RequestId", request}}}};
    return add("TaskSucceeded", previous, time,
               {{"resourceType", "lambda"}, {"output", output.dump()}});
  }
  int fail_call(const std::string& error, int previous, double time) {
    return add("TaskFailed", previous, time,
               {{"resourceType", "lambda"}, {"error", error}, {"cause", "{}"}});
  }

  /// "STEP: configure" from `time` for 0.1 s, answered.
  int configure(const std::string& step, const Json& answer, int previous, double time,
                const std::string& request = "configure") {
    int id = enter("Task", step + ": configure", previous, time);
    id = begin_call(kConfigurator, {{"step", step}}, id, time);
    id = end_call(answer, request, id, time + 0.1);
    return exit("Task", step + ": configure", id, time + 0.1);
  }

  const std::vector<services::HistoryEvent>& events() const { return events_; }

  static constexpr const char* kConfigurator =
      "arn:aws:lambda:us-east-1:123456789012:function:stepconf-shop:mem-512-0123abcd";

 private:
  std::vector<services::HistoryEvent> events_;
};

/// The alias of a copy in the deployment "shop".
inline std::string alias_of(const std::string& function, int memory_mb) {
  return "arn:aws:lambda:us-east-1:123456789012:function:stepconf-shop_" + function + ":mem-" +
         std::to_string(memory_mb) + "-0123abcd";
}

/// A batch as the generated machine sends it.
inline Json batch(const std::string& step, const Json& jobs, int processes) {
  return {{"stepconf", {{"step", step}, {"processes", processes}}}, {"jobs", jobs}};
}

}  // namespace stepconf::executions
