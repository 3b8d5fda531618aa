#include "stepconf/asl/template.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stepconf/asl/failure.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

const Json kData = Json::parse(R"({"name": "Ada", "n": 3, "list": [1, 2, 3, 4, 5], "half": 2.5,
                                   "json": "{\"k\": [1]}", "object": {"z": 1, "a": null}})");
const Json kContext = Json::parse(R"({"Map": {"Item": {"Index": 4}}})");

std::string call(const std::string& text) {
  return Intrinsic::parse(text).evaluate({kData, kContext}).dump();
}

std::string failure(const std::string& text) {
  try {
    call(text);
  } catch (const StateFailure& error) {
    return error.error() + ": " + error.what();
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

TEST(Intrinsic, ComputesWhatTheDocumentationShows) {
  EXPECT_EQ(call("States.Format('Hello, {} {}', $.name, $.n)"), R"("Hello, Ada 3")");
  EXPECT_EQ(call("States.Array($.n, 'x', null, true, -1.5)"), R"([3,"x",null,true,-1.5])");
  EXPECT_EQ(call("States.Array()"), "[]");
  EXPECT_EQ(call("States.ArrayPartition($.list, 2)"), "[[1,2],[3,4],[5]]");
  EXPECT_EQ(call("States.ArrayLength($.list)"), "5");
  EXPECT_EQ(call("States.ArrayGetItem($.list, 4)"), "5");
  EXPECT_EQ(call("States.ArrayRange(1, 9, 2)"), "[1,3,5,7,9]");
  EXPECT_EQ(call("States.ArrayRange(3, 1, -1)"), "[3,2,1]");
  EXPECT_EQ(call("States.StringToJson($.json)"), R"({"k":[1]})");
  EXPECT_EQ(call("States.JsonToString($.object)"), R"("{\"a\":null,\"z\":1}")");
  EXPECT_EQ(call("States.MathAdd($.n, -4)"), "-1");
  EXPECT_EQ(call("States.MathAdd($.half, 0)"), "3");
}

TEST(Intrinsic, NestsAndReadsPathsWithCommasAndParentheses) {
  EXPECT_EQ(call("States.Format('{}/{}', States.ArrayGetItem($['list'], States.MathAdd(1, 1)), "
                 "$$.Map.Item.Index)"),
            R"("3/4")");
  EXPECT_EQ(call("States.Array($.list[0,1], $.list[1:3])"), "[[1,2],[2,3]]");
}

TEST(Intrinsic, TakesEscapesLiterally) {
  EXPECT_EQ(call(R"(States.Format('it\'s \{\} {} \\', $.name))"), R"("it's {} Ada \\")");
  EXPECT_EQ(call(R"(States.Array('a\'b\{'))"), R"(["a'b{"])");
}

TEST(Intrinsic, FailsWhereArgumentsDoNotFit) {
  EXPECT_EQ(
      failure("States.ArrayGetItem($.list, 5)"),
      "States.IntrinsicFailure: States.ArrayGetItem: there is no element 5 in an array of 5.");
  EXPECT_EQ(failure("States.ArrayRange(1, 1000, 1)"), "");
  EXPECT_EQ(failure("States.ArrayRange(1, 1001, 1)"),
            "States.IntrinsicFailure: States.ArrayRange: the range has more than 1000 elements.");
  EXPECT_EQ(
      failure("States.ArrayPartition($.list, 0)"),
      "States.IntrinsicFailure: States.ArrayPartition: the chunk size is 0, must be at least 1.");
  EXPECT_EQ(failure("States.Format('{} {}', 1)"),
            "States.IntrinsicFailure: States.Format: there are more {} than arguments.");
  EXPECT_EQ(failure("States.ArrayLength($.missing)"),
            "States.IntrinsicFailure: States.ArrayLength: there is nothing at '$.missing'.");
  EXPECT_EQ(failure("States.MathAdd(9223372036854775807, 1)"),
            "States.IntrinsicFailure: States.MathAdd: the sum is too large.");
}

TEST(Intrinsic, RefusesMalformedCalls) {
  EXPECT_NE(failure("States.UUID()").find("'States.UUID' is not supported"), std::string::npos);
  EXPECT_NE(failure("States.MathAdd(1)").find("takes 2 argument(s), not 1"), std::string::npos);
  EXPECT_NE(failure("States.Format('a").find("does not end"), std::string::npos);
  EXPECT_NE(failure(R"(States.Format('\n'))").find("are escapes"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 11; ++i) deep += "States.Array(";
  EXPECT_NE(failure(deep + std::string(11, ')')).find("nested deeper than 10"), std::string::npos);
}

TEST(Intrinsic, PartitionsConcatenateBackToTheArray) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& items) {
    const int size = *rc::gen::inRange(1, 12);
    const Json data = {{"items", items}, {"size", size}};
    const Json chunks =
        Intrinsic::parse("States.ArrayPartition($.items, $.size)").evaluate({data, kContext});
    Json joined = Json::array();
    for (const Json& chunk : chunks) {
      RC_ASSERT(!chunk.empty() && chunk.size() <= static_cast<std::size_t>(size));
      for (const Json& item : chunk) joined.push_back(item);
    }
    RC_ASSERT(joined == Json(items));
  }));
}

TEST(Template, FillsInPathsAtAnyDepthAndKeepsTheRest) {
  const Template filled = Template::parse(Json::parse(
      R"-({"fixed": [1, {"x.$": "$.n"}], "who.$": "$.name", "text": "$.n",
          "index.$": "$$.Map.Item.Index", "made.$": "States.MathAdd($.n, 1)"})-"));
  EXPECT_EQ(filled.evaluate({kData, kContext}).dump(),
            R"({"fixed":[1,{"x":3}],"index":4,"made":4,"text":"$.n","who":"Ada"})");
}

TEST(Template, FailsWhereAPathFindsNothing) {
  try {
    Template::parse(Json::parse(R"({"x.$": "$.missing"})")).evaluate({kData, kContext});
    ADD_FAILURE();
  } catch (const StateFailure& error) {
    EXPECT_EQ(error.error(), "States.ParameterPathFailure");
    EXPECT_STREQ(error.what(), "The JSONPath '$.missing' could not be found in the input.");
  }
}

TEST(Template, RefusesMembersThatAreNoPath) {
  EXPECT_THROW(Template::parse(Json::parse(R"({"x.$": 3})")), InvalidInput);
  EXPECT_THROW(Template::parse(Json::parse(R"({"x.$": "plain"})")), InvalidInput);
  EXPECT_THROW(Template::parse(Json::parse(R"({"x.$": "$.a", "x": 1})")), InvalidInput);
}

TEST(Template, StopsBeforeRepeatedValuesFillTheMemory) {
  Json parts = Json::object();
  for (int i = 0; i < 10'000; ++i) parts[fmt::format("p{}.$", i)] = "$.big";
  const Json data = {{"big", std::string(200'000, 'x')}};
  try {
    Template::parse(parts).evaluate({data, kContext});
    ADD_FAILURE();
  } catch (const StateFailure& error) {
    EXPECT_EQ(error.error(), "States.DataLimitExceeded");
  }
}

}  // namespace
}  // namespace stepconf::asl
