#include "stepconf/estimator/test_points.h"

#include <gtest/gtest.h>

namespace stepconf::estimator {
namespace {

TEST(TestPoints, BeginWithTheCornersAndFillInTheMemorySizes) {
  const ConfigurationSpace space{{512, 1024, 2048}, {1, 2}, {1, 2}};
  const std::vector<InstanceLoad> expected = {{{2048}, 1, 8}, {{512}, 1, 2}, {{2048}, 1, 2},
                                              {{2048}, 2, 8}, {{512}, 1, 8}, {{1024}, 1, 2},
                                              {{1024}, 2, 8}};
  EXPECT_EQ(first_test_points(space, 64, 8), expected);
}

TEST(TestPoints, AFunctionOfOneJobIsMeasuredAtEachMemorySizeOnce) {
  const ConfigurationSpace space{{512, 1024, 2048}, {1, 2}, {1, 2}};
  const std::vector<InstanceLoad> expected = {{{2048}, 1, 1}, {{512}, 1, 1}, {{1024}, 1, 1}};
  EXPECT_EQ(first_test_points(space, 1, 8), expected);
}

TEST(TestPoints, OneConfigurationIsOnePoint) {
  const std::vector<InstanceLoad> expected = {{{512}, 4, 1}};
  EXPECT_EQ(first_test_points({{512}, {1}, {4}}, 1, 8), expected);
}

}  // namespace
}  // namespace stepconf::estimator
