#pragma once

#include <map>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/machine/generate.h"
#include "stepconf/templates/read.h"
#include "stepconf/templates/transform.h"

namespace stepconf::templates {

using Files = std::map<std::string, std::string>;

inline Transform transform_of(const std::string& text, const Files& files = {},
                              const std::string& machine = "") {
  return Transform(Template(read_value(text, "template.yaml"), "template.yaml"), machine,
                   [files](const std::string& path) {
                     const auto found = files.find(path);
                     if (found == files.end()) throw InvalidInput(path + ": there is no such file");
                     return found->second;
                   });
}

/// A transformed template as JSON, and its definition.
struct Done {
  Json root{};
  Json definition{};
  machine::GeneratedMachine machine{};
  Transformed result{};

  const Json& resource(const std::string& id) const { return root.at("Resources").at(id); }
  const Json& properties(const std::string& id) const { return resource(id).at("Properties"); }
};

/// Transforms with 512 and 1,024 MB for every step, of which 512 MB are safe.
inline Done transformed(const std::string& text, const Files& files = {},
                        TransformSettings settings = {}) {
  Transform transform = transform_of(text, files);
  machine::GeneratorOptions options{.configurator = transform.configurator(), .steps = {}};
  for (const auto& step : machine::function_steps(transform.definition().text, "definition", {})) {
    machine::StepChoice choice{.functions = {}, .safe = {MemoryMb{512}, 2, 2}};
    for (const int memory : {512, 1024}) {
      choice.functions[MemoryMb{memory}] = transform.copy_name(step.function, MemoryMb{memory});
    }
    const auto function = transform.functions().find(step.function);
    if (function != transform.functions().end()) {
      choice.why_not_batched = function->second.why_not_wrapped;
    }
    options.steps[step.name] = choice;
  }
  transform.adapt(options);
  Done done;
  done.machine = machine::generate(transform.definition().text, "definition", options);
  settings.folder = "stepconf";
  done.result = transform.apply(options, done.machine, settings);
  done.root = json_of(done.result.root);
  done.definition = Json::parse(done.result.definition);
  return done;
}

inline std::string complaint_of(const std::string& text, const Files& files = {}) {
  try {
    transformed(text, files);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace stepconf::templates
