#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/estimator/drift.h"
#include "stepconf/estimator/fold.h"

namespace stepconf::cli {

/// How functions compare with earlier models, and what was done about it.
struct DriftReport {
  /// What the executions are compared with: "models.json".
  std::string models;
  std::map<std::string, estimator::Drift> drifts;
  std::map<std::string, std::vector<estimator::SpeedChange>> rescaled;
};

/// Writes the members `drift` and `rescaled` of `fit --json` (docs/formats.md) into `document`.
void add_to_json(const DriftReport& report, OrderedJson& document);

/// Writes a table of the functions' drift for people; nothing where there is none.
void print(const DriftReport& report, std::ostream& out);

/// Warns of functions that became slower or whose tail became heavier, and tells of faster ones and
/// of samples that were rescaled.
void warn(const DriftReport& report, std::ostream& err);

}  // namespace stepconf::cli
