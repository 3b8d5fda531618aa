#include "stepconf/optimizer/frontier.h"

#include <gtest/gtest.h>

#include <limits>

#include "stepconf/base/error.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using estimator::Option;
using testing::Row;
using testing::TableOptions;

Option option(int memory, double seconds, double usd) {
  return {{MemoryMb{memory}, 1, 1}, Seconds(seconds), Usd{usd}};
}

std::vector<int> memories(const Frontier& frontier) {
  std::vector<int> result;
  for (const Option& o : frontier.options) result.push_back(o.configuration.memory.value);
  return result;
}

template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Pareto, KeepsWhatNothingElseBeats) {
  // 3 is slower and dearer than 1; 4 as slow as 2 and dearer; 5 costs what 2 costs and is slower.
  const Frontier frontier = pareto({option(1, 2, 5), option(2, 4, 3), option(3, 3, 6),
                                    option(4, 4, 3.5), option(5, 5, 3), option(6, 9, 1)},
                                   "a");
  EXPECT_EQ(memories(frontier), (std::vector<int>{1, 2, 6}));
}

TEST(Pareto, KeepsTheEarlierRowOfEqualOnes) {
  EXPECT_EQ(memories(pareto({option(7, 1, 1), option(8, 1, 1)}, "a")), (std::vector<int>{7}));
  EXPECT_EQ(memories(pareto({option(8, 1, 1), option(7, 1, 1)}, "a")), (std::vector<int>{8}));
}

TEST(Pareto, MarksTheOptionWithTheLeastProductOfCostAndDuration) {
  // 2 * 5 = 10, 4 * 2 = 8, 9 * 1 = 9.
  EXPECT_EQ(pareto({option(1, 2, 5), option(2, 4, 2), option(3, 9, 1)}, "a").most_cost_effective,
            1);
  // 2 * 4 = 4 * 2: the lower cost.
  EXPECT_EQ(pareto({option(1, 2, 4), option(2, 4, 2)}, "a").most_cost_effective, 1);
}

TEST(Pareto, RefusesNoOptionsAndImpossibleNumbers) {
  EXPECT_EQ(error_of([] { pareto({}, "upscale"); }),
            "step \"upscale\": no configuration can run it; widen `configurations`");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(error_of([&] { pareto({option(512, nan, 1)}, "a"); }), "accepted");
  EXPECT_NE(error_of([&] { pareto({option(512, 1, -1)}, "a"); }), "accepted");
}

TEST(CheapestWithin, TakesAtMostTheLimit) {
  const Frontier frontier = pareto({option(1, 2, 5), option(2, 4, 3), option(3, 9, 1)}, "a");
  EXPECT_EQ(frontier.cheapest_within(Seconds(1.9)), -1);
  EXPECT_EQ(frontier.cheapest_within(Seconds(2)), 0);
  EXPECT_EQ(frontier.cheapest_within(Seconds(3.9)), 0);
  EXPECT_EQ(frontier.cheapest_within(Seconds(4)), 1);
  EXPECT_EQ(frontier.cheapest_within(Seconds(100)), 2);
  // 0.3 does not equal 0.1 + 0.2 in floating point.
  EXPECT_EQ(pareto({option(1, 0.1 + 0.2, 1)}, "a").cheapest_within(Seconds(0.3)), 0);
}

TEST(ParseFixed, ReadsNameAndConfiguration) {
  const FixedConfiguration fixed = parse_fixed("a=b=1024x4x2");
  EXPECT_EQ(fixed.step, "a=b");
  EXPECT_EQ(fixed.configuration, (estimator::Configuration{MemoryMb{1024}, 4, 2}));
  for (const char* text : {"", "a", "a=1024", "a=1024x4", "a=1024x4x0", "=1x1x1", "a=1x1x1x1",
                           "a=-1x1x1", "a=99999999999x1x1", "a=1024X4X1"}) {
    EXPECT_NE(error_of([&] { parse_fixed(text); }), "accepted") << text;
  }
}

class FrontiersTest : public ::testing::Test {
 protected:
  workflow::Workflow workflow_ = testing::workflow_of(workflow::testing::graph("a -> b"));
  TableOptions options_{workflow_, {{{1, 5}, {2, 2}}, {{3, 1}}}};
};

TEST_F(FrontiersTest, PruneOnceForEachNumberOfJobs) {
  Frontiers frontiers(workflow_, options_);
  const Frontier& first = frontiers.of(0, 4);
  frontiers.of(0, 8);
  EXPECT_EQ(&frontiers.of(0, 4), &first);
  EXPECT_EQ(frontiers.of(0, 8).fastest().duration, Seconds(2));
  EXPECT_EQ(options_.asked, 2);
}

TEST_F(FrontiersTest, LeaveAFixedStepOneOption) {
  Frontiers frontiers(workflow_, options_, {parse_fixed("a=256x1x1")});
  ASSERT_EQ(frontiers.of(0, 4).options.size(), 1u);
  EXPECT_EQ(frontiers.of(0, 4).fastest().duration, Seconds(2));
}

TEST_F(FrontiersTest, RefuseFixesThatMakeNoSense) {
  workflow_.steps[1].foreign_duration = Seconds(3);
  const auto fix = [&](std::vector<FixedConfiguration> fixed) {
    return error_of([&] { Frontiers(workflow_, options_, fixed).of(0, 4); });
  };
  workflow_.steps[0].name = "upscale";
  EXPECT_EQ(fix({parse_fixed("upscael=128x1x1")}),
            "--fix upscael: the workflow has no such step; meant \"upscale\"?");
  EXPECT_EQ(fix({parse_fixed("upscale=128x1x1"), parse_fixed("upscale=256x1x1")}),
            "--fix upscale: the step is fixed twice");
  EXPECT_EQ(fix({parse_fixed("upscale=512x1x1")}),
            "--fix upscale=512x1x1: cannot run 4 jobs: the table has no such row");
  EXPECT_NE(fix({parse_fixed("b=128x1x1")}), "accepted");
}

}  // namespace
}  // namespace stepconf::optimizer
