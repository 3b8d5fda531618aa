#include <fmt/format.h>

#include <limits>

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

DurationModel parse_duration_model(JsonFields& fields, const std::string& name) {
  const DurationForm* form = find_duration_form(name);
  if (form == nullptr) {
    std::vector<std::string_view> known = {"table"};
    for (const DurationForm* f : duration_forms()) known.push_back(f->name());
    const std::string guess = nearest(name, known);
    fields.fail("form", fmt::format("is \"{}\"{}, must be one of {}", name,
                                    guess.empty() ? "" : fmt::format(" (is \"{}\" meant?)", guess),
                                    fmt::join(known, ", ")));
  }
  JsonFields parameters = fields.object("parameters");
  std::vector<double> values;
  for (const ParameterInfo& info : form->parameters()) {
    values.push_back(parameters.number(std::string(info.name), info.lower, info.upper));
  }
  parameters.done();
  // The units are written for the reader; the form knows its own.
  if (fields.has("units")) fields.object("units");
  return {*form, std::move(values)};
}

MappingDelay parse_dispatch(JsonFields fields) {
  MappingDelay delay;
  delay.base_s = fields.number("base_s", 0, kMostSeconds);
  delay.slope_s = fields.number("slope_s", 0, kMostSeconds);
  if (fields.has("knee")) {
    delay.knee = fields.whole("knee", 1);
    delay.ramp1_s = fields.number("ramp1_s", 0, kMostSeconds);
    delay.ramp2_s = fields.number("ramp2_s", 0, kMostSeconds);
  }
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

FitReport parse_report(JsonFields& fields) {
  FitReport report;
  if (fields.has("reliable")) report.reliable = fields.boolean("reliable");
  if (fields.has("reason")) report.reason = fields.text("reason");
  if (fields.has("samples")) report.samples = fields.whole("samples", 0);
  if (fields.has("configurations")) report.configurations = fields.whole("configurations", 0);
  if (fields.has("error")) report.error = parse_errors(fields.object("error"));
  if (fields.has("cross_validation"))
    report.cross_validation = parse_errors(fields.object("cross_validation"));
  return report;
}

FunctionModel parse_function(JsonFields fields, const std::string& source) {
  const std::string form = fields.text("form");
  if (form == "table") return parse_table(fields, source);
  FittedFunction result{parse_duration_model(fields, form), {}, {}, 0, {}};
  if (fields.has("dispatch")) result.dispatch = parse_dispatch(fields.object("dispatch"));
  if (fields.has("memory")) result.memory = parse_memory(fields.object("memory"), source);
  if (fields.has("spread")) {
    JsonFields spread = fields.object("spread");
    result.spread_cv = spread.number("cv", 0, kMostCv);
    spread.done();
  }
  result.report = parse_report(fields);
  fields.done();
  return result;
}

OrderedJson to_json(const ErrorSummary& errors) {
  return {{"mean", errors.mean}, {"max", errors.max}};
}

OrderedJson to_json(const MappingDelay& delay) {
  OrderedJson json = {{"base_s", delay.base_s}, {"slope_s", delay.slope_s}};
  if (delay.knee) {
    json["knee"] = *delay.knee;
    json["ramp1_s"] = delay.ramp1_s;
    json["ramp2_s"] = delay.ramp2_s;
  }
  return json;
}

OrderedJson to_json(const MemoryNeed& need) {
  OrderedJson json = OrderedJson::object();
  if (need.peak) {
    json["base_mb"] = need.peak->base_mb;
    json["per_process_mb"] = need.peak->per_process_mb;
  }
  for (const KnownFit& fit : need.fits) {
    OrderedJson known = {{"memory_mb", fit.memory.value}, {"processes", fit.processes}};
    if (fit.jobs) known["jobs"] = *fit.jobs;
    json["fits"].push_back(std::move(known));
  }
  for (const KnownFailure& failure : need.failures) {
    json["failures"].push_back({{"memory_mb", failure.load.memory.value},
                                {"processes", failure.load.processes},
                                {"jobs", failure.load.jobs},
                                {"status", failure.status}});
  }
  return json;
}

OrderedJson to_json(const Table& table) {
  OrderedJson json = {{"form", "table"}};
  for (const Option& option : table.options) {
    json["options"].push_back({{"memory_mb", option.configuration.memory.value},
                               {"instances", option.configuration.instances},
                               {"processes", option.configuration.processes},
                               {"duration_s", option.duration.count()},
                               {"cost_usd", option.cost.value}});
  }
  if (table.noise_cv > 0) json["noise"] = {{"cv", table.noise_cv}};
  return json;
}

}  // namespace

Models parse_models(std::string_view text, const std::string& source) {
  const Json document = parse_json(text, source);
  JsonFields fields(document, "$", source);
  if (fields.whole("schema", 1) != 1) fields.fail("schema", "is not known, must be 1");
  JsonFields functions = fields.object("functions");
  fields.done();
  Models models;
  models.source = source;
  for (const auto& [name, member] : document.at("functions").items()) {
    models.functions.emplace(name, parse_function(functions.object(name), source));
  }
  return models;
}

OrderedJson to_json(const FittedFunction& function) {
  OrderedJson json = {{"form", function.duration.form().name()},
                      {"reliable", function.report.reliable}};
  if (!function.report.reason.empty()) json["reason"] = function.report.reason;
  json["parameters"] = OrderedJson::object();
  json["units"] = OrderedJson::object();
  const auto infos = function.duration.form().parameters();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    json["parameters"][std::string(infos[i].name)] = function.duration.parameters()[i];
    json["units"][std::string(infos[i].name)] = infos[i].unit;
  }
  json["samples"] = function.report.samples;
  json["configurations"] = function.report.configurations;
  json["error"] = to_json(function.report.error);
  if (function.report.cross_validation)
    json["cross_validation"] = to_json(*function.report.cross_validation);
  json["spread"] = {{"cv", function.spread_cv}};
  json["dispatch"] = to_json(function.dispatch);
  json["memory"] = to_json(function.memory);
  return json;
}

std::string to_string(const Models& models) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [name, model] : models.functions) {
    functions[name] = std::visit([](const auto& m) { return to_json(m); }, model);
  }
  OrderedJson document = {{"schema", 1}};
  document["functions"] = std::move(functions);
  // Names come from anywhere and need not be valid UTF-8.
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace stepconf::estimator
