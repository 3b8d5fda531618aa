// Each configurator gets what the last one on its way has left (the cache `execution`).
#include <gtest/gtest.h>

#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

Json travelling(const OrderedJson& definition) {
  const std::string text = definition.dump();
  GeneratorOptions options = all_steps(text);
  options.decisions_travel = true;
  return Json::parse(generate(text, "test", options).definition);
}

OrderedJson then(OrderedJson state, const char* next) {
  state.erase("End");
  state["Next"] = next;
  return state;
}

// The expression for the cache in the question of a configurator; empty where it has none.
std::string cache_in(const Json& states, const std::string& step) {
  const Json& configure = states.at(step + ": configure");
  const Json& safe = configure["Catch"][0]["Assign"].begin().value();
  const auto asked = configure["Arguments"]["Payload"].value("cache", "");
  EXPECT_EQ(safe.at("cache"), asked) << "the safe answer carries it on";
  return asked;
}

TEST(TravellingDecisions, GoFromEachStepToTheNext) {
  OrderedJson definition = scope("A", then(task(), "B"));
  definition["States"]["B"] = then(with(each(task()), R"({"ItemsPath": "$.a"})"), "C");
  definition["States"]["C"] = task();
  const Json states = travelling(definition)["States"];
  EXPECT_EQ(cache_in(states, "A"), "");
  EXPECT_EQ(cache_in(states, "B"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(states, "C"), "{% $stepconf_2.cache %}");
}

TEST(TravellingDecisions, AreLeftOutUnlessAskedFor) {
  const Json states = generated(scope("A", task()))["States"];
  EXPECT_FALSE(states["A: configure"]["Catch"][0]["Assign"]["stepconf_1"].contains("cache"));
}

TEST(TravellingDecisions, AreThoseOfTheForkWhereWaysMeet) {
  OrderedJson definition = scope("A", then(task(), "Choose"));
  OrderedJson& states = definition["States"];
  states["Choose"] = OrderedJson::parse(
      R"({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "C"})");
  states["B"] = then(task(), "D");
  states["C"] = then(task(), "D");
  states["D"] = task();
  const Json result = travelling(definition)["States"];
  EXPECT_EQ(cache_in(result, "B"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(result, "D"), "{% $stepconf_1.cache %}");
}

TEST(TravellingDecisions, AreSeenInBranchesAndNotBehindThem) {
  OrderedJson definition = scope("A", then(task(), "Both"));
  OrderedJson& states = definition["States"];
  states["Both"] = {{"Type", "Parallel"}, {"Next", "D"}};
  states["Both"]["Branches"] = {scope("B", task()), scope("C", task())};
  states["D"] = task();
  const Json result = travelling(definition)["States"];
  const Json& branches = result["Both"]["Branches"];
  EXPECT_EQ(cache_in(branches[0]["States"], "B"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(branches[1]["States"], "C"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(result, "D"), "{% $stepconf_1.cache %}");
}

TEST(TravellingDecisions, PassThroughAllConfiguratorsBeforeAMap) {
  OrderedJson map = {{"Type", "Map"}, {"ItemsPath", "$.a"}, {"Next", "D"}};
  map["ItemProcessor"] = scope("B", then(task(), "C"));
  map["ItemProcessor"]["States"]["C"] = task();
  OrderedJson definition = scope("A", then(task(), "Many"));
  definition["States"]["Many"] = map;
  definition["States"]["D"] = task();
  const Json states = travelling(definition)["States"];
  EXPECT_EQ(cache_in(states, "B"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(states, "C"), "{% $stepconf_2.cache %}");
  EXPECT_EQ(cache_in(states, "D"), "{% $stepconf_3.cache %}");
}

TEST(TravellingDecisions, StayInsideAParallelThatIsGenerated) {
  OrderedJson definition = scope("A", then(task(), "B"));
  definition["States"]["B"] =
      then(with(each(task()), R"({"ItemsPath": "$.a", "Retry": [{"ErrorEquals": ["Bad"]}]})"), "C");
  definition["States"]["C"] = task();
  const Json states = travelling(definition)["States"];
  EXPECT_EQ(cache_in(states["B"]["Branches"][0]["States"], "B"), "{% $stepconf_1.cache %}");
  EXPECT_EQ(cache_in(states, "C"), "{% $stepconf_1.cache %}");
}

}  // namespace
}  // namespace stepconf::machine
