// Whatever a state machine sends: the event is refused for want of a step, or is answered with a
// dispatch that covers its jobs, and its log line is one line of JSON.
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/configurator/configurator.h"
#include "stepconf/configurator/event.h"
#include "stepconf/configurator/log_line.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;
using namespace stepconf::configurator;

Deployment deployment() {
  return parse_deployment(R"({"schema": 1, "deployment": "fuzz", "cache": {"kind": "execution"},
    "steps": {
      "map": {"kind": "map", "result_bytes": 2000, "functions": {"512": "arn"},
              "safe": {"memory_mb": 512, "instances": 4, "processes": 2}},
      "task": {"kind": "task", "functions": {"512": "arn"},
               "safe": {"memory_mb": 512, "instances": 1, "processes": 1}}}})",
                          "fuzz");
}

compiled::CompiledPlan plan() {
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(2);
  workflow.graph.add_edge(0, 1);
  for (const char* name : {"map", "task"}) {
    workflow::Step step;
    step.name = name;
    step.function = "work";
    step.is_map = step.name == "map";
    step.jobs = step.is_map ? 16 : 1;
    workflow.steps.push_back(step);
  }
  estimator::Models models;
  models.functions.emplace("work", estimator::Table{{{{{512}, 1, 1}, Seconds(3), Usd{1e-5}},
                                                     {{{512}, 8, 2}, Seconds(1), Usd{3e-5}}},
                                                    0.1});
  return compiled::compile("fuzz", std::move(workflow), {Seconds(20), "", 0.95, 0, "exact"},
                           {std::move(models), pricing::price_sheet()});
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Configurator configurator(deployment(), plan(), "plan");
  Json json;
  try {
    json = parse_json(fuzz::text(data, size), "event");
  } catch (const InvalidInput&) {
    return 0;
  }
  try {
    const Verdict verdict = configurator.decide(parse_event(json), Mode::on, nullptr);
    const Dispatch& told = verdict.dispatch;
    fuzz::expect(!told.function.empty(), "a function is named");
    fuzz::expect(told.size >= 1 && told.processes >= 1 && told.instances >= 0, "sizes make sense");
    fuzz::expect(std::int64_t{told.size} * told.instances >= verdict.jobs, "all jobs are covered");
    fuzz::expect(verdict.event.fault.empty() || !verdict.why_safe.empty(),
                 "what is wrong is answered safely");
    const std::string line = log_line(verdict, "fuzz", 1, Seconds(0.001));
    fuzz::expect(line.find('\n') == std::string::npos, "a log line is one line");
    parse_json(line, "log line");
    answer(verdict).dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const InvalidEvent&) {
    return 0;
  }
  return 0;
}
