// Whatever stands in a template: it is refused, or read, and what is written of it says the same;
// and where it has a state machine, that is refused or its functions are known.
#include "stepconf/base/error.h"
#include "stepconf/templates/transform.h"
#include "stepconf/templates/write.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;
using namespace stepconf::templates;

void transform(const Value& value) {
  Transform transform(Template(value, "t"), "", [](const std::string&) -> std::string {
    return R"({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${F}", "End": true}}})";
  });
  machine::GeneratorOptions options{.configurator = transform.configurator(), .steps = {}};
  const std::string& definition = transform.definition().text;
  for (const auto& step : machine::function_steps(definition, "t", {})) {
    options.steps[step.name] = {
        .functions = {{MemoryMb{512}, transform.copy_name(step.function, MemoryMb{512})}},
        .safe = {MemoryMb{512}, 1, 1}};
  }
  transform.adapt(options);
  const auto machine = machine::generate(definition, "t", options);
  const Transformed done = transform.apply(options, machine, {.folder = "f"});
  fuzz::expect(!done.definition.empty(), "there is a definition");
  static_cast<void>(Template(done.root, "t"));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text = fuzz::text(data, size);
    const Value value = read_value(text, "t");
    for (const Format format : {Format::yaml, Format::json}) {
      const Value again = read_value(write_value(value, format), "again");
      fuzz::expect(json_of(again) == json_of(value), "what was written is what was read");
    }
    transform(value);
  } catch (const InvalidInput&) {
  }
  return 0;
}
