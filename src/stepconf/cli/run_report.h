#pragma once

#include <iosfwd>
#include <optional>

#include "stepconf/base/json.h"
#include "stepconf/executor/executor.h"

namespace stepconf::cli {

/// Whether the execution succeeded within its SLO; false without one.
bool met_slo(const executor::RunSummary& summary, const std::optional<Seconds>& slo);

/// Writes what `run --json` prints (docs/formats.md).
OrderedJson to_json(const executor::RunSummary& summary, const std::optional<Seconds>& slo);

/// Writes a table of the steps, and how the execution ended, for people.
void print(const executor::RunSummary& summary, const std::optional<Seconds>& slo,
           std::ostream& out);

}  // namespace stepconf::cli
