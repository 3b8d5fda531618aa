#include "stepconf/machine/jsonata.h"

#include <gtest/gtest.h>

namespace stepconf::machine {
namespace {

using Names = std::span<const std::string>;

std::optional<std::string> result_as_r(Names names, std::size_t& used) {
  if (names[0] != "result") return "$states";
  used = 1;
  return "$r";
}

TEST(ExpressionIn, ReadsWhatStandsBetweenTheMarks) {
  EXPECT_EQ(expression_in("{% $states.input %}"), "$states.input");
  EXPECT_EQ(expression_in("{%1%}"), "1");
  EXPECT_EQ(expression_in("{%  %}"), "");
  EXPECT_EQ(expression_in("plain"), std::nullopt);
  EXPECT_EQ(expression_in("{%}"), std::nullopt);
  EXPECT_EQ(expression_in(5), std::nullopt);
}

TEST(MemberOf, PutsBackticksAroundWhatIsNoIdentifier) {
  EXPECT_EQ(member_of("$x", std::vector<std::string>{"a", "b c", "in"}), "$x.a.`b c`.`in`");
}

TEST(ArePlain, RefusesNamesThatWouldEndAQuotedText) {
  EXPECT_TRUE(are_plain(std::vector<std::string>{"a b", "\xC3\xA4"}));
  for (const char* name : {"", "a'b", "a\"b", "a`b", "a\\b", "a%}b", "a\nb"}) {
    EXPECT_FALSE(are_plain(std::vector<std::string>{name})) << name;
  }
}

TEST(WithMember, CreatesObjectsOnTheWay) {
  EXPECT_EQ(with_member("$in", std::vector<std::string>{"a", "b"}, "$r"),
            "$merge([$in, {'a': $merge([$in.a, {'b': $r}])}])");
  EXPECT_EQ(with_member("$in", std::vector<std::string>{}, "$r"), "$r");
}

TEST(ReplaceStates, KeepsWhatFollowsTheNamesThatWereReplaced) {
  EXPECT_EQ(replace_states("$sum($states.result.size) + $states.input.n[0]", result_as_r),
            "$sum($r.size) + $states.input.n[0]");
}

TEST(ReplaceStates, LeavesTextsNamesAndCommentsAlone) {
  const std::string same =
      R"('$states.result' & "\"$states.result" & `$states.result` /* $states */)";
  EXPECT_EQ(replace_states(same, result_as_r), same);
  EXPECT_EQ(replace_states("$statesman + $xstates", result_as_r), "$statesman + $xstates");
}

TEST(ReplaceStates, RefusesAUseOfTheWhole) {
  EXPECT_EQ(replace_states("$keys($states)", result_as_r), std::nullopt);
  EXPECT_EQ(replace_states("$states", result_as_r), std::nullopt);
  EXPECT_EQ(replace_states("$states['result']", result_as_r), std::nullopt);
}

TEST(ReplaceStates, EndsWhereATextDoesNotEnd) {
  EXPECT_EQ(replace_states("'open $states.result", result_as_r), "'open $states.result");
  EXPECT_EQ(replace_states("/* open $states", result_as_r), "/* open $states");
}

TEST(TemplateAsExpression, WritesObjectsWithTheirExpressions) {
  const Json value = {{"k", "it's"}, {"n", {1, 2}}, {"x", "{% $states.result.a %}"}};
  EXPECT_EQ(template_as_expression(value, result_as_r),
            R"({"k": "it's", "n": [1,2], "x": ($r.a)})");
}

TEST(TemplateAsExpression, RefusesExpressionsInAnArray) {
  EXPECT_EQ(template_as_expression(Json::array({"{% $states.result %}"}), result_as_r),
            std::nullopt);
}

TEST(IsPath, HoldsForWhatReadsAMemberAlone) {
  EXPECT_TRUE(is_path("$states.input.a.b_2"));
  EXPECT_TRUE(is_path("$states.context"));
  for (const char* text : {"$states", "$states.input.a[0]", "$states.input.a + 1",
                           "$sort($states.input)", "$statesx.input", "$states.", ""}) {
    EXPECT_FALSE(is_path(text)) << text;
  }
}

TEST(ReplaceStates, TellsARegularExpressionFromADivision) {
  EXPECT_EQ(replace_states(R"($replace(x, /["'\/]/, '') & $states.result)", result_as_r),
            R"($replace(x, /["'\/]/, '') & $r)");
  EXPECT_EQ(replace_states("$states.result / 2 & '/' & $states.result / 3", result_as_r),
            "$r / 2 & '/' & $r / 3");
  EXPECT_EQ(replace_states("/$states.result[/]/", result_as_r), "/$states.result[/]/");
  EXPECT_EQ(replace_states("(a) / $states.result", result_as_r), "(a) / $r");
  // A wildcard divided by something, or a product with a regular expression?
  EXPECT_EQ(replace_states("a.* / $states.result", result_as_r), std::nullopt);
  EXPECT_EQ(replace_states("a and /b/", result_as_r), std::nullopt);
}

}  // namespace
}  // namespace stepconf::machine
