#pragma once

#include <optional>

#include "stepconf/base/json.h"
#include "stepconf/estimator/json_fields.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::optimizer {

/// Writes why a configuration was chosen, as the members that `plan --json` and a line of the trace
/// have for it (docs/formats.md): what bound the choice, its place among the options, the
/// runner-up, chances. What is not known is null. Configuration, expectation and sub-SLO stand
/// beside these members and are left to the caller.
OrderedJson why_to_json(const Decision& decision);

/// Reads what `why_to_json` wrote; absent where `fields` has none of it. Throws InvalidInput as
/// JsonFields does.
std::optional<Decision> why_from_json(estimator::JsonFields& fields);

}  // namespace stepconf::optimizer
