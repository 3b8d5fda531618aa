#pragma once

#include <string>

#include "stepconf/machine/generate.h"

namespace stepconf::machine {

/// Where the decisions of an execution meet (docs/configurator.md).
struct DecisionCache {
  /// "none", "execution" or "dynamodb".
  std::string kind = "none";
  /// Of dynamodb.
  std::string table{};
};

/// Writes the file by which a configurator knows the steps of `machine`, which `options` was
/// generated with (docs/formats.md, "The deployment file"). Steps that nobody asks about at run
/// time are not in it.
OrderedJson deployment_file(const std::string& deployment, const GeneratedMachine& machine,
                            const GeneratorOptions& options, const DecisionCache& cache);

}  // namespace stepconf::machine
