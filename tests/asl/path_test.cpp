#include "stepconf/asl/path.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <tuple>

#include "stepconf/asl/failure.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

const Json kData = Json::parse(R"({"a": {"b": [10, 20, 30, 40], "name": "x"}, "odd key": 7,
                                   "list": [{"name": "p", "n": 1}, {"name": "q"}, 3]})");
const Json kContext = Json::parse(R"({"Execution": {"Id": "e1"}})");

// The value found as JSON text; "-" where there is none.
std::string find(std::string_view path) {
  const auto found = Path::parse(path).find({kData, kContext});
  return found ? found->dump() : "-";
}

std::string refusal(std::string_view path) {
  try {
    std::ignore = Path::parse(path);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

TEST(Path, FindsSingleNodes) {
  EXPECT_EQ(find("$.a.name"), "\"x\"");
  EXPECT_EQ(find("$['a']['b'][1]"), "20");
  EXPECT_EQ(find("$.a.b[-1]"), "40");
  EXPECT_EQ(find("$['odd key']"), "7");
  EXPECT_EQ(find("$$.Execution.Id"), "\"e1\"");
  EXPECT_EQ(find("$.a.c"), "-");
  EXPECT_EQ(find("$.a.b[4]"), "-");
  EXPECT_EQ(find("$.a.name.b"), "-");
}

TEST(Path, FindsListsOfNodesInDocumentOrder) {
  EXPECT_EQ(find("$.a.b[*]"), "[10,20,30,40]");
  EXPECT_EQ(find("$.a.b[1:3]"), "[20,30]");
  EXPECT_EQ(find("$.a.b[-2:]"), "[30,40]");
  EXPECT_EQ(find("$.a.b[0,2]"), "[10,30]");
  EXPECT_EQ(find("$.a.b[::2]"), "[10,30]");
  EXPECT_EQ(find("$.list[*].name"), "[\"p\",\"q\"]");
  EXPECT_EQ(find("$..name"), "[\"x\",\"p\",\"q\"]");
  EXPECT_EQ(find("$.list..n"), "[1]");
  EXPECT_EQ(find("$..nothing"), "[]");
  EXPECT_EQ(find("$.nothing[*]"), "-");
}

TEST(Path, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("a.b"), "'a.b' is no path: it must begin with $");
  EXPECT_EQ(refusal("$.a[?(@.b)]"),
            "'$.a[?(@.b)]' is no path: filters and scripts are not supported");
  EXPECT_EQ(refusal("$.a["), "'$.a[' is no path: expected an index at character 5");
  EXPECT_EQ(refusal("$.a['b"), "'$.a['b' is no path: a quoted name does not end");
  EXPECT_EQ(refusal("$.['a','b']"), "'$.['a','b']' is no path: expected a name at character 3");
  EXPECT_EQ(refusal("$.a[99999999999]"), "'$.a[99999999999]' is no path: an index is too large");
}

TEST(Path, PutsAValueInPlaceAndMakesTheObjectsOnTheWay) {
  Json root = Json::parse(R"({"a": {"b": [1, 2]}})");
  Path::parse("$.new.deep").put(root, 5);
  Path::parse("$.a.b[1]").put(root, "two");
  EXPECT_EQ(root.dump(), R"({"a":{"b":[1,"two"]},"new":{"deep":5}})");
  Path::parse("$").put(root, nullptr);
  EXPECT_TRUE(root.is_null());
}

TEST(Path, FailsToPutWhereTheDataHasAnotherShape) {
  for (const char* path : {"$.a.b.c", "$.a.b[2]", "$.a[0]"}) {
    Json root = Json::parse(R"({"a": {"b": [1, 2]}})");
    try {
      Path::parse(path).put(root, 1);
      ADD_FAILURE() << path;
    } catch (const StateFailure& failure) {
      EXPECT_EQ(failure.error(), "States.ResultPathMatchFailure");
    }
  }
}

TEST(Path, StopsAPathThatOutgrowsItsData) {
  Json wide = Json::array();
  for (int i = 0; i < 2000; ++i) wide.push_back(Json::array({i}));
  EXPECT_THROW(
      Path::parse("$..*..*..*..*..*")
          .find({Json::array({wide, wide, wide, wide, wide, wide, wide, wide, wide}), kContext}),
      StateFailure);
}

TEST(Path, FindsAgainWhatWasPut) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& names, int value) {
    std::string text = "$";
    for (const std::string& name : names) {
      text += "['";
      for (const char c : name)
        text += (c == '\'' || c == '\\') ? std::string("\\") + c : std::string(1, c);
      text += "']";
    }
    const Path path = Path::parse(text);
    Json root = Json::object();
    path.put(root, value);
    RC_ASSERT(path.find({root, kContext}) == Json(value));
  }));
}

TEST(Path, RefusesOrReadsAnyTextWithoutCrashing) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& picks) {
    const std::string_view alphabet = "$.[]'\"*,:-0129ab\\ ?";
    std::string text = "$";
    for (const std::uint8_t pick : picks) text += alphabet[pick % alphabet.size()];
    try {
      std::ignore = Path::parse(text).find({kData, kContext});
    } catch (const InvalidInput&) {
      RC_CLASSIFY(true, "refused");
    }
  }));
}

}  // namespace
}  // namespace stepconf::asl
