#include "stepconf/machine/generate.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/machine/generator.h"

namespace stepconf::machine {
namespace {

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
constexpr std::int64_t kLongestDefinition = 1'048'576;

std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

// Indented for readers, unless it would be too long then.
std::string text_of(const OrderedJson& machine) {
  std::string text = machine.dump(2) + "\n";
  return characters(text) <= kLongestDefinition ? text : machine.dump();
}

GeneratedMachine generated(std::string_view definition, std::string_view source,
                           const std::string& configurator, const ChoiceOf& choice_of,
                           bool decisions_travel) {
  const Json plain = parse_json(definition, source);
  if (!plain.is_object() || !plain.contains("StartAt") || states_of(plain).empty()) {
    throw InvalidInput(
        fmt::format("{}: is no state machine, must be an object with StartAt and States", source));
  }
  Left left;
  if (decisions_travel) {
    Generator first(plain, source, configurator, choice_of, nullptr);
    OrderedJson dropped = OrderedJson::parse(definition);
    first.scope(dropped, {});
    left = std::move(first.left());
  }
  Generator generator(plain, source, configurator, choice_of, decisions_travel ? &left : nullptr);
  OrderedJson ordered = OrderedJson::parse(definition);
  generator.scope(ordered, {});
  GeneratedMachine machine;
  machine.steps = std::move(generator.steps());
  machine.templates = {{"schema", 1}, {"steps", std::move(generator.templates())}};
  machine.definition = generator.changed() ? text_of(ordered) : std::string(definition);
  return machine;
}

}  // namespace

GeneratedMachine generate(std::string_view definition, std::string_view source,
                          const GeneratorOptions& options) {
  for (const auto& [name, choice] : options.steps) {
    if (!choice.functions.contains(choice.safe.memory)) {
      throw InvalidInput(fmt::format("step '{}': no function has {} MB, which is the safe choice",
                                     name, choice.safe.memory.value));
    }
    for (const auto& [memory, function] : choice.functions) {
      if (choice.called.empty() || choice.called.contains(function)) continue;
      throw InvalidInput(
          fmt::format("step '{}': what is called for {} is not known", name, function));
    }
  }
  const auto choice_of = [&](const GeneratedStep& step) {
    const auto found = options.steps.find(step.name);
    return found == options.steps.end() ? nullptr : &found->second;
  };
  GeneratedMachine machine =
      generated(definition, source, options.configurator, choice_of, options.decisions_travel);
  const std::int64_t length = characters(machine.definition);
  if (length > kLongestDefinition && length > characters(definition)) {
    throw InvalidInput(
        fmt::format("{}: becomes a definition of {} characters, and Step Functions takes {}; let "
                    "part of it be a state machine of its own",
                    source, length, kLongestDefinition));
  }
  return machine;
}

std::vector<GeneratedStep> function_steps(std::string_view definition, std::string_view source,
                                          const std::map<std::string, Seconds>& timeouts) {
  std::map<std::string, StepChoice> choices;
  const auto choice_of = [&](const GeneratedStep& step) {
    const auto timeout = timeouts.find(step.function);
    StepChoice choice{.functions = {{MemoryMb{}, step.function}}, .safe = {}};
    if (timeout != timeouts.end()) choice.timeout = timeout->second;
    return &choices.insert_or_assign(step.name, std::move(choice)).first->second;
  };
  return generated(definition, source, "configurator", choice_of, false).steps;
}

}  // namespace stepconf::machine
