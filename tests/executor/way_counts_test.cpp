#include "stepconf/executor/way_counts.h"

#include <gtest/gtest.h>

namespace stepconf::executor {
namespace {

StepRecord record_of(const std::string& execution, asl::WaysTaken choices) {
  StepRecord record;
  record.execution = execution;
  record.choices = std::move(choices);
  return record;
}

TEST(WayCounts, SumUpTheWaysAndTheExecutionsThatCamePastAState) {
  WayCounts counts;
  counts.add(record_of("a", {{"C", {{"X", 1}}}}));
  counts.add(record_of("a", {}));
  // An iteration each of a Map, in two lines of one execution.
  counts.add(record_of("b", {{"C", {{"X", 2}, {"Y", 1}}}}));
  counts.add(record_of("b", {{"C", {{"Y", 1}}}, {"D", {{"End", 1}}}}));
  const std::map<std::string, workflow::LearntWays> expected = {{"C", {2, {{"X", 3}, {"Y", 2}}}},
                                                                {"D", {1, {{"End", 1}}}}};
  EXPECT_EQ(counts.choices(), expected);
}

TEST(WayCounts, DoNotOverflow) {
  WayCounts counts;
  for (int i = 0; i < 3; ++i) counts.add(record_of("a", {{"C", {{"X", 1'000'000'000}}}}));
  EXPECT_EQ(counts.choices().at("C").taken.at("X"), 1'000'000'000);
}

}  // namespace
}  // namespace stepconf::executor
