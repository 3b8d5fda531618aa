#pragma once

#include <string>

#include "stepconf/machine/generate.h"

// Definitions and choices for the tests of the generator.

namespace stepconf::machine {

inline constexpr char kArn[] = "arn:aws:lambda:eu-west-1:123456789012:function:";

/// A Task that names its function's ARN as Resource.
inline OrderedJson task(const std::string& function = "work") {
  return {{"Type", "Task"}, {"Resource", kArn + function}, {"End", true}};
}

inline OrderedJson invoke(const std::string& function = "work") {
  return {{"Type", "Task"},
          {"Resource", "arn:aws:states:::lambda:invoke"},
          {"Parameters", {{"FunctionName", function + ":live"}, {"Payload.$", "$"}}},
          {"End", true}};
}

inline OrderedJson invoke_jsonata(const std::string& function = "work") {
  return {{"Type", "Task"},
          {"Resource", "arn:aws:states:::lambda:invoke"},
          {"Arguments", {{"FunctionName", function}, {"Payload", "{% $states.input %}"}}},
          {"Output", "{% $states.result.Payload %}"},
          {"End", true}};
}

inline OrderedJson scope(const std::string& name, const OrderedJson& state) {
  OrderedJson scope = {{"StartAt", name}};
  scope["States"][name] = state;
  return scope;
}

/// A Map whose iterations are `job` alone.
inline OrderedJson each(const OrderedJson& job) {
  return {{"Type", "Map"}, {"ItemProcessor", scope("Job", job)}, {"End", true}};
}

/// Adds members to a state.
inline OrderedJson with(OrderedJson state, const char* members) {
  state.update(OrderedJson::parse(members));
  return state;
}

inline OrderedJson jsonata(OrderedJson machine) {
  machine["QueryLanguage"] = "JSONata";
  return machine;
}

/// Two memory sizes for each function step of the definition; safe: 512 MB, 4 instances, 2
/// processes.
inline GeneratorOptions all_steps(const std::string& definition) {
  GeneratorOptions options{.configurator = "configurator", .steps = {}};
  for (const GeneratedStep& step : function_steps(definition, "test", {})) {
    options.steps[step.name] = {
        .functions = {{MemoryMb{512}, std::string(kArn) + "copy:mem-512"},
                      {MemoryMb{1024}, std::string(kArn) + "copy:mem-1024"}},
        .safe = {MemoryMb{512}, 4, 2}};
  }
  return options;
}

inline GeneratedMachine generate_all(const OrderedJson& definition) {
  const std::string text = definition.dump();
  return generate(text, "test", all_steps(text));
}

inline Json generated(const OrderedJson& definition) {
  return Json::parse(generate_all(definition).definition);
}

/// Why the only step of the definition is not batched; empty where it is.
inline std::string why_not(const OrderedJson& definition) {
  return function_steps(definition.dump(), "test", {}).at(0).reason;
}

}  // namespace stepconf::machine
