#include "stepconf/estimator/next_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <variant>

#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

// base, base_work, base_parallel_work, per_job, work, parallel_work, threads, per_instance
DurationModel waves(std::vector<double> parameters) {
  return {*find_duration_form("waves"), std::move(parameters)};
}

Sample sample_of(const InstanceLoad& load, double seconds) {
  Sample sample;
  sample.function = "f";
  sample.memory = load.memory;
  sample.processes = load.processes;
  sample.jobs = load.jobs;
  sample.duration_ms = seconds * 1000;
  return sample;
}

struct Campaign {
  std::vector<Sample> samples;
  int tests = 0;
  std::optional<double> error;
};

// Measures what next_test asks for, twice each, until it asks no more.
Campaign campaign(const DurationModel& truth, const ExperimentOptions& options, int most,
                  double cv = 0.01) {
  std::mt19937 random(23);
  std::normal_distribution<double> noise(0, cv);
  Campaign result;
  while (result.tests < most) {
    const Experiment experiment = next_test(result.samples, options);
    result.error = experiment.error;
    if (!experiment.next) return result;
    ++result.tests;
    for (int i = 0; i < 2; ++i) {
      const double seconds = truth.predict(*experiment.next).count() * std::exp(noise(random));
      result.samples.push_back(sample_of(*experiment.next, seconds));
    }
  }
  return result;
}

struct Errors {
  double mean = 0, max = 0;
};

// Over the paper's whole space for 64 jobs.
Errors errors_of(const std::vector<Sample>& samples, const DurationModel& truth) {
  const Models models = fit(samples);
  const auto& fitted = std::get<FittedFunction>(models.functions.at("f"));
  const ConfigurationSpace space;
  Errors result;
  int count = 0;
  for (const int memory : space.memory_mb) {
    for (const int instances : space.instances) {
      for (const int processes : space.processes) {
        const InstanceLoad load{MemoryMb{memory}, processes, 64 / instances};
        if (processes > load.jobs) continue;
        const double expected = truth.predict(load).count();
        const double error = std::abs(fitted.duration.predict(load).count() / expected - 1);
        result.mean += error;
        result.max = std::max(result.max, error);
        ++count;
      }
    }
  }
  result.mean /= count;
  return result;
}

class NextTest : public testing::TestWithParam<std::pair<const char*, std::vector<double>>> {};

TEST_P(NextTest, LeadsToGoodPredictionsOfTheWholeSpaceWithinTwoDozenTests) {
  const DurationModel truth = waves(GetParam().second);
  const Campaign result = campaign(truth, {.jobs = 64, .max_jobs = 64, .goal = 0.02}, 24);
  const Errors errors = errors_of(result.samples, truth);
  EXPECT_LE(result.tests, 24);
  EXPECT_LT(errors.mean, 0.03);
  EXPECT_LT(errors.max, 0.10);
}

INSTANTIATE_TEST_SUITE_P(
    Functions, NextTest,
    testing::Values(std::pair("OneThread", std::vector<double>{0.02, 0, 0, 0, 0.1, 0, 1, 0}),
                    std::pair("SeveralThreads", std::vector<double>{0.02, 0, 0, 0, 0, 0.1, 8, 0}),
                    std::pair("Mixed", std::vector<double>{0.2, 0.3, 0, 0.02, 0.05, 0.2, 3, 0})),
    [](const auto& function) { return std::string(function.param.first); });

TEST(NextTest, EndsWhereTheErrorIsWithinTheGoal) {
  const DurationModel truth = waves({0.02, 0, 0, 0, 0.1, 0, 1, 0});
  const Campaign generous = campaign(truth, {.jobs = 64, .max_jobs = 64, .goal = 0.05}, 60);
  const Campaign strict = campaign(truth, {.jobs = 64, .max_jobs = 64, .goal = 0.015}, 60);
  EXPECT_LE(generous.error.value(), 0.05);
  EXPECT_LT(generous.tests, strict.tests);
}

TEST(NextTest, SparesTimeWhereTimeIsSpent) {
  const DurationModel truth = waves({0.02, 0, 0, 0, 0.1, 0, 1, 0});
  const auto seconds = [&](Spend spend) {
    const Campaign result =
        campaign(truth, {.jobs = 64, .max_jobs = 64, .goal = 0.015, .spend = spend}, 60);
    double sum = 0;
    for (const Sample& sample : result.samples) sum += *sample.duration_ms / 1000;
    return sum;
  };
  EXPECT_LT(seconds(Spend::time), seconds(Spend::invocations));
}

TEST(NextTest, PassesOverWhatCannotRun) {
  const DurationModel truth = waves({0.02, 0, 0, 0, 0.1, 0, 1, 0});
  std::vector<Sample> samples;
  std::set<int> asked;
  for (int i = 0; i < 14; ++i) {
    const Experiment experiment = next_test(samples, {.jobs = 64, .max_jobs = 64, .goal = 0.001});
    ASSERT_TRUE(experiment.next.has_value()) << experiment.reason;
    const InstanceLoad load = *experiment.next;
    samples.push_back(sample_of(load, truth.predict(load).count()));
    if (load.memory.value <= 1024) {
      asked.insert(load.memory.value);
      samples.back().status = "Runtime.OutOfMemory";
    }
  }
  // Two sizes fail at most once each for one process and once for more.
  const auto failed =
      std::ranges::count_if(samples, [](const Sample& sample) { return !sample.ok(); });
  EXPECT_LE(failed, 4);
  EXPECT_FALSE(asked.empty());
}

TEST(NextTest, SaysThatNothingHelpsWhereEverythingFails) {
  std::vector<Sample> samples;
  for (int i = 0; i < 100; ++i) {
    const Experiment experiment = next_test(samples, {});
    if (!experiment.next) {
      EXPECT_NE(experiment.reason, "");
      EXPECT_LT(i, 60);
      return;
    }
    samples.push_back(sample_of(*experiment.next, 1));
    samples.back().status = "Runtime.ExitError";
  }
  FAIL() << "it never ends";
}

}  // namespace
}  // namespace stepconf::estimator
