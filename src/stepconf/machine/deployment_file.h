#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/configurator/deployment.h"
#include "stepconf/machine/generate.h"

namespace stepconf::machine {

/// What a deployment file says beside what follows from the generated machine.
struct DeploymentFileOptions {
  /// The deployment's name, in metrics; not empty.
  std::string name;
  configurator::Mode mode = configurator::Mode::on;
  configurator::CacheSettings cache{};
  /// Bytes of a job's result, at most, by step; steps that are not here: nobody knows.
  std::map<std::string, std::int64_t> result_bytes{};
};

/// Tells how the machine runs a step, as far as the configurator has to know. REQUIRES:
/// step.decided is before_step or before_map.
configurator::StepKind kind_of(const GeneratedStep& step);

/// Writes the configurator's deployment file (docs/formats.md) for a machine that was generated
/// with `choices`: the steps that ask a configurator, in the order of the definition.
/// configurator::parse_deployment reads it.
OrderedJson deployment_file(const GeneratedMachine& machine, const GeneratorOptions& choices,
                            const DeploymentFileOptions& options);

}  // namespace stepconf::machine
