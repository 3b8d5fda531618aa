#include "stepconf/estimator/intervals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace stepconf::estimator {
namespace {

TEST(Intervals, OfTheBetaFunctionAgreeWithClosedForms) {
  // I_x(1, b) = 1 - (1 - x)^b and I_x(a, 1) = x^a.
  EXPECT_NEAR(incomplete_beta(1, 5, 0.2), 1 - std::pow(0.8, 5), 1e-12);
  EXPECT_NEAR(incomplete_beta(7, 1, 0.9), std::pow(0.9, 7), 1e-12);
  EXPECT_EQ(incomplete_beta(2, 3, 0), 0);
  EXPECT_EQ(incomplete_beta(2, 3, 1), 1);
}

TEST(Intervals, StudentsQuantilesAreThoseOfTheTables) {
  // One degree of freedom is Cauchy's distribution: tan(pi (p - 1/2)).
  EXPECT_NEAR(student_quantile(0.975, 1), std::tan(std::acos(-1.0) * 0.475), 1e-6);
  EXPECT_NEAR(student_quantile(0.975, 4), 2.776445, 1e-6);
  EXPECT_NEAR(student_quantile(0.9995, 4), 8.610302, 1e-5);
  EXPECT_NEAR(student_quantile(0.025, 19), -2.093024, 1e-6);
  EXPECT_NEAR(student_quantile(0.975, 1e6), 1.959966, 1e-5);
}

TEST(Intervals, TellHowLikelyAsManyAre) {
  // Two heads or three of three tosses: 3/8 + 1/8.
  EXPECT_NEAR(chance_of_as_many(2, 3, 0.5), 0.5, 1e-12);
  EXPECT_NEAR(chance_of_as_many(3, 3, 0.1), 0.001, 1e-12);
  EXPECT_EQ(chance_of_as_many(0, 3, 0.1), 1);
  EXPECT_EQ(chance_of_as_many(4, 3, 0.1), 0);
}

TEST(Intervals, OfAShareAreClopperAndPearsons) {
  // None of 10: from 0 to 1 - 0.025^(1/10); all of 10: the mirror image.
  EXPECT_EQ(share_interval(0, 10, 0.95).lower, 0);
  EXPECT_NEAR(share_interval(0, 10, 0.95).upper, 1 - std::pow(0.025, 0.1), 1e-9);
  EXPECT_NEAR(share_interval(10, 10, 0.95).lower, std::pow(0.025, 0.1), 1e-9);
  EXPECT_EQ(share_interval(10, 10, 0.95).upper, 1);
  // 5 of 100, from their tables.
  EXPECT_NEAR(share_interval(5, 100, 0.95).lower, 0.016432, 1e-5);
  EXPECT_NEAR(share_interval(5, 100, 0.95).upper, 0.112835, 1e-5);
  EXPECT_EQ(share_interval(0, 0, 0.95), (Interval{0, 1}));
}

}  // namespace
}  // namespace stepconf::estimator
