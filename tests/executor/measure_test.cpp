#include "stepconf/executor/measure.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/executor/fake_platform.h"

namespace stepconf::executor {
namespace {

// A function whose sandboxes are warm from the second call on and take a second a job.
FakePlatform::Function function_with_cold_start() {
  return [called = false](const Json& event) mutable {
    FakeAnswer answer;
    answer.cold = !called;
    called = true;
    answer.payload = Json::array();
    for (std::size_t job = 0; job < event.at("jobs").size(); ++job) {
      answer.payload.push_back({{"result", 1}});
    }
    answer.duration = Seconds(static_cast<double>(event.at("jobs").size()));
    return answer;
  };
}

Measurement measurement(const std::string& function, int memory, int processes, int jobs) {
  return {function, {{memory}, processes, jobs}, std::vector<Json>(jobs, Json::object())};
}

TEST(Measure, KeepsTheColdCallAsColdAndRepeatsWarm) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  MeasureOptions options;
  options.repeats = 2;
  const MeasureSummary summary = measure(platform, {measurement("f", 512, 1, 3)}, options);
  EXPECT_EQ(summary.invocations, 3);
  ASSERT_EQ(summary.samples.size(), 3u);
  EXPECT_TRUE(summary.samples[0].cold);
  EXPECT_FALSE(summary.samples[1].cold);
  EXPECT_EQ(summary.samples[1].duration_ms, 3000);
  EXPECT_EQ(summary.samples[1].jobs, 3);
}

TEST(Measure, DropsTheCallThatPaysForFurtherProcesses) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  // Cold, warm with 1; then the first with 2 starts a copy and is dropped, the second is kept.
  const MeasureSummary summary =
      measure(platform, {measurement("f", 512, 1, 4), measurement("f", 512, 2, 4)}, {});
  EXPECT_EQ(summary.invocations, 4);
  ASSERT_EQ(summary.samples.size(), 3u);
  EXPECT_EQ(summary.samples[2].processes, 2);
}

TEST(Measure, RunsSideBySideOnlyWhatTheCpusSuffice) {
  FakePlatform platform;
  platform.functions["f"] = FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; });
  platform.functions["g"] = platform.functions["f"];
  MeasureOptions options;
  options.vcpus = 2.0;
  const std::vector<Measurement> work = {measurement("f", 1769, 1, 4),
                                         measurement("g", 1769, 1, 4)};
  // Two calls of 4 s each for either function, the first of which may have started a copy.
  measure(platform, work, options);
  EXPECT_EQ(platform.now(), Seconds(8));
  options.vcpus = 1.0;
  measure(platform, work, options);
  EXPECT_EQ(platform.now(), Seconds(8 + 16));
}

TEST(Measure, AFailureIsASampleAndNotRepeated) {
  FakePlatform platform;
  platform.functions["f"] = FakePlatform::each_job(
      [](const Json&) { return Json{{"error", {{"errorType", "Bad"}, {"errorMessage", "x"}}}}; });
  MeasureOptions options;
  options.repeats = 5;
  const MeasureSummary summary = measure(platform, {measurement("f", 512, 1, 1)}, options);
  EXPECT_EQ(summary.invocations, 1);
  EXPECT_EQ(summary.samples.at(0).status, "Bad");
}

TEST(Measure, StopsAtItsBudget) {
  FakePlatform platform;
  platform.functions["f"] = FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; });
  MeasureOptions options;
  options.repeats = 100;
  options.max_invocations = 7;
  // The first of the calls is not kept: it may have started a copy.
  EXPECT_EQ(measure(platform, {measurement("f", 512, 1, 1)}, options).samples.size(), 6u);
  options.max_invocations = 1000;
  options.until = platform.now() + Seconds(2.5);
  EXPECT_EQ(measure(platform, {measurement("f", 512, 1, 1)}, options).samples.size(), 2u);
}

}  // namespace
}  // namespace stepconf::executor
