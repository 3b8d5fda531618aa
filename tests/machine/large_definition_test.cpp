#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "stepconf/base/error.h"
#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

// A chain of 300 steps that call 100 functions, each state with a constant of `padding` characters
// in its event.
OrderedJson chain(std::size_t padding) {
  constexpr int kSteps = 300;
  OrderedJson machine = {{"StartAt", "Step 0"}};
  for (int i = 0; i < kSteps; ++i) {
    OrderedJson state = task(fmt::format("function-{}", i % 100));
    state["Parameters"] = {{"note", std::string(padding, 'n')}, {"input.$", "$"}};
    if (i + 1 < kSteps) {
      state.erase("End");
      state["Next"] = fmt::format("Step {}", i + 1);
    }
    machine["States"][fmt::format("Step {}", i)] = state;
  }
  return machine;
}

TEST(LargeDefinition, OfAHundredFunctionsGetsAConfiguratorForEachStep) {
  // 0.76 MB, and 0.99 MB as it is generated.
  const GeneratedMachine result = generate_all(chain(2300));
  EXPECT_LE(result.definition.size(), 1'048'576U);
  std::set<std::string> functions;
  std::set<std::string> variables;
  for (const GeneratedStep& step : result.steps) {
    functions.insert(step.function);
    variables.insert(step.variable);
  }
  EXPECT_EQ(functions.size(), 100U);
  EXPECT_EQ(variables.size(), 300U);
  EXPECT_EQ(Json::parse(result.definition)["States"].size(), 600U);
}

// Step Functions takes 1 MB.
TEST(LargeDefinition, IsRefusedWhereTheGeneratedOneIsTooLarge) {
  const OrderedJson definition = chain(3300);
  EXPECT_LE(definition.dump().size(), 1'150'000U);
  EXPECT_THROW(generate_all(definition), InvalidInput);
}

}  // namespace
}  // namespace stepconf::machine
