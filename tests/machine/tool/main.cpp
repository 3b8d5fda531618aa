// Generates machines for the tests in tests/aws: each line of input is
// {"definition": TEXT, "configurator": NAME, "safe": "512x2x1", "travel": false, "functions":
// {NAME: {"512": NAME}}}; each line of output {"definition": TEXT, "report": ..., "templates": ...,
// "deployment": ...} or {"error": TEXT}. "travel": decisions meet in the execution's variables.
#include <iostream>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/machine/deployment_file.h"

namespace {

using namespace stepconf;

OrderedJson answer(const Json& request) {
  const auto definition = request.at("definition").get<std::string>();
  machine::GeneratorOptions options{.configurator = request.at("configurator"),
                                    .steps = {},
                                    .decisions_travel = request.at("travel")};
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
  using Cache = configurator::CacheSettings;
  const Cache cache{.kind = options.decisions_travel ? Cache::Kind::execution : Cache::Kind::none};
  return {{"definition", machine.definition},
          {"report", machine::report_of(machine)},
          {"templates", machine.templates},
          {"deployment", deployment_file(machine, options, {.name = "test", .cache = cache})}};
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
