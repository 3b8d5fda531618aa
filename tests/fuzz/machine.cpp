// Whatever stands in a definition: it is refused, or made into a machine with configurators, whose
// added states have names that Step Functions takes.
#include "stepconf/base/error.h"
#include "stepconf/machine/deployment_file.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

constexpr std::size_t kLongestName = 80;

machine::GeneratorOptions choices_for(std::string_view definition) {
  machine::GeneratorOptions options{.configurator = "configurator", .steps = {}};
  for (const machine::GeneratedStep& step : machine::function_steps(definition, "fuzz", {})) {
    options.steps[step.name] = {.functions = {{MemoryMb{512}, "copy:mem-512"}},
                                .safe = {MemoryMb{512}, 4, 2}};
  }
  return options;
}

std::size_t characters(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

void generate(std::string_view definition) {
  machine::GeneratorOptions options = choices_for(definition);
  for (const bool travel : {false, true}) {
    options.decisions_travel = travel;
    const machine::GeneratedMachine made = machine::generate(definition, "fuzz", options);
    const Json machine = parse_json(made.definition, "generated");
    fuzz::expect(machine.contains("States"), "what is generated is a machine");
    for (const machine::GeneratedStep& step : made.steps) {
      for (const std::string& name : step.added) {
        fuzz::expect(characters(name) <= kLongestName, "names of added states are short enough");
      }
    }
    machine::report_of(made);
    machine::deployment_file(made, options, {.name = "fuzz"});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    generate(fuzz::text(data, size));
  } catch (const InvalidInput&) {
  }
  return 0;
}
