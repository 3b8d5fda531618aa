#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/json_fields.h"
#include "stepconf/estimator/models.h"

namespace stepconf::estimator {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
// A mean is not told from nothing beyond this; and squares stay finite.
constexpr double kMostCv = 1e3;
constexpr double kMostSeconds = 1e9;
constexpr double kMostLogRead = 50;
constexpr double kMostWeight = 1e9;
constexpr double kLeastReach = 1e-3;
constexpr double kMostUsd = 1e9;

Option parse_row(JsonFields row) {
  Option option;
  option.configuration.memory = MemoryMb{row.whole("memory_mb", 1)};
  option.configuration.instances = row.whole("instances", 1);
  option.configuration.processes = row.whole("processes", 1);
  option.duration = Seconds{row.number("duration_s", 0, kMostSeconds)};
  option.cost = Usd{row.number("cost_usd", 0, kMostUsd)};
  row.done();
  return option;
}

Table parse_table(JsonFields& fields, const std::string& source) {
  Table table;
  const Json& rows = fields.array("options");
  if (rows.empty()) fields.fail("options", "is empty, must hold at least one row");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.options.push_back(
        parse_row(JsonFields(rows[i], fmt::format("{}[{}]", fields.path("options"), i), source)));
  }
  if (fields.has("noise")) {
    JsonFields noise = fields.object("noise");
    table.noise_cv = noise.number("cv", 0, kMostCv);
    noise.done();
  }
  fields.done();
  return table;
}

const DurationForm& parse_form(JsonFields& fields, const std::string& member) {
  const std::string name = fields.text(member);
  if (const DurationForm* form = find_duration_form(name)) return *form;
  std::vector<std::string_view> known = {kInterpolated, "table"};
  for (const DurationForm* form : duration_forms()) known.push_back(form->name());
  const std::string guess = nearest(name, known);
  fields.fail(member, fmt::format("is \"{}\"{}, must be one of {}", name,
                                  guess.empty() ? "" : fmt::format(" (is \"{}\" meant?)", guess),
                                  fmt::join(known, ", ")));
}

// A load as it stands in lists of many: [memory, processes, jobs, instances].
InstanceLoad parse_load(const Json& entry, JsonFields& fields, const std::string& name) {
  const auto whole = [](const Json& value) {
    return value.is_number_integer() && value >= 1 && value <= std::numeric_limits<int>::max();
  };
  if (!entry.is_array() || entry.size() < 4 ||
      !std::all_of(entry.begin(), entry.begin() + 4, whole))
    fields.fail(name, "must hold [memory_mb, processes, jobs, instances], whole and at least 1");
  return {MemoryMb{entry[0].get<int>()}, entry[1].get<int>(), entry[2].get<int>(),
          entry[3].get<int>()};
}

Correction parse_correction(JsonFields fields) {
  Correction correction;
  correction.amplitude = fields.number("amplitude", 0, kMostCv);
  JsonFields reach = fields.object("reach");
  Similarity& similarity = correction.similarity;
  similarity.memory = reach.number("memory", kLeastReach, kMost);
  similarity.processes = reach.number("processes", kLeastReach, kMost);
  similarity.jobs = reach.number("jobs", kLeastReach, kMost);
  similarity.instances = reach.number("instances", kLeastReach, kMost);
  reach.done();
  for (const Json& entry : fields.array("anchors")) {
    const InstanceLoad load = parse_load(entry, fields, "anchors");
    if (entry.size() != 5 || !entry[4].is_number() ||
        std::abs(entry[4].get<double>()) > kMostWeight)
      fields.fail("anchors", "must hold a number at the end of each entry, the anchor's weight");
    correction.anchors.push_back({load, entry[4].get<double>()});
  }
  fields.done();
  return correction;
}

DurationModel parse_duration_model(JsonFields& fields) {
  const bool interpolated = fields.text("form") == kInterpolated;
  const DurationForm& form = parse_form(fields, interpolated ? "trend" : "form");
  JsonFields parameters = fields.object("parameters");
  std::vector<double> values;
  for (const ParameterInfo& info : form.parameters()) {
    values.push_back(parameters.number(std::string(info.name), info.lower, info.upper));
  }
  parameters.done();
  // The units are written for the reader; the form knows its own.
  if (fields.has("units")) fields.object("units");
  std::optional<Correction> correction;
  if (interpolated) correction = parse_correction(fields.object("correction"));
  return {form, std::move(values), std::move(correction)};
}

MappingDelay parse_dispatch(JsonFields fields) {
  MappingDelay delay;
  delay.base_s = fields.number("base_s", 0, kMostSeconds);
  delay.slope_s = fields.number("slope_s", 0, kMostSeconds);
  if (fields.has("knee")) {
    delay.knee = fields.whole("knee", 1);
    delay.ramp1_s = fields.number("ramp1_s", 0, kMostSeconds);
    delay.ramp2_s = fields.number("ramp2_s", 0, kMostSeconds);
    if (fields.has("crowd_s")) delay.crowd_s = fields.number("crowd_s", 0, kMostSeconds);
  }
  if (fields.has("cold_s")) delay.cold_s = fields.number("cold_s", 0, kMostSeconds);
  if (fields.has("cv")) delay.cv = fields.number("cv", 0, kMostCv);
  fields.done();
  return delay;
}

MemoryNeed parse_memory(JsonFields fields, const std::string& source) {
  MemoryNeed need;
  if (fields.has("base_mb") || fields.has("per_process_mb")) {
    need.peak = MemoryNeed::Peak{fields.number("base_mb", 0, kMost),
                                 fields.number("per_process_mb", 0, kMost)};
  }
  if (fields.has("fits")) {
    for (std::size_t i = 0; const Json& entry : fields.array("fits")) {
      JsonFields fit(entry, fmt::format("{}[{}]", fields.path("fits"), i++), source);
      KnownFit known{MemoryMb{fit.whole("memory_mb", 1)}, fit.whole("processes", 1)};
      if (fit.has("jobs")) known.jobs = fit.whole("jobs", 1);
      need.fits.push_back(known);
      fit.done();
    }
  }
  if (fields.has("failures")) {
    for (std::size_t i = 0; const Json& entry : fields.array("failures")) {
      JsonFields failure(entry, fmt::format("{}[{}]", fields.path("failures"), i++), source);
      const InstanceLoad load{MemoryMb{failure.whole("memory_mb", 1)},
                              failure.whole("processes", 1), failure.whole("jobs", 1)};
      need.failures.push_back({load, failure.text("status")});
      failure.done();
    }
  }
  fields.done();
  return need;
}

ErrorSummary parse_errors(JsonFields fields) {
  const ErrorSummary result{fields.number("mean", 0, kMost), fields.number("max", 0, kMost)};
  fields.done();
  return result;
}

Spread parse_spread(JsonFields fields) {
  SpreadParameters spread;
  spread.cv = fields.number("cv", 0, kMostCv);
  if (fields.has("freedom")) spread.freedom = fields.number("freedom", 0, kMost);
  if (fields.has("body")) {
    for (const Json& entry : fields.array("body")) {
      if (!entry.is_number() || std::abs(entry.get<double>()) > kMostLogRead)
        fields.fail("body", "must hold numbers, logarithms of a factor");
      spread.body.push_back(entry.get<double>());
    }
    if (spread.body.size() != std::size(kBodyProbabilities) || !std::ranges::is_sorted(spread.body))
      fields.fail("body", fmt::format("must hold {} numbers in ascending order",
                                      std::size(kBodyProbabilities)));
    spread.tail_scale = fields.number("tail_scale", 0, kMostLogRead);
    // With a shape of 1 and more there would be no mean.
    spread.tail_shape = fields.number("tail_shape", 0, 0.99);
  }
  if (fields.has("outliers")) {
    JsonFields outliers = fields.object("outliers");
    spread.outliers = {outliers.number("share", 0, 1),
                       {outliers.number("lower", 0, 1), outliers.number("upper", 0, 1)}};
    outliers.done();
  }
  fields.done();
  return Spread(std::move(spread));
}

ModelError parse_model_error(JsonFields fields) {
  ModelError error;
  error.measured = fields.number("measured", 0, kMostLogRead);
  error.elsewhere = fields.number("elsewhere", 0, kMostLogRead);
  for (const Json& entry : fields.array("loads"))
    error.loads.push_back(parse_load(entry, fields, "loads"));
  fields.done();
  return error;
}

ColdStart parse_cold(JsonFields fields) {
  ColdStart cold;
  cold.init_s = fields.number("init_s", 0, kMostSeconds);
  cold.init_cv = fields.number("init_cv", 0, kMostCv);
  cold.first_call_s = fields.number("first_call_s", 0, kMostSeconds);
  cold.first_call_work = fields.number("first_call_work", 0, kMostSeconds);
  cold.samples = fields.whole("samples", 0);
  fields.done();
  return cold;
}

FitReport parse_report(JsonFields& fields) {
  FitReport report;
  if (fields.has("reliable")) report.reliable = fields.boolean("reliable");
  if (fields.has("reason")) report.reason = fields.text("reason");
  if (fields.has("chosen_because")) report.chosen_because = fields.text("chosen_because");
  if (fields.has("advice")) report.advice = fields.text("advice");
  if (fields.has("noise_floor")) report.noise_floor = fields.number("noise_floor", 0, kMost);
  if (fields.has("samples")) report.samples = fields.whole("samples", 0);
  if (fields.has("configurations")) report.configurations = fields.whole("configurations", 0);
  if (fields.has("error")) report.error = parse_errors(fields.object("error"));
  if (fields.has("cross_validation"))
    report.cross_validation = parse_errors(fields.object("cross_validation"));
  return report;
}

FunctionModel parse_function(JsonFields fields, const std::string& source) {
  if (fields.text("form") == "table") return parse_table(fields, source);
  FittedFunction result{parse_duration_model(fields)};
  if (fields.has("dispatch")) result.dispatch = parse_dispatch(fields.object("dispatch"));
  if (fields.has("memory")) result.memory = parse_memory(fields.object("memory"), source);
  if (fields.has("spread")) result.spread = parse_spread(fields.object("spread"));
  // Who knows of no difference takes the model's means for right.
  result.residual = result.spread;
  if (fields.has("residual")) result.residual = parse_spread(fields.object("residual"));
  if (fields.has("model_error"))
    result.model_error = parse_model_error(fields.object("model_error"));
  if (fields.has("cold")) result.cold = parse_cold(fields.object("cold"));
  result.report = parse_report(fields);
  fields.done();
  return result;
}

workflow::LearntWays parse_ways(JsonFields fields) {
  workflow::LearntWays learnt;
  learnt.executions = fields.whole("executions", 1);
  JsonFields taken = fields.object("taken");
  const Json& ways = fields.any("taken");
  if (ways.empty()) fields.fail("taken", "is empty, must name at least one way");
  for (const auto& [way, times] : ways.items()) learnt.taken[way] = taken.whole(way, 1);
  fields.done();
  return learnt;
}

}  // namespace

Models parse_models(std::string_view text, const std::string& source) {
  const Json document = parse_json(text, source);
  JsonFields fields(document, "$", source);
  if (fields.whole("schema", 1) != 1) fields.fail("schema", "is not known, must be 1");
  JsonFields functions = fields.object("functions");
  Models models;
  models.source = source;
  if (fields.has("choices")) {
    JsonFields choices = fields.object("choices");
    for (const auto& [state, member] : fields.any("choices").items())
      models.choices.emplace(state, parse_ways(choices.object(state)));
  }
  fields.done();
  for (const auto& [name, member] : document.at("functions").items()) {
    models.functions.emplace(name, parse_function(functions.object(name), source));
  }
  return models;
}

}  // namespace stepconf::estimator
