#include "stepconf/estimator/correction.h"

#include <gtest/gtest.h>

#include <cmath>

namespace stepconf::estimator {
namespace {

TEST(Similarity, IsOneForTheSameLoadAndFallsWithDistance) {
  const Similarity similarity{.memory = 1};
  const InstanceLoad load{MemoryMb{1024}, 2, 8, 4};
  EXPECT_EQ(similarity(load, load), 1);
  InstanceLoad other = load;
  other.memory = MemoryMb{2048};
  // Matérn 3/2 at distance 1: (1 + sqrt 3) e^(-sqrt 3).
  EXPECT_NEAR(similarity(load, other), (1 + std::sqrt(3.0)) * std::exp(-std::sqrt(3.0)), 1e-12);
  other.jobs = 16;
  EXPECT_LT(similarity(load, other), similarity(load, {MemoryMb{2048}, 2, 8, 4}));
}

TEST(Correction, PutsRightWhatWasMeasuredAndLeavesTheRest) {
  const InstanceLoad load{MemoryMb{1024}};
  const std::vector<LogError> errors = {{load, std::log(1.2), 1e-6}};
  const Correction correction = learn_correction(errors, Similarity{}, 0.2);
  EXPECT_NEAR(correction.factor(load), 1.2, 0.001);
  EXPECT_NEAR(correction.factor({MemoryMb{8192}}), 1, 0.001);
}

TEST(Correction, TrustsNoisyMeansLess) {
  const InstanceLoad load{MemoryMb{1024}};
  // As much noise as amplitude: half of the error is taken for real.
  const std::vector<LogError> errors = {{load, 0.2, 0.04}};
  EXPECT_NEAR(std::log(learn_correction(errors, Similarity{}, 0.2).factor(load)), 0.1, 1e-9);
}

TEST(LearnCorrection, FindsNoneInNoiseAndOneInAPattern) {
  std::vector<LogError> noise, pattern;
  for (int i = 0; i < 12; ++i) {
    const InstanceLoad load{MemoryMb{512 << (i / 4)}, 1, 1 << (i % 4)};
    const double sign = i % 2 == 0 ? 1 : -1;
    noise.push_back({load, 0.01 * sign, 1e-4});
    // One memory size is slower by a fifth whatever the jobs.
    pattern.push_back({load, i / 4 == 1 ? 0.2 : 0.0, 1e-4});
  }
  EXPECT_FALSE(learn_correction(noise).has_value());
  const auto correction = learn_correction(pattern);
  ASSERT_TRUE(correction.has_value());
  EXPECT_NEAR(std::log(correction->factor({MemoryMb{1024}, 1, 3})), 0.2, 0.03);
  EXPECT_FALSE(learn_correction({}).has_value());
}

}  // namespace
}  // namespace stepconf::estimator
