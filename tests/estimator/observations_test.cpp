#include "stepconf/estimator/observations.h"

#include <gtest/gtest.h>

namespace stepconf::estimator {
namespace {

Sample row(double duration_ms, double weight = 1) {
  Sample sample;
  sample.function = std::string("f");
  sample.memory = MemoryMb{512};
  sample.duration_ms = duration_ms;
  sample.weight = weight;
  return sample;
}

MeasuredLoad only_load(const std::vector<Sample>& samples) {
  std::vector<const Sample*> pointers;
  for (const Sample& sample : samples) pointers.push_back(&sample);
  return measured_loads(pointers).at(0);
}

TEST(Observations, AreMeansWeightedByTheSamplesWeights) {
  // (1 s * 3 + 2 s * 1) / 4.
  const MeasuredLoad load = only_load({row(1000, 3), row(2000, 1)});
  EXPECT_DOUBLE_EQ(load.observation.seconds, 1.25);
  EXPECT_DOUBLE_EQ(load.mean_seconds, 1.25);
}

TEST(Observations, DependOnTheWeightsOfSamplesOnlyBesideEachOther) {
  const MeasuredLoad heavy = only_load({row(1000), row(1100), row(1300)});
  const MeasuredLoad light = only_load({row(1000, 1e-6), row(1100, 1e-6), row(1300, 1e-6)});
  EXPECT_DOUBLE_EQ(heavy.observation.seconds, light.observation.seconds);
  EXPECT_DOUBLE_EQ(heavy.observation.weight, light.observation.weight);
}

TEST(Observations, CountForAsManySamplesAsTheirWeightsMake) {
  // Weights 1, 1, 0 tell as much as two samples: with e = 2 % and a CV of s, e^2 / (e^2 + s^2 / 2),
  // where s^2 is the same with a third sample of next to no weight.
  const double three = only_load({row(900), row(1100), row(1000, 1)}).observation.weight;
  const double two = only_load({row(900), row(1100), row(1000, 1e-12)}).observation.weight;
  // The squared CV is (0.01 + 0.01) / 2 = 0.01.
  EXPECT_NEAR(two, 0.0004 / (0.0004 + 0.01 / 2), 1e-9);
  EXPECT_NEAR(three, 0.0004 / (0.0004 + 0.01 / 3), 1e-9);
}

TEST(Observations, TakeTheBodyFromWhatWeighsMost) {
  // By number of rows the old value is the body and the new ones are outliers; by weight it is the
  // other way round.
  std::vector<Sample> samples(20, row(1000, 0.001));
  for (const double recent : {1490, 1500, 1500, 1500, 1500, 1510}) samples.push_back(row(recent));
  EXPECT_NEAR(only_load(samples).observation.seconds, 1.5, 0.005);
}

}  // namespace
}  // namespace stepconf::estimator
