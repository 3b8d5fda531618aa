#include "stepconf/evaluation/campaign.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "stepconf/base/error.h"
#include "tests/executor/fake_platform.h"
#include "tests/temporary_folder.h"

namespace stepconf::evaluation {
namespace {

using stepconf::tests::TemporaryFolder;

// A campaign of two functions and the ALU test, on platforms whose clocks jump.
class CampaignTest : public testing::Test {
 protected:
  CampaignTest() {
    options_.subjects = {{"f", {{1769, 3538}, {1, 2}, {1, 2}}, 4},
                         {"g", {{1769, 3538}, {1, 2}, {1, 2}}, 4}};
    options_.events = {{"f", {Json::object()}}, {"g", {Json::object()}}};
    options_.alu = Variant{"alu", {{"repeat", 1}}};
    options_.alu_memory_mb = {1769, 3538};
    options_.cpus = 2;
    options_.quick = true;
    options_.repeats = {.least = 1, .together = Seconds(0), .most = 1};
    options_.training.tests = 3;
    options_.most_instances = 1;
  }

  bool measure(const std::set<std::string>& parts = {}) {
    const auto with_platform = [&](const PlatformNeed& need, const auto& use) {
      executor::FakePlatform platform;
      for (const auto& [name, function] : need.functions) platform.functions[name] = answer_;
      use(platform);
      platforms_.push_back(need);
      invocations_ += platform.started.size();
    };
    return evaluation::measure(options_, Parts(parts), results_, with_platform, lines_,
                               [this] { return invocations_ >= most_invocations_; });
  }

  TemporaryFolder folder_;
  CampaignOptions options_;
  Results results_{folder_.path()};
  executor::FakePlatform::Function answer_ =
      executor::FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; });
  std::ostringstream lines_;
  std::vector<PlatformNeed> platforms_;
  std::size_t invocations_ = 0;
  std::size_t most_invocations_ = 1'000'000;
};

TEST_F(CampaignTest, MeasuresEachPartOnceAndSaysHowLongItTakes) {
  ASSERT_TRUE(measure());
  // 4 or 2 jobs with 1 or 2 processes at two memory sizes, of two functions.
  EXPECT_EQ(results_.truth.samples().size(), 16u);
  EXPECT_EQ(tests_of(results_.training.samples(), "g", options_.training.repeats), 3);
  EXPECT_EQ(results_.ratios.samples().size(), 3u * 2u);
  EXPECT_EQ(results_.mapping_direct.samples().size(), 2u);
  EXPECT_EQ(results_.mapping_step_functions.samples().size(), 2u);
  EXPECT_FALSE(results_.steps.samples().empty());
  EXPECT_NE(lines_.str().find("Measuring all this takes about"), std::string::npos);

  const std::size_t before = invocations_;
  EXPECT_TRUE(measure());
  EXPECT_EQ(invocations_, before);
  EXPECT_NE(lines_.str().find("Everything has been measured."), std::string::npos);
}

TEST_F(CampaignTest, MeasuresOnlyWhatTheWantedPartsNeed) {
  ASSERT_TRUE(measure({"fig3"}));
  EXPECT_TRUE(results_.truth.samples().empty());
  EXPECT_FALSE(results_.ratios.samples().empty());
  ASSERT_TRUE(measure({"fig6"}));
  EXPECT_EQ(results_.truth.samples().size(), 16u);
  EXPECT_TRUE(results_.training.samples().empty());
}

TEST_F(CampaignTest, CallsTheAluFunctionByTheNamesOfItsVariants) {
  ASSERT_TRUE(measure({"fig4"}));
  ASSERT_EQ(platforms_.size(), 2u);
  EXPECT_EQ(platforms_[0].dispatch, platform::Dispatch::direct);
  EXPECT_EQ(platforms_[1].dispatch, platform::Dispatch::step_functions);
  EXPECT_EQ(platforms_[1].functions.at("alu-sleep-0.1s"), "alu");
}

TEST_F(CampaignTest, EndsWhereItIsInterrupted) {
  most_invocations_ = 5;
  EXPECT_FALSE(measure());
  const std::size_t known = results_.truth.samples().size() + results_.training.samples().size();
  EXPECT_GT(known, 0u);
  EXPECT_EQ(Results(folder_.path()).truth.samples(), results_.truth.samples());
  most_invocations_ = 1'000'000;
  EXPECT_TRUE(measure());
  EXPECT_EQ(results_.truth.samples().size(), 16u);
}

TEST_F(CampaignTest, SaysWhichFunctionFailsBeforeItMeasuresAnything) {
  answer_ = executor::FakePlatform::each_job(
      [](const Json&) { return Json{{"error", {{"errorType", "Bad"}, {"errorMessage", "x"}}}}; });
  try {
    measure({"truth"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("f fails with Bad at 1769 MB"))
        << error.what();
  }
}

}  // namespace
}  // namespace stepconf::evaluation
