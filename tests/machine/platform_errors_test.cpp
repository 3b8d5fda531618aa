#include "stepconf/machine/platform_errors.h"

#include <gtest/gtest.h>

namespace stepconf::machine {
namespace {

TEST(PlatformRetry, KeepsWhatIsSaidOfThePlatformsErrors) {
  const Json retry = {{{"ErrorEquals", {"Lambda.ServiceException", "Mine"}}, {"MaxAttempts", 6}}};
  EXPECT_EQ(Json(platform_retry(retry)),
            Json::parse(R"([{"ErrorEquals": ["Lambda.ServiceException"], "MaxAttempts": 6}])"));
}

TEST(PlatformRetry, NamesThemWhereTheUserHasNamedAll) {
  const Json retry = {{{"ErrorEquals", {"Lambda.Unknown"}}, {"MaxAttempts", 0}},
                      {{"ErrorEquals", {"States.ALL"}}, {"IntervalSeconds", 3}}};
  const OrderedJson generated = platform_retry(retry);
  ASSERT_EQ(generated.size(), 2U);
  EXPECT_EQ(generated[0]["ErrorEquals"], OrderedJson::array({"Lambda.Unknown"}));
  EXPECT_EQ(generated[1]["ErrorEquals"].size(), 5U);
  EXPECT_EQ(generated[1]["IntervalSeconds"], 3);
  EXPECT_EQ(generated.dump().find("States.ALL"), std::string::npos);
}

TEST(PlatformRetry, IsEmptyWhereOnlyTheFunctionsErrorsAreRetried) {
  EXPECT_TRUE(platform_retry({{{"ErrorEquals", {"Mine"}}}}).empty());
}

}  // namespace
}  // namespace stepconf::machine
