#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/executions/trace.h"
#include "stepconf/executor/trace.h"
#include "stepconf/workflow/from_asl.h"
#include "tests/executions/history.h"

// An execution of a small workflow for the tests of what is read of histories.

namespace stepconf::executions {

// Upscale is a Map over resize, then Encode.
inline constexpr const char* kFilm = R"({"StartAt": "Upscale", "States": {
  "Upscale": {"Type": "Map", "ItemsPath": "$.frames", "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:resize", "End": true}}},
    "Next": "Encode"},
  "Encode": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:encode",
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}], "End": true},
  "Sorry": {"Type": "Pass", "End": true}}})";

inline constexpr Seconds kSlo{20};

/// A deployment "shop" of a definition.
struct Shop {
  explicit Shop(const char* definition)
      : machine(asl::StateMachine::parse(definition, "test")),
        workflow(workflow::from_state_machine(machine, {})) {}

  ReadExecution read(const History& history, const std::string& status = "SUCCEEDED",
                     std::map<std::string, platform::InvocationReport> reports = {},
                     std::vector<Json> decisions = {}) const {
    return read_execution(
        {.execution = {.arn = "arn:e",
                       .name = "e",
                       .status = status,
                       .started = History::kStart,
                       .stopped = history.events().back().time,
                       .output = "{\"film\":1}"},
         .events = history.events(),
         .reports = std::move(reports),
         .decisions = std::move(decisions)},
        {.machine = machine, .workflow = workflow, .names = names, .prices = prices}, kSlo);
  }

  asl::StateMachine machine;
  workflow::Workflow workflow;
  deploy::DeploymentNames names{"shop", {.id = "123456789012"}};
  pricing::PriceSheet prices = pricing::price_sheet();
};

inline platform::InvocationReport report(const std::string& request, double duration, int memory_mb,
                                         std::optional<Seconds> init = {}) {
  return {.request_id = request,
          .duration = Seconds(duration),
          .billed = Seconds(duration) + init.value_or(Seconds{0}),
          .init = init,
          .memory_mb = memory_mb,
          .max_memory_mb = 100};
}

inline double cost(int memory_mb, double seconds) {
  return pricing::instance_cost(pricing::price_sheet(), {memory_mb}, Seconds(seconds)).value;
}

inline constexpr double kTransition = 25e-6;

inline const Json kAnswer = {{"function", "f"}, {"memory_mb", 1024}, {"size", 2},
                             {"instances", 2},  {"processes", 2},    {"safe", false}};

// Upscale of three jobs in two batches, the first of them cold.
inline int upscale(History& history, int previous) {
  int id = history.configure("Upscale", kAnswer, previous, 1.0);
  id = history.enter("Map", "Upscale", id, 1.1);
  const int map = history.add("MapStateStarted", id, 1.1, {{"length", 2}});
  const int first = history.iteration("Upscale", 0, map, 1.2);
  const int second = history.iteration("Upscale", 1, map, 1.2);
  int one = history.enter("Task", "One", first, 1.2);
  int other = history.enter("Task", "One", second, 1.2);
  one = history.begin_call(alias_of("resize", 1024), batch("Upscale", {1, 2}, 2), one, 1.3);
  other = history.begin_call(alias_of("resize", 1024), batch("Upscale", {3}, 2), other, 1.4);
  other = history.end_call({30}, "second", other, 2.4);
  other = history.exit("Task", "One", other, 2.4);
  one = history.end_call({10, 20}, "first", one, 3.3);
  one = history.exit("Task", "One", one, 3.3);
  other = history.add("MapIterationSucceeded", other, 2.4, {{"name", "Upscale"}, {"index", 1}});
  one = history.add("MapIterationSucceeded", one, 3.3, {{"name", "Upscale"}, {"index", 0}});
  id = history.add("MapStateSucceeded", one, 3.3);
  return history.exit("Map", "Upscale", id, 3.3);
}

inline int encode(History& history, int previous) {
  int id = history.enter("Task", "Encode", previous, 3.4);
  id = history.begin_call(alias_of("encode", 512), {{"film", 1}}, id, 3.5);
  id = history.end_call({{"film", 2}}, "encode", id, 4.5);
  return history.exit("Task", "Encode", id, 4.5);
}

}  // namespace stepconf::executions
