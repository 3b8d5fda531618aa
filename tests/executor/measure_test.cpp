#include "stepconf/executor/measure.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

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

FakePlatform::Function a_second_a_job() {
  return FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; });
}

FakePlatform::Function failing() {
  return FakePlatform::each_job(
      [](const Json&) { return Json{{"error", {{"errorType", "Bad"}, {"errorMessage", "x"}}}}; });
}

Measurement measurement(const std::string& function, int memory, int processes, int jobs,
                        int repeats = 1) {
  return {function, {{memory}, processes, jobs}, std::vector<Json>(jobs, Json::object()), repeats};
}

// Gives what stands in `work`, in order, and takes notes.
class Listed final : public MeasurementSource {
 public:
  explicit Listed(const std::vector<Measurement>& work) {
    for (const Measurement& one : work) open_[one.function].push_back(one);
  }

  std::optional<Measurement> next(const std::string& function) override {
    seen_at_next[function].push_back(kept.size());
    auto& mine = open_[function];
    if (mine.empty()) return std::nullopt;
    Measurement first = mine.front();
    mine.pop_front();
    return first;
  }
  bool begin(const Measurement& asked) override {
    if (begun >= most) return false;
    ++begun;
    order.push_back(asked.function);
    return true;
  }
  void ended(const Measurement&, const estimator::Sample& sample, bool is_kept) override {
    if (is_kept) kept.push_back(sample);
  }

  std::vector<std::string> functions() const {
    std::vector<std::string> names;
    for (const auto& [name, work] : open_) names.push_back(name);
    return names;
  }

  int most = 1000;
  int begun = 0;
  std::vector<std::string> order;
  std::vector<estimator::Sample> kept;
  // How many samples had been told each time that a function was asked for.
  std::map<std::string, std::vector<std::size_t>> seen_at_next;

 private:
  std::map<std::string, std::deque<Measurement>> open_;
};

bool run(FakePlatform& platform, Listed& source, double vcpus = 1) {
  MeasureOptions options;
  options.vcpus = vcpus;
  return measure(platform, source.functions(), source, options);
}

TEST(Measure, KeepsTheColdCallAsColdAndRepeatsWarm) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  Listed source({measurement("f", 512, 1, 3, 2)});
  EXPECT_TRUE(run(platform, source));
  EXPECT_EQ(source.begun, 3);
  ASSERT_EQ(source.kept.size(), 3u);
  EXPECT_TRUE(source.kept[0].cold);
  EXPECT_FALSE(source.kept[1].cold);
  EXPECT_EQ(source.kept[1].duration_ms, 3000);
  EXPECT_EQ(source.kept[1].jobs, 3);
}

TEST(Measure, DropsTheCallThatPaysForFurtherProcesses) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  // Cold, warm with 1; then the first with 2 starts a copy and is dropped, the second is kept.
  Listed source({measurement("f", 512, 1, 4), measurement("f", 512, 2, 4)});
  run(platform, source);
  EXPECT_EQ(source.begun, 4);
  ASSERT_EQ(source.kept.size(), 3u);
  EXPECT_EQ(source.kept[2].processes, 2);
}

TEST(Measure, RemembersTheProcessesOfEachMemorySize) {
  FakePlatform platform;
  platform.functions["f"] = a_second_a_job();
  // Two calls each for the first with a memory size; the second time its copies are there.
  Listed source(
      {measurement("f", 512, 1, 1), measurement("f", 1024, 1, 1), measurement("f", 512, 1, 2)});
  run(platform, source);
  EXPECT_EQ(source.begun, 2 + 2 + 1);
}

TEST(Measure, AsksForTheNextWhenAllSamplesOfTheLastAreIn) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  Listed source({measurement("f", 512, 1, 1, 2), measurement("f", 512, 1, 2, 1)});
  run(platform, source);
  // Cold and two warm ones; then one warm one.
  EXPECT_EQ(source.seen_at_next.at("f"), (std::vector<std::size_t>{0, 3, 4}));
}

TEST(Measure, RunsSideBySideOnlyWhatTheCpusSuffice) {
  FakePlatform platform;
  platform.functions["f"] = a_second_a_job();
  platform.functions["g"] = a_second_a_job();
  const std::vector<Measurement> work = {measurement("f", 1769, 1, 4),
                                         measurement("g", 1769, 1, 4)};
  // Two calls of 4 s each for either function, the first of which may have started a copy.
  Listed together(work);
  run(platform, together, 2.0);
  EXPECT_EQ(platform.now(), Seconds(8));
  Listed alone(work);
  run(platform, alone, 1.0);
  EXPECT_EQ(platform.now(), Seconds(8 + 16));
}

TEST(Measure, LetsTheFunctionWithFewestMeasurementsGoFirst) {
  FakePlatform platform;
  platform.functions["f"] = a_second_a_job();
  platform.functions["g"] = a_second_a_job();
  Listed source({measurement("f", 512, 1, 1), measurement("f", 512, 1, 2),
                 measurement("g", 512, 1, 1), measurement("g", 512, 1, 2)});
  run(platform, source, 0);
  EXPECT_EQ(source.order, (std::vector<std::string>{"f", "f", "g", "g", "f", "g"}));
}

TEST(Measure, LetsNobodyOvertakeAFunctionThatWaitsForRoom) {
  FakePlatform platform;
  platform.functions["small"] = a_second_a_job();
  platform.functions["tall"] = a_second_a_job();
  Listed source({measurement("small", 512, 1, 1, 5), measurement("small", 512, 1, 2, 5),
                 measurement("tall", 1769, 1, 1)});
  run(platform, source, 1.0);
  // All the time there is room for another small one beside nothing else; tall goes between them.
  const auto tall = std::ranges::find(source.order, "tall");
  EXPECT_EQ(tall - source.order.begin(), 6);
}

TEST(Measure, AFailureIsASampleAndNotRepeated) {
  FakePlatform platform;
  platform.functions["f"] = failing();
  Listed source({measurement("f", 512, 1, 1, 5), measurement("f", 1024, 1, 1, 5)});
  EXPECT_TRUE(run(platform, source));
  EXPECT_EQ(source.begun, 2);
  ASSERT_EQ(source.kept.size(), 2u);
  EXPECT_EQ(source.kept[0].status, "Bad");
  EXPECT_EQ(source.kept[1].memory, MemoryMb{1024});
}

TEST(Measure, EndsWhereNothingMayBeginAnyMore) {
  FakePlatform platform;
  platform.functions["f"] = a_second_a_job();
  Listed source({measurement("f", 512, 1, 1, 100)});
  source.most = 7;
  EXPECT_TRUE(run(platform, source));
  // The first of the calls is not kept: it may have started a copy.
  EXPECT_EQ(source.kept.size(), 6u);
}

TEST(Measure, TakesAListOfMeasurementsInItsOrder) {
  FakePlatform platform;
  platform.functions["f"] = function_with_cold_start();
  platform.functions["g"] = function_with_cold_start();
  const MeasureSummary summary = measure(
      platform, {measurement("g", 512, 1, 2), measurement("f", 512, 1, 1, 2)}, {.vcpus = 0});
  std::vector<std::string> order;
  for (const auto& sample : summary.samples) {
    order.push_back(sample.function + (sample.cold ? " cold" : ""));
  }
  EXPECT_EQ(order, (std::vector<std::string>{"g cold", "g", "f cold", "f", "f"}));
  EXPECT_FALSE(summary.interrupted);

  platform.interruptions = {platform.now() + Seconds(1.5)};
  MeasureOptions options;
  options.interrupted = [&] { return platform.interruptions.empty(); };
  EXPECT_TRUE(measure(platform, {measurement("f", 512, 1, 1, 9)}, options).interrupted);
}

TEST(Measure, StopsWhenInterruptedAndSaysSo) {
  FakePlatform platform;
  platform.functions["f"] = a_second_a_job();
  platform.interruptions = {Seconds(2.5)};
  Listed source({measurement("f", 512, 1, 1, 100)});
  MeasureOptions options;
  options.interrupted = [&] { return platform.interruptions.empty(); };
  EXPECT_FALSE(measure(platform, {"f"}, source, options));
  EXPECT_EQ(source.kept.size(), 1u);
}

}  // namespace
}  // namespace stepconf::executor
