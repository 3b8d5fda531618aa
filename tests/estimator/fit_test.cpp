#include "stepconf/estimator/fit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/estimator/duration_model.h"
#include "tests/estimator/shared_data.h"

namespace stepconf::estimator {
namespace {

const std::vector<int> kMemory = {128, 256, 512, 1024, 1536, 2048, 4096, 6144, 8192, 10240};

// A normal factor around 1 by the sum of twelve uniform numbers: the standard library's
// distributions differ between implementations.
double noise(std::mt19937& random, double cv) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random() / 4294967296.0;
  return 1 + cv * sum;
}

std::vector<Sample> samples_of(const DurationModel& truth, double cv, int repetitions = 5,
                               const std::vector<int>& memory_mb = kMemory) {
  std::mt19937 random(7);
  std::vector<Sample> samples;
  for (const int memory : memory_mb) {
    for (const int processes : {1, 2, 4}) {
      for (const int jobs : {1, 8}) {
        for (int i = 0; i < repetitions; ++i) {
          Sample sample;
          sample.function = "f";
          sample.memory = MemoryMb{memory};
          sample.processes = processes;
          sample.jobs = jobs;
          sample.duration_ms = truth.predict(sample.load()).count() * 1000 * noise(random, cv);
          samples.push_back(sample);
        }
      }
    }
  }
  return samples;
}

const FittedFunction& fitted(const Models& models, const std::string& name = "f") {
  return std::get<FittedFunction>(models.functions.at(name));
}

double worst_error(const DurationModel& model, const DurationModel& truth) {
  double worst = 0;
  for (const int memory : {192, 768, 1769, 3008, 9216}) {
    for (const int processes : {1, 2, 3, 4}) {
      for (const int jobs : {1, 3, 12}) {
        const InstanceLoad load{MemoryMb{memory}, processes, jobs};
        const double expected = truth.predict(load).count();
        worst = std::max(worst, std::abs(model.predict(load).count() - expected) / expected);
      }
    }
  }
  return worst;
}

DurationModel model(const char* form, std::vector<double> parameters) {
  return {*find_duration_form(form), std::move(parameters)};
}

TEST(DurationForms, AgreeWithEquationOneWorkedByHand) {
  // m = 3538 MB is 2 vCPU, q = 4: min(2, 4) = 2. Case 2: 3 s * 5 / (2 + 1) + 0.5 = 5.5.
  EXPECT_NEAR(model("case2", {3, 1, 0.5}).predict({MemoryMb{3538}, 4, 5}).count(), 5.5, 1e-12);
  // q = 1: min(2, 1) = 1. 15 / (1 + 1) + 0.5 = 8.
  EXPECT_NEAR(model("case2", {3, 1, 0.5}).predict({MemoryMb{3538}, 1, 5}).count(), 8, 1e-12);
  // Case 1: (3 * 5 + 1) e^(-0.5 * 2) + 0.25.
  EXPECT_NEAR(model("case1", {3, 1, 0.5, 0.25}).predict({MemoryMb{3538}, 4, 5}).count(),
              16 / std::exp(1.0) + 0.25, 1e-12);
  // Piecewise: case 2 at 1768 MB, case 1 at 1769 MB.
  const DurationModel both = model("piecewise", {1, 0, 0, 0, 0, 0, 7});
  EXPECT_NEAR(both.predict({MemoryMb{1768}, 1, 1}).count(), 1769.0 / 1768, 1e-12);
  EXPECT_NEAR(both.predict({MemoryMb{1769}, 1, 1}).count(), 7, 1e-12);
}

struct Truth {
  const char* form;
  std::vector<double> parameters;
};

class Recovery : public testing::TestWithParam<Truth> {};

TEST_P(Recovery, FindsTheFormAndTheCurveBehindNoisySamples) {
  const DurationModel truth = model(GetParam().form, GetParam().parameters);
  const Models models = fit(samples_of(truth, 0.02));
  const FittedFunction& result = fitted(models);
  EXPECT_EQ(result.duration.form().name(), GetParam().form);
  EXPECT_LT(worst_error(result.duration, truth), 0.05);
  EXPECT_LT(result.report.cross_validation.value().mean, 0.02);
  EXPECT_NEAR(result.spread.cv(), 0.02, 0.004);
  EXPECT_TRUE(result.report.reliable) << result.report.reason;
}

TEST_P(Recovery, IsExactWithoutNoise) {
  const DurationModel truth = model(GetParam().form, GetParam().parameters);
  const Models models = fit(samples_of(truth, 0, 1), {.form = GetParam().form});
  EXPECT_LT(worst_error(fitted(models).duration, truth), 0.002);
}

INSTANTIATE_TEST_SUITE_P(EveryForm, Recovery,
                         testing::Values(Truth{"case2", {2.0, 0.2, 0.3}},
                                         Truth{"case1", {1.5, 2.0, 0.8, 0.4}},
                                         Truth{"piecewise", {1.0, 0.0, 0.2, 1.8, 0.5, 0.6, 0.3}}),
                         [](const auto& form) { return std::string(form.param.form); });

TEST(Fit, IsNotMovedByRareStalls) {
  const DurationModel truth = model("case2", {2.0, 0.0, 0.3});
  std::vector<Sample> samples = samples_of(truth, 0.02, 10);
  for (std::size_t i = 0; i < samples.size(); i += 37)
    samples[i].duration_ms = *samples[i].duration_ms + 20'000;
  EXPECT_LT(worst_error(fitted(fit(samples, {.form = "case2"})).duration, truth), 0.06);
}

TEST(Fit, LeavesColdAndFailedRowsOut) {
  const DurationModel truth = model("case2", {2.0, 0.0, 0.3});
  std::vector<Sample> samples = samples_of(truth, 0, 1);
  const std::size_t clean = samples.size();
  for (std::size_t i = 0; i < clean; ++i) {
    Sample cold = samples[i];
    cold.cold = true;
    cold.duration_ms = 60'000;
    samples.push_back(cold);
    cold.cold = false;
    cold.status = "States.Timeout";
    samples.push_back(cold);
  }
  const Models models = fit(samples, {.form = "case2"});
  EXPECT_EQ(fitted(models).report.samples, static_cast<int>(clean));
  EXPECT_LT(worst_error(fitted(models).duration, truth), 0.002);
}

TEST(Fit, SaysWhyAFunctionCannotBeModelledAndStillGivesItsMean) {
  const auto rows = [](const char* text) {
    return fit(
        parse_samples(std::string("function,memory_mb,jobs,duration_ms,status\n") + text, "s.csv"));
  };
  const Models one = rows("f,512,2,1000,\nf,512,2,1200,\n");
  EXPECT_FALSE(fitted(one).report.reliable);
  EXPECT_NE(fitted(one).report.reason.find("one configuration only"), std::string::npos);
  EXPECT_NEAR(fitted(one).duration.predict({MemoryMb{512}, 1, 2}).count(), 1.1, 1e-6);

  const Models equal = rows("f,512,1,10,\nf,1024,1,10,\nf,2048,1,10,\n");
  EXPECT_FALSE(fitted(equal).report.reliable);
  EXPECT_NE(fitted(equal).report.reason.find("all durations are equal"), std::string::npos);

  const Models failed = rows("f,512,1,,Runtime.ExitError\n");
  EXPECT_FALSE(fitted(failed).report.reliable);
  EXPECT_NE(fitted(failed).report.reason.find("no row has the status ok"), std::string::npos);

  // Slower with more memory: no form of Eq. (1) can say so.
  const Models wrong = rows("f,512,1,100,\nf,1024,1,1000,\nf,1536,1,9000,\nf,2048,1,90000,\n");
  EXPECT_FALSE(fitted(wrong).report.reliable);
}

TEST(Fit, TakesRepeatsThatAreAllEqual) {
  // Nothing scatters, so nothing can be divided by it.
  const DurationModel truth = model("case2", {2.0, 0.0, 0.3});
  const Models models = fit(samples_of(truth, 0, 2));
  EXPECT_LT(worst_error(fitted(models).duration, truth), 0.002);
  EXPECT_TRUE(fitted(models).report.reliable) << fitted(models).report.reason;
}

TEST(Fit, CorrectsNothingWhereAFormIsExact) {
  const DurationModel truth = model("case2", {2.0, 0.0, 0.3});
  const Models models = fit(samples_of(truth, 0, 1), {.form = "interpolated"});
  EXPECT_LT(worst_error(fitted(models).duration, truth), 0.01);
  EXPECT_TRUE(fitted(models).report.reliable) << fitted(models).report.reason;
}

TEST(Fit, RefusesAFormThatDoesNotExist) { EXPECT_THROW(fit({}, {.form = "case3"}), InvalidInput); }

TEST(Fit, GivesTheSameBytesForTheSameSamples) {
  const auto samples = samples_of(model("case1", {1.5, 2.0, 0.8, 0.4}), 0.05);
  EXPECT_EQ(to_string(fit(samples)), to_string(fit(samples)));
}

// The vendor's own measurements, which a user's checkout does not have.
TEST(Fit, MeetsThePublishedAccuracyOnLambdaMeasurements) {
  const std::filesystem::path data = shared_data() / "lambda-memory/functions.csv";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not part of a checkout";
  const Models models = fit(parse_samples(read_file(data), data.string()), {.form = "case2"});
  for (const char* cpu_bound : {"f2", "f3"}) {
    EXPECT_LT(fitted(models, cpu_bound).report.error.mean, 0.015);
    EXPECT_LT(fitted(models, cpu_bound).report.error.max, 0.05);
  }
  EXPECT_LT(fitted(fit(parse_samples(read_file(data), data.string())), "f1").report.error.mean,
            0.08);
}

}  // namespace
}  // namespace stepconf::estimator
