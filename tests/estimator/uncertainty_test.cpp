#include "stepconf/estimator/uncertainty.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stepconf/estimator/fit_duration.h"

namespace stepconf::estimator {
namespace {

MeasuredLoad measured(int memory, double seconds) {
  MeasuredLoad load;
  load.observation = {{MemoryMb{memory}}, seconds, 1};
  load.mean_seconds = seconds;
  load.noise = 1e-4;
  load.seconds = {seconds};
  return load;
}

TEST(Uncertainty, IsSmallWhereItWasMeasuredAndGrowsWithDistance) {
  // 1 vCPU s on 512, 1024 and 1769 MB.
  const std::vector<MeasuredLoad> loads = {measured(512, 1769.0 / 512),
                                           measured(1024, 1769.0 / 1024), measured(1769, 1)};
  const auto model = fit_form(*find_duration_form("case2"), loads);
  ASSERT_TRUE(model.has_value());
  const std::vector<InstanceLoad> points = {
      {MemoryMb{1024}}, {MemoryMb{700}}, {MemoryMb{128}}, {MemoryMb{660}}};
  const Covariance covariance = uncertainty(*model, loads, points);
  // Known to the noise of its mean, 1 %, and better by its neighbours.
  EXPECT_LT(std::sqrt(covariance(0, 0)), 0.0105);
  EXPECT_GT(covariance(1, 1), covariance(0, 0));
  EXPECT_GT(covariance(2, 2), covariance(1, 1));
  EXPECT_NEAR(covariance(1, 2), covariance(2, 1), 1e-12);
  // What would tell about 700 MB tells nearly all about 660 MB.
  EXPECT_GT(covariance(1, 3), 0.9 * std::sqrt(covariance(1, 1) * covariance(3, 3)));
}

TEST(Uncertainty, GrowsWithWhatTheFormMayMiss) {
  const std::vector<MeasuredLoad> loads = {measured(512, 1769.0 / 512), measured(1769, 1)};
  const auto model = fit_form(*find_duration_form("case2"), loads);
  const std::vector<InstanceLoad> points = {{MemoryMb{900}}};
  const double close = uncertainty(*model, loads, points, {.amplitude = 0.02})(0, 0);
  EXPECT_GT(uncertainty(*model, loads, points, {.amplitude = 0.2})(0, 0), 2 * close);
}

}  // namespace
}  // namespace stepconf::estimator
