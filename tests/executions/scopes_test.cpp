#include "stepconf/executions/scopes.h"

#include <gtest/gtest.h>

namespace stepconf::executions {
namespace {

services::HistoryEvent event(std::int64_t id, std::int64_t previous, const char* type,
                             const char* name = "") {
  Json details = Json::object();
  if (*name != '\0') details["name"] = name;
  return {.id = id, .previous_id = previous, .time = 1e9, .type = type, .details = details};
}

std::string names(const Scope& scope) {
  std::string text;
  for (const OpenState& state : scope) text += (text.empty() ? "" : "/") + state.name;
  return text;
}

TEST(Scopes, SaysWhichStatesAreAroundAnEvent) {
  // A Map of two iterations that run side by side, and a Task behind it.
  std::vector<services::HistoryEvent> events = {event(1, 0, "ExecutionStarted"),
                                                event(2, 0, "MapStateEntered", "M"),
                                                event(3, 2, "MapStateStarted"),
                                                event(4, 3, "MapIterationStarted", "M"),
                                                event(5, 3, "MapIterationStarted", "M"),
                                                event(6, 4, "TaskStateEntered", "T"),
                                                event(7, 5, "TaskStateEntered", "T"),
                                                event(8, 7, "TaskStateExited", "T"),
                                                event(9, 6, "TaskStateExited", "T"),
                                                event(10, 8, "MapIterationSucceeded", "M"),
                                                event(11, 9, "MapIterationSucceeded", "M"),
                                                event(12, 11, "MapStateSucceeded"),
                                                event(13, 12, "MapStateExited", "M"),
                                                event(14, 13, "TaskStateEntered", "U")};
  events[4].details["index"] = 1;
  const Scopes scopes(events);
  EXPECT_TRUE(scopes.connected());
  EXPECT_EQ(names(scopes.scope(6)), "M/T");
  EXPECT_EQ(scopes.scope(5)[0].iteration, 0);
  EXPECT_EQ(scopes.scope(6)[0].iteration, 1);
  EXPECT_EQ(names(scopes.scope(12)), "M");
  EXPECT_EQ(names(scopes.scope(13)), "U");
}

TEST(Scopes, CountsWhatIsBegunAnew) {
  // A Task inside a Parallel fails, and the Parallel is tried again.
  const std::vector<services::HistoryEvent> events = {
      event(1, 0, "ExecutionStarted"),      event(2, 0, "ParallelStateEntered", "P"),
      event(3, 2, "ParallelStateStarted"),  event(4, 3, "TaskStateEntered", "T"),
      event(5, 4, "TaskScheduled"),         event(6, 5, "TaskFailed"),
      event(7, 6, "TaskScheduled"),         event(8, 7, "TaskFailed"),
      event(9, 8, "ParallelStateStarted"),  event(10, 9, "TaskStateEntered", "T"),
      event(11, 10, "TaskScheduled"),       event(12, 11, "TaskFailed"),
      event(13, 12, "ParallelStateFailed"), event(14, 13, "ExecutionFailed")};
  const Scopes scopes(events);
  EXPECT_EQ(scopes.scope(4).back().retries, 0);
  EXPECT_EQ(scopes.scope(6).back().retries, 1);
  EXPECT_EQ(names(scopes.scope(10)), "P/T");
  EXPECT_EQ(scopes.scope(10)[0].retries, 1);
  EXPECT_EQ(scopes.scope(10)[1].retries, 0);
  EXPECT_EQ(names(scopes.scope(12)), "P");
}

TEST(Scopes, SeesThatAHistoryDoesNotConnectItsEvents) {
  const std::vector<services::HistoryEvent> events = {event(1, 0, "ExecutionStarted"),
                                                      event(2, 0, "TaskStateEntered", "T"),
                                                      event(3, 0, "TaskScheduled")};
  EXPECT_FALSE(Scopes(events).connected());
}

}  // namespace
}  // namespace stepconf::executions
