#include "stepconf/platform/local/function_catalog.h"

#include <gtest/gtest.h>

namespace stepconf::platform {
namespace {

LocalPlatformOptions two_functions() {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}, {1024}};
  options.functions["f"].directory = "/code";
  options.functions["f"].environment = {{"WEIGHTS", "a.onnx"}};
  options.functions["f"].timeout = Seconds(1.5);
  options.functions["g"].memory_sizes = {{128}};
  return options;
}

class FunctionCatalogTest : public testing::Test {
 protected:
  Json get(const std::string& path, const std::string& query = "") const {
    const auto response = catalog_.get(path, query);
    if (!response || response->status != 200) return {};
    return Json::parse(response->body);
  }
  std::string error(const std::string& path, const std::string& query = "") const {
    const auto response = catalog_.get(path, query);
    return response ? response->headers.get("x-amzn-ErrorType").value_or("none") : "unknown";
  }

  LocalPlatformOptions options_ = two_functions();
  FunctionCatalog catalog_{options_};
};

TEST_F(FunctionCatalogTest, DescribesAFunction) {
  const Json function = get("f");
  EXPECT_EQ(function["Code"]["Location"], "file:///code");
  const Json& configuration = function["Configuration"];
  EXPECT_EQ(configuration["FunctionArn"], "arn:aws:lambda:us-east-1:000000000000:function:f");
  EXPECT_EQ(configuration["Version"], "$LATEST");
  EXPECT_EQ(configuration["MemorySize"], 512);
  EXPECT_EQ(configuration["Timeout"], 2);
  EXPECT_EQ(configuration["State"], "Active");
  EXPECT_EQ(configuration["Environment"]["Variables"]["WEIGHTS"], "a.onnx");
  EXPECT_EQ(get("f/configuration"), configuration);
  const Json large = get("arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Af", "Qualifier=mem-1024");
  EXPECT_EQ(large["Configuration"]["MemorySize"], 1024);
  EXPECT_EQ(large["Configuration"]["FunctionArn"],
            "arn:aws:lambda:us-east-1:000000000000:function:f:mem-1024");
  EXPECT_EQ(large["Configuration"]["Version"], "2");
}

std::vector<std::string> values(const Json& list, const char* field) {
  std::vector<std::string> found;
  for (const Json& item : list) found.push_back(item[field]);
  return found;
}

using Names = std::vector<std::string>;

TEST_F(FunctionCatalogTest, ListsFunctionsVersionsAndAliases) {
  EXPECT_EQ(values(get("")["Functions"], "FunctionName"), (Names{"f", "g"}));
  EXPECT_EQ(values(get("", "FunctionVersion=ALL")["Functions"], "Version"),
            (Names{"$LATEST", "1", "2", "$LATEST", "1"}));
  EXPECT_EQ(values(get("f/versions")["Versions"], "Version"), (Names{"$LATEST", "1", "2"}));
  EXPECT_EQ(values(get("f/aliases")["Aliases"], "Name"), (Names{"mem-512", "mem-1024"}));
  EXPECT_EQ(values(get("f/aliases", "FunctionVersion=2")["Aliases"], "Name"), (Names{"mem-1024"}));
  EXPECT_EQ(get("f/aliases/mem-1024")["FunctionVersion"], "2");
}

TEST_F(FunctionCatalogTest, ListsPageByPage) {
  const Json first = get("f/versions", "MaxItems=2");
  EXPECT_EQ(first["Versions"].size(), 2u);
  const Json second =
      get("f/versions", "MaxItems=2&Marker=" + first["NextMarker"].get<std::string>());
  EXPECT_EQ(values(second["Versions"], "Version"), (Names{"2"}));
  EXPECT_FALSE(second.contains("NextMarker"));
  for (const char* query : {"Marker=4", "Marker=-1", "Marker=x", "MaxItems=0", "MaxItems=1e9"}) {
    EXPECT_EQ(error("f/versions", query), "InvalidParameterValueException") << query;
  }
}

TEST_F(FunctionCatalogTest, RefusesWhatItDoesNotHave) {
  for (const char* path : {"nobody", "f%3Amem-640", "f/aliases/1", "f/aliases/prod"}) {
    EXPECT_EQ(error(path), "ResourceNotFoundException") << path;
  }
  EXPECT_EQ(error("f%3Aa%3Ab"), "InvalidParameterValueException");
  for (const char* path : {"f/policy", "f/aliases/", "f/aliases/a/b", "f/versions/1", "f/"}) {
    EXPECT_EQ(error(path), "unknown") << path;
  }
}

}  // namespace
}  // namespace stepconf::platform
