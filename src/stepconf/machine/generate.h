#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"

namespace stepconf::machine {

/// What a step of the generated machine may be configured with.
struct StepChoice {
  /// The FunctionName to call for each memory size: an ARN or NAME:ALIAS. It has the safe one's.
  std::map<MemoryMb, std::string> functions;
  /// What the machine calls for each of these texts, where a configurator cannot know it: a
  /// template has `${NAME}`, which CloudFormation fills in. Empty: the text itself. It has all of
  /// them, or none.
  std::map<std::string, std::string> called{};
  /// What runs where the configurator does not answer, and where nothing can be chosen at run time.
  estimator::Configuration safe;
  /// What an invocation of the function may take.
  Seconds timeout{900};
  /// Where not empty, each job gets an instance of its own, because of this.
  std::string why_not_batched{};
};

struct GeneratorOptions {
  /// The FunctionName of the configurator.
  std::string configurator;
  /// By the step's name. A step that is not here stays as it is.
  std::map<std::string, StepChoice> steps;
  /// Whether each configurator is told what the last one on its way has left (the cache
  /// `execution`, docs/configurator.md).
  bool decisions_travel = false;
};

/// How a function step is decided in the generated machine.
enum class Decided {
  /// By a configurator before the step.
  before_step,
  /// By a configurator before the outermost Map around it.
  before_map,
  /// When the machine was generated: the safe configuration's memory.
  beforehand,
  /// Not at all: the state calls the function as it did.
  never,
};

/// What became of one function step.
struct GeneratedStep {
  /// As asl::StepInfo::name.
  std::string name;
  /// The function's name, without qualifier.
  std::string function;
  /// How the definition names it: an ARN or a name, perhaps with a qualifier.
  std::string called{};
  bool is_map = false;
  /// Whether its jobs travel in batches; where not, `reason` says why.
  bool batched = false;
  std::string reason{};
  Decided decided = Decided::before_step;
  /// The workflow variable that holds the decision; empty where there is none.
  std::string variable{};
  /// The Map's MaxConcurrency where that is a number: instances * processes stays at or under it.
  int max_concurrency = 0;
  /// The states that were added for it, by name.
  std::vector<std::string> added{};
  /// State transitions that an execution pays for it, beside those of its jobs or batches.
  int transitions_added = 0;
  /// The same for each of its jobs.
  int transitions_added_per_job = 0;
};

struct GeneratedMachine {
  /// The definition; the very text that was given where nothing had to be changed.
  std::string definition;
  /// In the order of the definition.
  std::vector<GeneratedStep> steps;
  /// The steps file for the wrapper: what it applies to the jobs of each batched step.
  Json templates;
};

/// Puts a configurator before each function step of a definition in the Amazon States Language, and
/// batches where the meaning can be kept (docs/state-machine.md); JSONPath and JSONata. Everything
/// else stays as it is. Pure: equal inputs give equal bytes. Throws InvalidInput "SOURCE: ..."
/// where the text is no JSON object with StartAt and States, and "SOURCE: state 'PATH' ..." where
/// what would be changed is malformed; the rest is not checked. Where what is generated would be
/// longer than Step Functions takes, it is written without white space, and refused if that is not
/// enough.
GeneratedMachine generate(std::string_view definition, std::string_view source,
                          const GeneratorOptions& options);

/// Lists the function steps of a definition, and which of them can be batched where an invocation
/// of their function may take so long (by function; 900 s for others). Throws as `generate`.
std::vector<GeneratedStep> function_steps(std::string_view definition, std::string_view source,
                                          const std::map<std::string, Seconds>& timeouts);

/// The report for people and programs: {"steps": {NAME: {"batched": ..., "reason": ...}}}.
OrderedJson report_of(const GeneratedMachine& machine);

}  // namespace stepconf::machine
