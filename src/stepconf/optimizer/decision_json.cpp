#include "stepconf/optimizer/decision_json.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::optimizer {
namespace {

using estimator::JsonFields;

constexpr double kMost = 1e9;

constexpr std::array<std::pair<Constraint, std::string_view>, 7> kConstraints = {
    {{Constraint::none, "none"},
     {Constraint::nothing, "nothing"},
     {Constraint::sub_slo, "sub_slo"},
     {Constraint::catch_up, "catch_up"},
     {Constraint::plan, "plan"},
     {Constraint::slo, "slo"},
     {Constraint::price_of_miss, "price_of_miss"}}};

std::string_view name_of(Constraint constraint) {
  for (const auto& [value, name] : kConstraints) {
    if (value == constraint) return name;
  }
  throw Error("a constraint has no name");
}

Constraint constraint_of(JsonFields& fields) {
  const std::string text = fields.text("constraint");
  for (const auto& [value, name] : kConstraints) {
    if (name == text) return value;
  }
  std::string known;
  for (const auto& [value, name] : kConstraints) known += fmt::format(" {}", name);
  fields.fail("constraint", fmt::format("is \"{}\", must be one of{}", text, known));
}

OrderedJson number_or_null(int number) {
  return number > 0 ? OrderedJson(number) : OrderedJson(nullptr);
}

OrderedJson number_or_null(const std::optional<double>& number) {
  return number ? OrderedJson(*number) : OrderedJson(nullptr);
}

OrderedJson to_json(const std::optional<estimator::Option>& option) {
  if (!option) return nullptr;
  return {{"memory_mb", option->configuration.memory.value},
          {"instances", option->configuration.instances},
          {"processes", option->configuration.processes},
          {"predicted_s", option->duration.count()},
          {"predicted_usd", option->cost.value}};
}

bool given(JsonFields& fields, const std::string& name) {
  return fields.has(name) && !fields.any(name).is_null();
}

int whole_or_0(JsonFields& fields, const std::string& name) {
  return given(fields, name) ? fields.whole(name, 1) : 0;
}

std::optional<double> chance(JsonFields& fields, const std::string& name) {
  return given(fields, name) ? std::optional(fields.number(name, 0, 1)) : std::nullopt;
}

std::optional<estimator::Option> runner_up(JsonFields& fields) {
  if (!given(fields, "runner_up")) return std::nullopt;
  JsonFields option = fields.object("runner_up");
  return estimator::Option{{MemoryMb{option.whole("memory_mb", 1)}, option.whole("instances", 1),
                            option.whole("processes", 1)},
                           Seconds(option.number("predicted_s", 0, kMost)),
                           Usd{option.number("predicted_usd", 0, kMost)}};
}

}  // namespace

OrderedJson why_to_json(const Decision& decision) {
  return {{"constraint", name_of(decision.constraint)},
          {"rank", number_or_null(decision.rank)},
          {"efficient", number_or_null(decision.efficient)},
          {"considered", number_or_null(decision.considered)},
          {"runner_up", to_json(decision.runner_up)},
          {"attainment", number_or_null(decision.attainment)},
          {"attainment_with_runner_up", number_or_null(decision.attainment_with_runner_up)}};
}

std::optional<Decision> why_from_json(JsonFields& fields) {
  if (!given(fields, "constraint")) return std::nullopt;
  Decision decision;
  decision.constraint = constraint_of(fields);
  decision.rank = whole_or_0(fields, "rank");
  decision.efficient = whole_or_0(fields, "efficient");
  decision.considered = whole_or_0(fields, "considered");
  decision.runner_up = runner_up(fields);
  decision.attainment = chance(fields, "attainment");
  decision.attainment_with_runner_up = chance(fields, "attainment_with_runner_up");
  return decision;
}

}  // namespace stepconf::optimizer
