// Generates machines for the tests in tests/aws: each line of input is
// {"definition": TEXT, "configurator": NAME, "safe": "512x2x1", "functions": {NAME: {"512":
// NAME}}}; each line of output {"definition": TEXT, "report": ..., "templates": ...} or {"error":
// TEXT}.
#include <iostream>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/machine/generate.h"

namespace {

using namespace stepconf;

OrderedJson answer(const Json& request) {
  const auto definition = request.at("definition").get<std::string>();
  machine::GeneratorOptions options{.configurator = request.at("configurator"), .steps = {}};
  const auto safe = estimator::parse_configuration(request.at("safe").get<std::string>(), "safe");
  for (const auto& step : machine::function_steps(definition, "definition", {})) {
    const auto functions = request.at("functions").find(step.function);
    if (functions == request.at("functions").end()) continue;
    machine::StepChoice choice{.functions = {}, .safe = safe};
    for (const auto& [memory, name] : functions->items()) {
      choice.functions[MemoryMb{std::stoi(memory)}] = name.get<std::string>();
    }
    options.steps[step.name] = std::move(choice);
  }
  const auto machine = machine::generate(definition, "definition", options);
  return {{"definition", machine.definition},
          {"report", machine::report_of(machine)},
          {"templates", machine.templates}};
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    OrderedJson result;
    try {
      result = answer(Json::parse(line));
    } catch (const Error& error) {
      result = {{"error", error.what()}};
    }
    std::cout << result.dump() << std::endl;
  }
}
