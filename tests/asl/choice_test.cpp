#include "stepconf/asl/choice.h"

#include <gtest/gtest.h>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/timestamp.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

const Json kData = Json::parse(R"({"n": 5, "m": 5.0, "big": 18446744073709551615, "s": "log-2.txt",
  "t": "2024-02-29T12:00:00Z", "later": "2024-02-29T12:00:00.001+00:00", "yes": true, "nil": null})");

bool holds(const std::string& rule) {
  const Json json = Json::parse(rule);
  const Place place{"m.json", "C"};
  Fields fields(json, place);
  const Condition condition = Condition::parse(fields);
  fields.finish();
  return condition.holds({kData, Json::object()});
}

bool variable(const std::string& path, const std::string& comparison) {
  return holds(R"({"Variable": ")" + path + R"(", )" + comparison + "}");
}

TEST(Condition, ComparesNumbers) {
  EXPECT_TRUE(variable("$.n", R"("NumericEquals": 5)"));
  EXPECT_TRUE(variable("$.n", R"("NumericEqualsPath": "$.m")"));
  EXPECT_TRUE(variable("$.n", R"("NumericLessThan": 5.5)"));
  EXPECT_FALSE(variable("$.n", R"("NumericGreaterThan": 5)"));
  EXPECT_TRUE(variable("$.n", R"("NumericGreaterThanEquals": 5)"));
  EXPECT_TRUE(variable("$.big", R"("NumericGreaterThan": -1)"));
  EXPECT_FALSE(variable("$.s", R"("NumericLessThanEquals": 5)"));
}

TEST(Condition, ComparesStringsBooleansAndTimestamps) {
  EXPECT_TRUE(variable("$.s", R"("StringEquals": "log-2.txt")"));
  EXPECT_TRUE(variable("$.s", R"("StringLessThan": "log-3")"));
  EXPECT_TRUE(variable("$.yes", R"("BooleanEquals": true)"));
  EXPECT_FALSE(variable("$.nil", R"("BooleanEquals": false)"));
  EXPECT_TRUE(variable("$.t", R"("TimestampLessThanPath": "$.later")"));
  EXPECT_TRUE(variable("$.t", R"("TimestampEquals": "2024-02-29T14:00:00+02:00")"));
  EXPECT_FALSE(variable("$.s", R"("TimestampLessThan": "2024-02-29T14:00:00Z")"));
}

TEST(Condition, MatchesWildcards) {
  EXPECT_TRUE(variable("$.s", R"("StringMatches": "log-*.txt")"));
  EXPECT_FALSE(variable("$.s", R"("StringMatches": "log-*.png")"));
  EXPECT_TRUE(matches("a*b", R"(a\*b)"));
  EXPECT_FALSE(matches("axb", R"(a\*b)"));
  EXPECT_TRUE(matches("one two three", "*two*e"));
  EXPECT_FALSE(matches("ab", "ab*b"));
  EXPECT_TRUE(matches("", "*"));
}

TEST(Condition, AsksForTypesAndPresence) {
  EXPECT_TRUE(variable("$.nil", R"("IsNull": true)"));
  EXPECT_TRUE(variable("$.gone", R"("IsPresent": false)"));
  EXPECT_TRUE(variable("$.nil", R"("IsPresent": true)"));
  EXPECT_TRUE(variable("$.n", R"("IsString": false)"));
  EXPECT_TRUE(variable("$.n", R"("IsNumeric": true)"));
  EXPECT_TRUE(variable("$.t", R"("IsTimestamp": true)"));
  EXPECT_FALSE(variable("$.s", R"("IsTimestamp": true)"));
  EXPECT_FALSE(variable("$.s", R"("IsBoolean": true)"));
}

TEST(Condition, StopsAtTheFirstPartThatDecides) {
  const std::string gone = R"({"Variable": "$.gone", "NumericEquals": 1})";
  const std::string guard = R"({"Variable": "$.gone", "IsPresent": true})";
  EXPECT_FALSE(holds(R"({"And": [)" + guard + "," + gone + "]}"));
  EXPECT_TRUE(holds(R"({"Or": [{"Not": )" + guard + "}," + gone + "]}"));
  EXPECT_THROW(holds(gone), StateFailure);
}

TEST(Condition, RefusesRulesThatSayNothingOrTooMuch) {
  EXPECT_THROW(holds(R"({"Variable": "$.n"})"), InvalidInput);
  EXPECT_THROW(holds(R"({"Variable": "$.n", "NumericEquals": 1, "IsNull": true})"), InvalidInput);
  EXPECT_THROW(holds(R"({"Variable": "$.n", "NumericEquals": "1"})"), InvalidInput);
  EXPECT_THROW(holds(R"({"Variable": "$.n[*]", "NumericEquals": 1})"), InvalidInput);
  EXPECT_THROW(holds(R"({"And": []})"), InvalidInput);
  try {
    variable("$.n", R"("NumericEqual": 1)");
    ADD_FAILURE();
  } catch (const InvalidInput& error) {
    EXPECT_STREQ(error.what(),
                 "m.json: state 'C': field 'NumericEqual' is unknown here; did you "
                 "mean 'NumericEquals'?");
  }
}

TEST(Timestamp, ReadsAndWritesRfc3339) {
  // 2024-02-29 is day 19782 of the Unix epoch: 54 years, 14 leap days, 59 days: 54*365 + 13 + 59 =
  // 19782.
  EXPECT_EQ(parse_timestamp("2024-02-29T00:00:01.5Z")->time_since_epoch().count(),
            19782LL * 86'400'000 + 1500);
  EXPECT_EQ(format_timestamp(*parse_timestamp("2024-02-29T01:30:00-02:00")),
            "2024-02-29T03:30:00.000Z");
  for (const char* wrong :
       {"2023-02-29T00:00:00Z", "2024-02-29", "2024-02-29t00:00:00Z", "2024-02-29T00:00:00",
        "2024-02-29T00:00:00.Z", "2024-02-29T24:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace stepconf::asl
