#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/estimator/cold_start.h"
#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/mapping_delay.h"
#include "stepconf/estimator/memory_need.h"
#include "stepconf/estimator/option.h"
#include "stepconf/estimator/spread.h"
#include "stepconf/workflow/choice_shares.h"

namespace stepconf::estimator {

/// Relative errors, 0.01 being 1 %.
struct ErrorSummary {
  double mean = 0;
  double max = 0;

  bool operator==(const ErrorSummary&) const = default;
};

/// How far predicted means are off, as standard deviations of logarithms (0.01 is 1 %): little
/// where it was measured, more elsewhere. All instances of a step share this error.
struct ModelError {
  double measured = 0;
  double elsewhere = 0;
  /// The loads that were measured; of many, some.
  std::vector<InstanceLoad> loads;

  bool operator==(const ModelError&) const = default;
  /// Gives the error at `load` beyond `measured`: 0 at a measured load, growing as the similarity
  /// to the nearest one falls. O(loads).
  double beyond_measured(const InstanceLoad& load) const;
};

/// How well a fit came out. A poor one is a result, not an exception.
struct FitReport {
  /// False where predictions should not be trusted; `reason` says why, and what to measure.
  bool reliable = true;
  std::string reason;
  /// Why this form: against which others it was chosen, and by what.
  std::string chosen_because;
  /// The measurement that would help most; empty where none would help noticeably.
  std::string advice;
  /// Rows that the durations were fitted to, and the different loads among them.
  int samples = 0;
  int configurations = 0;
  /// Against the mean of each measured load.
  ErrorSummary error;
  /// The same for loads left out of the fit; absent where too few were measured.
  std::optional<ErrorSummary> cross_validation;
  /// Mean error that a perfect model would show, because the measured means are noisy themselves.
  double noise_floor = 0;

  bool operator==(const FitReport&) const = default;
};

/// A function whose behaviour was fitted to samples.
struct FittedFunction {
  DurationModel duration;
  MappingDelay dispatch{};
  MemoryNeed memory{};
  /// How single instances scatter around the mean of their load.
  Spread spread{};
  /// How they scatter around the prediction, which is off itself.
  Spread residual{};
  ModelError model_error{};
  ColdStart cold{};
  FitReport report{};
};

/// A function given by a table: a step's own totals, whatever its jobs.
struct Table {
  /// At least one; in the file's order.
  std::vector<Option> options;
  /// CV of the lognormal factor on a row's duration; 0: none.
  double noise_cv = 0;
};

using FunctionModel = std::variant<FittedFunction, Table>;

/// The content of models.json.
struct Models {
  /// Where they come from, for messages: the file's path.
  std::string source = "models";
  /// By the function's name.
  std::map<std::string, FunctionModel> functions;
  /// Which ways executions went, by the full name of the state (workflow::PlanningHints).
  std::map<std::string, workflow::LearntWays> choices = {};

  /// Finds a function. Throws InvalidInput that names the function, `source` and the nearest known
  /// function where it has no model.
  const FunctionModel& at(std::string_view function) const;
};

/// Reads models.json. Throws InvalidInput with `source` and the JSON path of the field that is
/// missing, unknown, negative or of the wrong kind.
Models parse_models(std::string_view text, const std::string& source);

/// Writes one fitted function as it stands in models.json and in the report of `fit --json`.
OrderedJson to_json(const FittedFunction& function);

/// Writes models.json; equal models give equal bytes, and parse_models reads the same models back.
std::string to_string(const Models& models);

}  // namespace stepconf::estimator
