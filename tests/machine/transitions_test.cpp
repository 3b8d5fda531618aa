#include "stepconf/machine/transitions.h"

#include <gtest/gtest.h>

namespace stepconf::machine {
namespace {

using Dominators = std::map<std::string, std::string>;

// "A>B, A>C": the first state is A; a state with several ways out is a Choice.
OrderedJson scope_of(const std::vector<std::pair<std::string, std::vector<std::string>>>& ways) {
  OrderedJson scope = {{"StartAt", ways.front().first}};
  for (const auto& [name, targets] : ways) {
    OrderedJson state = {{"Type", "Choice"}};
    for (const std::string& target : targets) state["Choices"].push_back({{"Next", target}});
    scope["States"][name] = state;
  }
  return scope;
}

TEST(AlwaysBefore, IsTheStateBeforeInAChain) {
  EXPECT_EQ(always_before(scope_of({{"A", {"B"}}, {"B", {"C"}}, {"C", {}}})),
            (Dominators{{"B", "A"}, {"C", "B"}}));
}

TEST(AlwaysBefore, IsTheForkWhereWaysMeet) {
  EXPECT_EQ(always_before(scope_of({{"A", {"B", "C"}}, {"B", {"D"}}, {"C", {"D"}}, {"D", {}}})),
            (Dominators{{"B", "A"}, {"C", "A"}, {"D", "A"}}));
}

TEST(AlwaysBefore, PassesOverALoop) {
  EXPECT_EQ(always_before(scope_of({{"A", {"B"}}, {"B", {"C"}}, {"C", {"B", "D"}}, {"D", {}}})),
            (Dominators{{"B", "A"}, {"C", "B"}, {"D", "C"}}));
}

TEST(AlwaysBefore, DoesNotDependOnTheOrderInWhichStatesAreWritten) {
  OrderedJson scope = scope_of({{"D", {}}, {"C", {"D"}}, {"B", {"C", "D"}}, {"A", {"B"}}});
  scope["StartAt"] = "A";
  EXPECT_EQ(always_before(scope), (Dominators{{"B", "A"}, {"C", "B"}, {"D", "B"}}));
}

TEST(AlwaysBefore, LeavesOutWhatNoWayLeadsTo) {
  EXPECT_EQ(always_before(scope_of({{"A", {"Gone"}}, {"B", {"C"}}, {"C", {}}})), Dominators{});
  EXPECT_EQ(always_before(OrderedJson::parse(R"({"StartAt": "X", "States": {"A": 1}})")),
            Dominators{});
  EXPECT_EQ(always_before(OrderedJson::parse(R"({"States": {"A": {}}})")), Dominators{});
}

TEST(Transitions, AreNextDefaultChoicesAndCatch) {
  OrderedJson state = OrderedJson::parse(R"({"Next": "a", "Default": "b", "End": "x",
      "Choices": [{"Next": "c", "And": [{"Next": "x"}]}, 1], "Catch": [{"Next": "d"}, {"Next": 2}]})");
  std::string seen;
  for_each_target(state, [&](const OrderedJson& target) { seen += target.get<std::string>(); });
  EXPECT_EQ(seen, "abdc");
}

}  // namespace
}  // namespace stepconf::machine
