#pragma once

#include <map>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/compiled/compiled_plan.h"

namespace stepconf::compiled {

/// The small parts of a plan file, written as JSON: workflow, goal, prices, configuration spaces.
struct Settings {
  std::string made_by;
  workflow::Workflow workflow;
  Goal goal;
  pricing::PriceSheet prices;
  estimator::ConfigurationSpace space;
  std::map<std::string, estimator::ConfigurationSpace> overrides;
  estimator::CostRule cost = estimator::CostRule::billed;
};

OrderedJson to_json(const Settings& settings);

/// Reads settings. Throws InvalidInput "SOURCE: PATH ..." for what is missing, unknown, of the
/// wrong kind or out of range, and for a workflow with a cycle.
Settings parse_settings(std::string_view text, const std::string& source);

}  // namespace stepconf::compiled
