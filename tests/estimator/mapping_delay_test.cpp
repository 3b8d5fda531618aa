#include "stepconf/estimator/mapping_delay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stepconf/base/file.h"
#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/fit.h"
#include "tests/estimator/shared_data.h"

namespace stepconf::estimator {
namespace {

Sample row(const std::string& function, int instances, double dispatch_ms) {
  Sample sample;
  sample.function = function;
  sample.memory = MemoryMb{512};
  sample.instances = instances;
  sample.duration_ms = 10;
  sample.dispatch_ms = dispatch_ms;
  return sample;
}

TEST(MappingDelay, BendsAtItsKnee) {
  const MappingDelay delay{0.1, 0.01, 10, 0.2, 0.03};
  EXPECT_NEAR(delay.at(10).count(), 0.2, 1e-12);
  // 0.1 + 0.12 + 0.2 * 2 + 0.03 * 4
  EXPECT_NEAR(delay.at(12).count(), 0.74, 1e-12);
  EXPECT_EQ(MappingDelay{}.at(1000).count(), 0);
}

TEST(MappingDelay, KeepsEveryInstanceWaitingWhereThereAreManyMore) {
  const MappingDelay delay{0.1, 0.01, 10, 0, 0, 0.05};
  EXPECT_NEAR(delay.at(1, 10).count(), 0.11, 1e-12);
  EXPECT_NEAR(delay.at(1, 12).count(), 0.11 + 0.05 * 2, 1e-12);
}

TEST(MappingDelay, CountsThoseThatMayEndLast) {
  EXPECT_EQ((MappingDelay{0.1}.rivals(8, Seconds{1})), 8);
  // Each earlier one starts a whole tail sooner: 1 + 1/e + 1/e^2 + 1/e^3.
  EXPECT_NEAR((MappingDelay{0, 0.5}.rivals(4, Seconds{0.5})), 1.5530, 1e-3);
  EXPECT_NEAR((MappingDelay{0, 1}.rivals(1000, Seconds{0.01})), 1, 1e-9);
}

TEST(FitMappingDelay, RecoversAKneeFromTheSamples) {
  const MappingDelay truth{0.15, 0.0025, 14, 0.1, 0.003};
  std::vector<Sample> samples;
  for (int p = 1; p <= 40; ++p) samples.push_back(row("f", p, truth.at(p).count() * 1000));
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  EXPECT_EQ(delay.knee, 14);
  for (const int p : {1, 10, 20, 40, 60}) {
    EXPECT_NEAR(delay.at(p).count() / truth.at(p).count(), 1, 0.01) << p;
  }
}

TEST(FitMappingDelay, SeesNoKneeInALine) {
  std::vector<Sample> samples;
  for (const int p : {1, 2, 4, 8, 16, 32}) samples.push_back(row("f", p, 50 + 5 * p));
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  EXPECT_FALSE(delay.knee.has_value());
  EXPECT_NEAR(delay.base_s, 0.05, 1e-4);
  EXPECT_NEAR(delay.slope_s, 0.005, 1e-5);
}

TEST(FitMappingDelay, TakesTheLastInstanceOfEachCompleteStep) {
  std::vector<Sample> samples;
  for (int step = 0; step < 3; ++step) {
    for (const double ms : {10.0, 40.0, 20.0, 30.0}) samples.push_back(row("f", 4, ms));
    for (const double ms : {10.0, 20.0}) samples.push_back(row("f", 2, ms));
    samples.push_back(row("f", 1, 10));
  }
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  EXPECT_NEAR(delay.at(4).count(), 0.040, 1e-4);
  EXPECT_NEAR(delay.at(2).count(), 0.020, 1e-4);
}

TEST(FitMappingDelay, IsTheMeanForOneNumberOfInstancesAndNothingWithoutMeasurements) {
  const auto one = fit_mapping_delays(std::vector<Sample>{row("f", 1, 10), row("f", 1, 30)});
  EXPECT_NEAR(one.at("f").at(1).count(), 0.020, 1e-9);
  EXPECT_NEAR(one.at("f").at(9).count(), 0.020, 1e-9);
  Sample silent = row("g", 1, 0);
  silent.dispatch_ms.reset();
  EXPECT_EQ(fit_mapping_delays(std::vector<Sample>{silent}).at("g"), MappingDelay{});
}

TEST(FitMappingDelay, IsSharedWithFunctionsThatWereSeenAtFewNumbersOfInstances) {
  std::vector<Sample> samples = {row("poor", 1, 14)};
  for (const int p : {1, 2, 4}) samples.push_back(row("rich", p, 10 + 4 * p));
  const auto delays = fit_mapping_delays(samples);
  for (const int p : {1, 8}) EXPECT_EQ(delays.at("poor").at(p), delays.at("rich").at(p));
  EXPECT_NEAR(delays.at("poor").at(8).count(), 0.042, 1e-3);
}

TEST(FitMappingDelay, ToldByThePlaceOfEachInstanceInItsStep) {
  // One step of 8 tells the whole line.
  std::vector<Sample> samples;
  for (const double ms : {30.0, 10.0, 40.0, 20.0, 80.0, 60.0, 50.0, 70.0})
    samples.push_back(row("f", 8, ms));
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  EXPECT_NEAR(delay.at(3, 8).count(), 0.030, 1e-4);
  EXPECT_NEAR(delay.at(12).count(), 0.120, 1e-3);
}

TEST(FitMappingDelay, TellsWhatColdSandboxesAdd) {
  std::vector<Sample> samples;
  for (const int p : {1, 2, 4}) {
    samples.push_back(row("f", p, 10));
    samples.push_back(row("f", p, 900));
    samples.back().cold = true;
  }
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  EXPECT_NEAR(delay.at(1).count(), 0.010, 1e-4);
  EXPECT_NEAR(delay.cold_s, 0.890, 1e-3);
}

TEST(FitMappingDelay, MakesDoWithTheFewOfManyThatWorked) {
  std::vector<Sample> samples;
  for (int i = 0; i < 64; ++i) {
    samples.push_back(row("f", 64, 10 + i));
    if (i > 0) samples.back().status = "Runtime.OutOfMemory";
  }
  EXPECT_NEAR(fit_mapping_delays(samples).at("f").at(1, 64).count(), 0.010, 1e-4);
}

TEST(FitMappingDelay, FollowsEveryPlaceOfStepFunctionsMaps) {
  const auto data = shared_data() / "step-functions/map-dispatch.csv";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not part of a checkout";
  const CsvTable table = parse_csv(read_file(data), data.string());
  std::vector<Sample> samples;
  std::vector<int> positions;
  for (const auto& line : table.rows) {
    const CsvFields fields(table, line);
    samples.push_back(
        row("f", *fields.whole("iterations", 1, 50), *fields.number("delay_p50_ms", 0, 1e6)));
    samples.back().cold = fields.text("start_state") == "cold";
    positions.push_back(*fields.whole("position", 1, 50));
  }
  const MappingDelay delay = fit_mapping_delays(samples).at("f");
  double error = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    const double predicted =
        delay.at(positions[i], sample.instances).count() + (sample.cold ? delay.cold_s : 0);
    error +=
        std::abs(predicted * 1000 / *sample.dispatch_ms - 1) / static_cast<double>(samples.size());
  }
  EXPECT_LT(error, 0.05);
}

}  // namespace
}  // namespace stepconf::estimator
