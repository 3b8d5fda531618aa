#include "stepconf/estimator/spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "stepconf/estimator/fit_spread.h"

namespace stepconf::estimator {
namespace {

// Loads that were measured `count` times each, with durations of `draw()` times 2 s.
template <class Draw>
std::vector<MeasuredLoad> loads(int count, Draw&& draw) {
  std::vector<Sample> samples;
  for (const int memory : {512, 1024, 2048, 4096, 8192}) {
    for (int i = 0; i < count; ++i) {
      Sample sample;
      sample.function = "f";
      sample.memory = MemoryMb{memory};
      sample.duration_ms = 2000 * draw();
      samples.push_back(sample);
    }
  }
  std::vector<const Sample*> pointers;
  for (const Sample& sample : samples) pointers.push_back(&sample);
  return measured_loads(pointers);
}

const DurationModel& two_seconds() {
  static const DurationModel model(constant_form(), {2, 0});
  return model;
}

TEST(NormalQuantile, AgreesWithTables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-12);
  EXPECT_NEAR(normal_quantile(0.025), -1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-11);
}

TEST(LognormalQuantile, GivesQuantilesOfTheLargestOfSeveral) {
  // Mean 1: the median of a lognormal with sigma^2 = log(1 + cv^2) is e^(-sigma^2 / 2).
  EXPECT_NEAR(lognormal_quantile(0.3, 0.5), 1 / std::sqrt(1.09), 1e-12);
  // P(max of 4 <= x) = 0.5 where P(one <= x) = 0.5^(1/4).
  EXPECT_NEAR(lognormal_quantile(0.3, 0.5, 4), lognormal_quantile(0.3, std::pow(0.5, 0.25)), 1e-12);
  EXPECT_EQ(lognormal_quantile(0, 0.99, 8), 1);
}

TEST(Spread, IsLognormalWhereFewSamplesAreKnown) {
  const Spread spread({.cv = 0.3});
  EXPECT_NEAR(std::exp(spread.log_quantile(0.9)), lognormal_quantile(0.3, 0.9), 1e-9);
  EXPECT_NEAR(std::exp(spread.log_quantile_of_largest(0.9, 4)), lognormal_quantile(0.3, 0.9, 4),
              1e-9);
  // So few that the CV itself is uncertain: Student's t with 10 degrees of freedom has 1.812 where
  // the normal has 1.645.
  const double sigma = std::sqrt(std::log1p(0.09));
  const Spread few({.cv = 0.3, .freedom = 10});
  EXPECT_NEAR((few.log_quantile(0.95) + sigma * sigma / 2) / sigma, 1.812, 0.02);
}

TEST(Spread, ContinuesItsBodyWithAParetoTail) {
  SpreadParameters p{
      .cv = 0.1, .body = {-10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0}, .tail_scale = 2};
  const Spread exponential(p);
  EXPECT_NEAR(exponential.log_quantile(0.75), -1.5, 1e-12);
  EXPECT_NEAR(exponential.log_quantile(0.001), -10, 1e-12);
  // Ten times rarer than the border, where the factor is 1: 1 + 2 ln 10; with shape 1/2, 1 + 2
  // (10^0.5 - 1) / 0.5.
  EXPECT_NEAR(exponential.log_quantile(0.99), std::log(1 + 2 * std::log(10.0)), 1e-9);
  p.tail_shape = 0.5;
  EXPECT_NEAR(Spread(p).log_quantile(0.99), std::log(1 + 2 * (std::sqrt(10.0) - 1) / 0.5), 1e-9);
}

TEST(Spread, GivesTheMeanOfTheLargest) {
  const Spread spread({.cv = 0.2});
  std::mt19937 random(3);
  std::lognormal_distribution<double> factor(-std::log1p(0.04) / 2, std::sqrt(std::log1p(0.04)));
  for (const int instances : {1, 2, 6, 32}) {
    double sum = 0;
    constexpr int kTimes = 20'000;
    for (int i = 0; i < kTimes; ++i) {
      double largest = 0;
      for (int k = 0; k < instances; ++k) largest = std::max(largest, factor(random));
      sum += largest / kTimes;
    }
    EXPECT_NEAR(spread.mean_of_largest(instances), sum, 0.01) << instances;
  }
  EXPECT_EQ(Spread().mean_of_largest(32), 1);
}

TEST(LearnSpread, FindsThePercentilesOfAHeavyTail) {
  // Three in a hundred take half as long again, up to three times as long.
  std::mt19937 random(11);
  std::normal_distribution<double> body(0, 0.05);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto draw = [&] {
    const double stretch = unit(random) < 0.03 ? 1.5 + 1.5 * unit(random) : 1;
    return std::exp(body(random)) * stretch;
  };
  const Spread spread = learn_residual(two_seconds(), loads(200, draw));
  std::vector<double> fresh(100'000);
  std::ranges::generate(fresh, draw);
  for (const double probability : {0.5, 0.9, 0.95, 0.99}) {
    const double border = std::exp(spread.log_quantile(probability));
    const auto below = std::ranges::count_if(fresh, [&](double x) { return x <= border; });
    EXPECT_NEAR(static_cast<double>(below) / 1e5, probability, 0.02) << probability;
  }
  EXPECT_LE(spread.parameters().outliers.interval.lower, 0.03);
  EXPECT_GE(spread.parameters().outliers.interval.upper, 0.03);
}

TEST(LearnSpread, DoesNotLetRareStallsExplodeTheMeanOfManyInstances) {
  // One in a hundred takes five times as long: of 32 instances one does with 28 %, so the largest
  // takes about 1.1 + 0.28 * 4 times the mean.
  std::mt19937 random(29);
  std::normal_distribution<double> body(0, 0.05);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto measured =
      loads(200, [&] { return std::exp(body(random)) * (unit(random) < 0.01 ? 5 : 1); });
  const double mean = learn_spread(two_seconds(), measured).mean_of_largest(32);
  EXPECT_GT(mean, 1.3);
  EXPECT_LT(mean, 3.5);
}

TEST(LearnSpread, KeepsAnInstancesScatterApartFromTheModelsError) {
  // Every load scatters by 2 %, and the model is 10 % too fast.
  std::mt19937 random(5);
  std::normal_distribution<double> body(0, 0.02);
  const auto measured = loads(6, [&] { return 1.1 * std::exp(body(random)); });
  EXPECT_NEAR(learn_spread(two_seconds(), measured).cv(), 0.02, 0.008);
  EXPECT_NEAR(learn_residual(two_seconds(), measured).cv(), 0.1, 0.02);
}

TEST(LearnSpread, SaysHowLittleIsKnownOfOutliers) {
  const Share share =
      learn_spread(two_seconds(), loads(4, [] { return 1.0; })).parameters().outliers;
  EXPECT_EQ(share.estimate, 0);
  EXPECT_GT(share.interval.upper, 0.15);
}

}  // namespace
}  // namespace stepconf::estimator
