#include <string>
#include <utility>
#include <variant>

#include "stepconf/estimator/models.h"

namespace stepconf::estimator {
namespace {

// A load as it stands in lists of many: [memory, processes, jobs, instances].
OrderedJson to_json(const InstanceLoad& load) {
  return {load.memory.value, load.processes, load.jobs, load.instances};
}

OrderedJson to_json(const Correction& correction) {
  const Similarity& similarity = correction.similarity;
  OrderedJson json = {{"amplitude", correction.amplitude},
                      {"reach",
                       {{"memory", similarity.memory},
                        {"processes", similarity.processes},
                        {"jobs", similarity.jobs},
                        {"instances", similarity.instances}}},
                      {"anchors", OrderedJson::array()}};
  for (const Correction::Anchor& anchor : correction.anchors) {
    json["anchors"].push_back(to_json(anchor.load));
    json["anchors"].back().push_back(anchor.weight);
  }
  return json;
}

OrderedJson to_json(const Spread& spread) {
  const SpreadParameters& p = spread.parameters();
  OrderedJson json = {{"cv", p.cv}, {"freedom", p.freedom}};
  if (!p.body.empty()) {
    json["body"] = p.body;
    json["tail_scale"] = p.tail_scale;
    json["tail_shape"] = p.tail_shape;
  }
  json["outliers"] = {{"share", p.outliers.estimate},
                      {"lower", p.outliers.interval.lower},
                      {"upper", p.outliers.interval.upper}};
  return json;
}

OrderedJson to_json(const ModelError& error) {
  OrderedJson json = {{"measured", error.measured},
                      {"elsewhere", error.elsewhere},
                      {"loads", OrderedJson::array()}};
  for (const InstanceLoad& load : error.loads) json["loads"].push_back(to_json(load));
  return json;
}

OrderedJson to_json(const ColdStart& cold) {
  return {{"init_s", cold.init_s},
          {"init_cv", cold.init_cv},
          {"first_call_s", cold.first_call_s},
          {"first_call_work", cold.first_call_work},
          {"samples", cold.samples}};
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
    json["crowd_s"] = delay.crowd_s;
  }
  json["cold_s"] = delay.cold_s;
  json["cv"] = delay.cv;
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

OrderedJson to_json(const FittedFunction& function) {
  OrderedJson json = {{"form", function.duration.name()}};
  if (function.duration.correction()) json["trend"] = function.duration.form().name();
  json["reliable"] = function.report.reliable;
  if (!function.report.reason.empty()) json["reason"] = function.report.reason;
  if (!function.report.chosen_because.empty())
    json["chosen_because"] = function.report.chosen_because;
  if (!function.report.advice.empty()) json["advice"] = function.report.advice;
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
  json["noise_floor"] = function.report.noise_floor;
  if (function.duration.correction()) json["correction"] = to_json(*function.duration.correction());
  json["spread"] = to_json(function.spread);
  json["residual"] = to_json(function.residual);
  json["model_error"] = to_json(function.model_error);
  json["cold"] = to_json(function.cold);
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
  for (const auto& [state, learnt] : models.choices)
    document["choices"][state] = {{"executions", learnt.executions}, {"taken", learnt.taken}};
  // Names come from anywhere and need not be valid UTF-8.
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace stepconf::estimator
