#include "stepconf/evaluation/plan.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::evaluation {
namespace {

TEST(Thinned, KeepsEndsAndMiddleOfEachPart) {
  const Subject thin = thinned({"f", {}, 64});
  EXPECT_EQ(thin.space.memory_mb, (std::vector<int>{512, 4096, 10240}));
  EXPECT_EQ(thin.space.instances, (std::vector<int>{1, 8, 32}));
  EXPECT_EQ(thin.space.processes, (std::vector<int>{1, 4, 8}));
  EXPECT_EQ(thin.jobs, 16);
}

TEST(RatioTests, ExpectWhatAmdahlsLawSays) {
  const auto variants = ratio_variants({{"repeat", 5}}, true);
  ASSERT_EQ(variants.size(), 3u);
  EXPECT_EQ(variants[1].name, "alu-ratio-0.5");
  EXPECT_EQ(variants[1].event, (Json{{"repeat", 5}, {"ratio", 0.5}}));
  const auto tests = ratio_tests({variants[1]}, {512, 3538}, Seconds(1));
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_DOUBLE_EQ(tests[0].expected.count(), 1769.0 / 512);
  EXPECT_DOUBLE_EQ(tests[1].expected.count(), 0.5 + 0.5 / 2);
}

TEST(MappingTests, StartWithTheGreatestStepAndStayWithinTheBound) {
  const auto variants = sleep_variants(false);
  ASSERT_EQ(variants.size(), 3u);
  EXPECT_EQ(variants[0].name, "alu-sleep-0.1s");
  const auto tests =
      mapping_tests({variants[2]}, 512, 8, false, platform::Dispatch::step_functions);
  ASSERT_EQ(tests.size(), 4u);
  EXPECT_EQ(tests[0].configuration, (estimator::Configuration{{512}, 8, 1}));
  EXPECT_EQ(tests[0].jobs, 8);
  // 0.145 + 8 * 0.0025 after five seconds of sleep.
  EXPECT_DOUBLE_EQ(tests[0].expected.count(), 5 + 0.165);
}

TEST(StepTests, ExpectTheFullestInstanceAfterTheLastDelay) {
  const Subject subject{"f", {{1769}, {1, 4}, {1}}, 8};
  const auto tests = step_tests(subject, Seconds(1), 4, 1, false);
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_DOUBLE_EQ(tests[0].expected.count(), 2 + 0.155);
  EXPECT_DOUBLE_EQ(tests[1].expected.count(), 8 + 0.1475);
}

TEST(Parts, NeedWhatTheirPicturesShow) {
  EXPECT_TRUE(Parts({}).needs("fig4"));
  const Parts errors({"fig12"});
  EXPECT_TRUE(errors.needs("truth"));
  EXPECT_TRUE(errors.needs("training"));
  EXPECT_FALSE(errors.needs("fig3"));
  EXPECT_FALSE(errors.wants("fig13"));
  EXPECT_FALSE(Parts({"fig6"}).needs("training"));
  EXPECT_FALSE(Parts({}).names("fig3"));
}

TEST(Parts, NamesWhatIsKnownInsteadOfAMistake) {
  try {
    Parts({"trainin"});
    FAIL();
  } catch (const InvalidInput& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean training?"), std::string::npos);
  }
}

}  // namespace
}  // namespace stepconf::evaluation
