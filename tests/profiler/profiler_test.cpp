#include "stepconf/profiler/profiler.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/executor/fake_platform.h"

namespace stepconf::profiler {
namespace {

using executor::FakePlatform;

const pricing::PriceSheet kPrices = pricing::price_sheet();
const store::Conditions kHere = {"fake", "1"};

// A profiling of functions on the fake platform, a second a job. A test has two warm invocations.
class Profiling : public testing::Test, protected Listener {
 protected:
  Profiling()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("stepconf_profiler_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~Profiling() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& name, int points = 3, std::vector<int> memory_mb = {512, 1769}) {
    StudyOptions options;
    options.experiment.space = {
        .memory_mb = std::move(memory_mb), .instances = {1}, .processes = {1}};
    options.experiment.goal = 0;
    options.experiment.jobs = 4;
    options.experiment.prices = kPrices;
    options.points = points;
    Study study(name, options);
    for (const auto& record : store().records(name)) study.add(record.sample, record.origin);
    subjects_.erase(name);
    subjects_.emplace(name, Subject{.study = study, .conditions = kHere, .jobs = {1, 2, 3, 4}});
    platform_.functions[name] =
        FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; });
  }

  void profile(const Limits& limits = {}) {
    Budget budget(limits, platform_.now());
    Profiler profiler(subjects_, store(), budget, kPrices, *this,
                      [this] { return platform_.now(); });
    std::vector<std::string> names;
    for (const auto& [name, subject] : subjects_) names.push_back(name);
    executor::measure(platform_, names, profiler, {});
    refusal_ = budget.refusal();
    spending_ = budget.spending();
  }

  store::SampleStore& store() {
    if (!store_) store_.emplace(folder_ / "samples.db");
    return *store_;
  }

  void tested(const Subject& subject) override { tested_.push_back(subject.study.tests()); }
  void kept(const estimator::Sample& sample) override {
    // Whoever opens the store now finds it.
    EXPECT_EQ(store::SampleStore(folder_ / "samples.db").records(sample.function).back().sample,
              sample);
  }

  std::filesystem::path folder_;
  std::optional<store::SampleStore> store_;
  FakePlatform platform_;
  Subjects subjects_;
  std::vector<int> tested_;
  std::string refusal_;
  Spending spending_;
};

TEST_F(Profiling, StoresEverySampleUnderItsConditionsAsItComes) {
  add("f");
  profile();
  const auto records = store().records("f");
  EXPECT_EQ(records.size(), 6u);
  for (const auto& record : records) {
    EXPECT_EQ(record.conditions, kHere);
    EXPECT_EQ(record.origin, store::Origin::profile);
    EXPECT_GT(record.measured_at.time_since_epoch().count(), 0);
  }
  EXPECT_EQ(tested_, (std::vector<int>{1, 2, 3}));
}

TEST_F(Profiling, GoesOnWhereAnotherWasEnded) {
  add("f");
  profile({.usd = {}, .invocations = 4, .time = {}});
  EXPECT_EQ(spending_.invocations, 4);
  EXPECT_EQ(refusal_, "--budget-invocations 4 is used up");
  const std::size_t before = store().records("f").size();
  add("f");
  profile();
  const auto records = store().records("f");
  EXPECT_LT(before, 6u);
  EXPECT_EQ(records.size(), 6u) << "as many as in one go";
}

TEST_F(Profiling, MeasuresNothingThatIsThere) {
  add("f");
  profile();
  const std::size_t started = platform_.started.size();
  add("f");
  profile();
  EXPECT_EQ(platform_.started.size(), started);
}

TEST_F(Profiling, GoesOnAfterASizeThatRunsOutOfMemory) {
  add("f");
  platform_.functions["f"] = [this](const Json& event) {
    executor::FakeAnswer answer;
    if (platform_.started.back().memory == MemoryMb{512}) {
      answer.status = "Runtime.OutOfMemory";
      answer.payload = {{"errorType", "Runtime.OutOfMemory"}};
      return answer;
    }
    answer.payload = Json::array();
    for (std::size_t i = 0; i < event.at("jobs").size(); ++i) {
      answer.payload.push_back({{"result", 1}});
    }
    return answer;
  };
  profile();
  std::map<estimator::InstanceLoad, int> failed;
  int fine = 0;
  for (const auto& record : store().records("f")) {
    if (record.sample.ok()) {
      ++fine;
    } else {
      ++failed[record.sample.load()];
    }
  }
  ASSERT_GE(failed.size(), 1u);
  for (const auto& [load, times] : failed) {
    EXPECT_EQ(load.memory, MemoryMb{512});
    EXPECT_EQ(times, 1) << "what failed is not tried again";
  }
  EXPECT_GE(fine, 2);
}

TEST_F(Profiling, KeepsWithinABudgetOfDollarsByWhatItExpects) {
  add("f", 3, {1769});
  // Four jobs at 1769 MB take 4 s: some $0.000115 at $0.0000166667 a GB-second.
  profile({.usd = Usd{0.00015}, .invocations = {}, .time = {}});
  EXPECT_GE(spending_.invocations, 1);
  EXPECT_LE(spending_.cost.value, 0.00015);
  EXPECT_EQ(refusal_.find("--budget-usd 0.00015: $0.0001"), 0u) << refusal_;
}

TEST_F(Profiling, KeepsWithinABudgetOfTimeByWhatItExpects) {
  add("f", 3, {1769});
  add("g", 3, {1769});
  profile({.usd = {}, .invocations = {}, .time = Seconds(10)});
  EXPECT_GT(platform_.now(), Seconds(0));
  EXPECT_LE(platform_.now(), Seconds(10));
  EXPECT_EQ(refusal_.find("--budget-time 10.0 s"), 0u) << refusal_;
}

TEST_F(Profiling, LeavesSomethingOfEachFunctionWhereABudgetEndsIt) {
  add("f");
  add("g");
  profile({.usd = {}, .invocations = 6, .time = {}});
  EXPECT_GE(store().records("f").size(), 2u);
  EXPECT_GE(store().records("g").size(), 2u);
}

TEST_F(Profiling, TellsWhatIsStillToCome) {
  add("f");
  const Outlook before = outlook(subjects_.at("f").study, kPrices);
  EXPECT_EQ(before.tests, 3);
  EXPECT_EQ(before.invocations, 9);
  EXPECT_FALSE(before.expense);
  profile({.usd = {}, .invocations = 3, .time = {}});
  const Outlook after = outlook(subjects_.at("f").study, kPrices);
  EXPECT_EQ(after.tests, 2);
  ASSERT_TRUE(after.expense);
  // Six invocations more like the two that were kept, both of the same load.
  const double seconds = *store().records("f").front().sample.duration_ms / 1e3;
  EXPECT_DOUBLE_EQ(after.expense->time.count(), 6 * seconds);
}

}  // namespace
}  // namespace stepconf::profiler
