#include "stepconf/machine/new_names.h"

#include <gtest/gtest.h>

namespace stepconf::machine {
namespace {

Json states(std::initializer_list<std::string> names) {
  Json definition = {{"StartAt", *names.begin()}};
  for (const std::string& name : names) definition["States"][name] = {{"Type", "Succeed"}};
  return definition;
}

TEST(NewNames, DeriveFromTheState) {
  NewNames names(states({"Upscale"}));
  EXPECT_EQ(names.make("Upscale", "configure"), "Upscale: configure");
  EXPECT_EQ(names.make("Upscale", "configure"), "Upscale: configure 2");
}

TEST(NewNames, AvoidNamesOfInnerStates) {
  Json definition = states({"Each"});
  definition["States"]["Each"] = {{"Type", "Map"}, {"ItemProcessor", states({"A: configure"})}};
  NewNames names(definition);
  EXPECT_EQ(names.make("A", "configure"), "A: configure 2");
}

TEST(NewNames, HaveAtMostEightyCharacters) {
  NewNames names(states({"A"}));
  // 69 characters are left for the name beside ": configure".
  EXPECT_EQ(names.make(std::string(80, 'x'), "configure"), std::string(69, 'x') + ": configure");
  std::string umlauts;
  for (int i = 0; i < 80; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(names.make(umlauts, "configure"), umlauts.substr(0, 2 * 69) + ": configure");
}

TEST(NewNames, VariablesAreNobodyElses) {
  EXPECT_EQ(NewNames(states({"A"})).variable(3), "stepconf_3");
  EXPECT_EQ(NewNames(states({"stepconf_1"})).variable(3), "stepconfx_3");
}

}  // namespace
}  // namespace stepconf::machine
