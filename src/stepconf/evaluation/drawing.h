#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/evaluation/errors.h"
#include "stepconf/evaluation/plan.h"
#include "stepconf/evaluation/results.h"

namespace stepconf::evaluation {

/// What came out of an evaluation.
struct Outcome {
  std::vector<ErrorRow> errors;
  std::map<std::string, ErrorsOfFunction> by_function;
  /// Names of the figures' files, without extension.
  std::vector<std::string> figures;
};

/// Fits the subjects' models to the training, holds them against the truth, and makes the wanted
/// figures of what has been measured: into the results' folder go models.json, errors.csv, and for
/// each figure its data as CSV and, where there is gnuplot, an SVG and a PNG. What is missing is
/// told on `lines`.
Outcome draw(const std::vector<Subject>& subjects, const Parts& parts, const Results& results,
             std::ostream& lines);

/// Writes what `evaluate estimator --json` prints (docs/evaluate.md).
OrderedJson to_json(const Outcome& outcome, const Results& results, int training_repeats);

}  // namespace stepconf::evaluation
