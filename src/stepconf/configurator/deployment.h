#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"

namespace stepconf::configurator {

/// Whether decisions are made, and whether they count.
enum class Mode {
  /// Nothing is decided: the safe configuration, at once.
  off,
  /// Decided, stored and logged; the safe configuration is the answer.
  observe,
  on,
};

/// Reads "off", "observe" or "on"; absent where the text is anything else.
std::optional<Mode> parse_mode(std::string_view text);
std::string_view to_string(Mode mode);

/// How the state machine runs a step.
enum class StepKind {
  /// One job, no batch: memory alone is chosen.
  task,
  /// An inline Map, of which at most kInlineConcurrency iterations run at once.
  map,
  /// A Distributed Map: memory and the size of its batches are chosen.
  distributed,
};

/// A Map that is not Distributed runs no more iterations at once
/// (https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html).
inline constexpr int kInlineConcurrency = 40;

/// What belongs to a step where it was deployed.
struct DeployedStep {
  StepKind kind = StepKind::map;
  /// Whether jobs may share an instance; where not, each has its own.
  bool batched = true;
  /// The user's MaxConcurrency, which counts jobs; 0 means no bound.
  int max_concurrency = 0;
  /// Bytes of a job's result, at most; 0 where nobody knows.
  std::int64_t result_bytes = 0;
  /// Which function to call for a memory size: ARNs with an alias, or functions of their own.
  std::map<MemoryMb, std::string> functions{};
  /// The static plan's: what runs where nothing was decided. Its memory size is in `functions`.
  estimator::Configuration safe{};
};

/// Where the decisions of an execution meet.
struct CacheSettings {
  enum class Kind {
    /// Each decision stands alone; enough for strategies that decide beforehand.
    none,
    /// In the workflow's own variables, which events bring and answers take along.
    execution,
    dynamodb,
  };
  Kind kind = Kind::none;
  std::string table{};
  /// What one decision may spend on the table, all attempts included.
  Seconds limit{0.2};
  /// How long an execution's item is kept.
  Seconds keep{86400};
};

/// What the configurator has to know beside the plan: written by `deploy`, docs/formats.md.
struct Deployment {
  /// Its name, a dimension of the metrics.
  std::string name{};
  Mode mode = Mode::on;
  CacheSettings cache{};
  std::map<std::string, DeployedStep, std::less<>> steps{};
};

/// Reads a deployment file. Throws InvalidInput "SOURCE: PATH: ..." for what is missing, unknown,
/// of the wrong kind or out of range.
Deployment parse_deployment(std::string_view text, const std::string& source);

}  // namespace stepconf::configurator
