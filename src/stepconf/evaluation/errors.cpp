#include "stepconf/evaluation/errors.h"

#include <fmt/format.h>

#include <cmath>
#include <variant>

#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::evaluation {
namespace {

double deviation(const std::vector<double>& values, double mean) {
  if (values.size() < 2) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

std::vector<ErrorRow> error_rows(std::span<const estimator::Sample> truth,
                                 const estimator::Models& models) {
  std::map<std::string, std::vector<const estimator::Sample*>> functions;
  for (const estimator::Sample& sample : truth) {
    if (sample.ok() && !sample.cold) functions[sample.function].push_back(&sample);
  }
  std::vector<ErrorRow> rows;
  for (const auto& [name, samples] : functions) {
    const auto found = models.functions.find(name);
    if (found == models.functions.end()) continue;
    const auto* fitted = std::get_if<estimator::FittedFunction>(&found->second);
    if (fitted == nullptr) continue;
    for (const estimator::MeasuredLoad& measured : estimator::measured_loads(samples)) {
      const estimator::InstanceLoad& load = measured.observation.load;
      rows.push_back({.function = name,
                      .load = load,
                      // Without the stalls of a machine that others share.
                      .measured_s = measured.observation.seconds,
                      .deviation_s = deviation(measured.seconds, measured.mean_seconds),
                      .repeats = static_cast<int>(measured.seconds.size()),
                      .predicted_s = fitted->duration.predict(load).count()});
    }
  }
  return rows;
}

std::map<std::string, ErrorsOfFunction> summarize(std::span<const ErrorRow> rows) {
  std::map<std::string, ErrorsOfFunction> result;
  for (const ErrorRow& row : rows) {
    ErrorsOfFunction& errors = result[row.function];
    const double error = std::abs(row.relative());
    if (errors.loads == 0 || error > std::abs(errors.worst.relative())) errors.worst = row;
    ++errors.loads;
    errors.mean += (error - errors.mean) / errors.loads;
  }
  return result;
}

std::string to_csv(std::span<const ErrorRow> rows) {
  std::string text =
      "function,memory_mb,processes,jobs,measured_s,deviation_s,repeats,predicted_s,"
      "relative_error\n";
  for (const ErrorRow& row : rows) {
    text += fmt::format("{},{},{},{},{:.6g},{:.6g},{},{:.6g},{:.6g}\n",
                        estimator::csv_field(row.function), row.load.memory.value,
                        row.load.processes, row.load.jobs, row.measured_s, row.deviation_s,
                        row.repeats, row.predicted_s, row.relative());
  }
  return text;
}

}  // namespace stepconf::evaluation
