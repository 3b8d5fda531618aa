#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "stepconf/configurator/configurator.h"
#include "tests/compiled/plans.h"

namespace stepconf::configurator::testing {

inline estimator::Configuration safe() { return {{1024}, 4, 2}; }

/// The steps of tests/compiled/plans.h, each with all memory sizes: "arn:fan:mem-512".
inline Deployment deployment() {
  Deployment result{.name = "fan-out"};
  for (const char* name : {"split", "fan", "join"}) {
    DeployedStep step{.kind = std::string(name) == "fan" ? StepKind::map : StepKind::task,
                      .functions = {},
                      .safe = safe()};
    for (const int memory : estimator::ConfigurationSpace{}.memory_mb)
      step.functions[{memory}] = fmt::format("arn:{}:mem-{}", name, memory);
    result.steps.emplace(name, std::move(step));
  }
  return result;
}

inline Deployment with_table() {
  Deployment result = deployment();
  result.cache.kind = CacheSettings::Kind::dynamodb;
  result.cache.table = "decisions";
  return result;
}

/// An SLO of 12 s, 10 % of it headroom.
inline Configurator configurator(Deployment deployed = deployment(), std::string plan_name = "plan",
                                 const std::string& strategy = "stepconf") {
  return {std::move(deployed), compiled::testing::plan({Seconds(12), "", 0.95, 0.1, strategy}),
          std::move(plan_name)};
}

inline Event event(const std::string& step, int jobs, std::int64_t milliseconds) {
  Event result;
  result.step = step;
  result.execution = "execution";
  result.jobs = jobs;
  result.milliseconds = milliseconds;
  return result;
}

}  // namespace stepconf::configurator::testing
