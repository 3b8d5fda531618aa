#include <gtest/gtest.h>

#include "tests/executions/film.h"

namespace stepconf::executions {
namespace {

TEST(ReadExecution, ReadsABatchedMapAsOneStep) {
  const Shop shop(kFilm);
  History history;
  upscale(history, history.add("ExecutionStarted", 0, 0));
  const auto read = shop.read(history, "SUCCEEDED",
                              {{"first", report("first", 1.5, 1024, Seconds{0.25})},
                               {"second", report("second", 0.9, 1024)},
                               {"configure", report("configure", 0.002, 512)}});
  ASSERT_EQ(read.summary.steps.size(), 1U);
  const executor::StepRecord& step = read.summary.steps[0];
  EXPECT_EQ(step.step, "Upscale");
  EXPECT_EQ(step.function, "resize");
  EXPECT_EQ(step.jobs, 3);
  EXPECT_EQ(step.configuration, (estimator::Configuration{{1024}, 2, 2}));
  EXPECT_NEAR(step.ready.count(), 1.0, 1e-6);
  EXPECT_NEAR(step.decided.count(), 1.1, 1e-6);
  EXPECT_NEAR(step.ended.count(), 3.3, 1e-6);
  EXPECT_NEAR(step.time_left->count(), 19.0, 1e-6);
  ASSERT_EQ(step.detail.size(), 2U);
  EXPECT_EQ(step.detail[0].jobs, 2);
  EXPECT_NEAR(step.detail[0].dispatched.count(), 1.3, 1e-6);
  // It ended at 3.3 s, after 1.5 s of work.
  EXPECT_NEAR(step.detail[0].started.count(), 1.8, 1e-6);
  EXPECT_TRUE(step.detail[0].cold);
  EXPECT_EQ(step.detail[0].init, Seconds{0.25});
  EXPECT_FALSE(step.detail[1].cold);
  EXPECT_NEAR(step.detail[1].started.count(), 1.5, 1e-6);
  EXPECT_TRUE(read.unreported.empty());
}

TEST(ReadExecution, BillsReportsAndTransitions) {
  const Shop shop(kFilm);
  History history;
  upscale(history, history.add("ExecutionStarted", 0, 0));
  const auto read = shop.read(history, "SUCCEEDED",
                              {{"first", report("first", 1.5, 1024, Seconds{0.25})},
                               {"second", report("second", 0.9, 1024)},
                               {"configure", report("configure", 0.002, 512)}});
  EXPECT_TRUE(read.summary.cost_known);
  // Four states are entered: the configurator's, the Map, and a Task for each of two batches.
  EXPECT_NEAR(read.summary.cost.value,
              cost(1024, 1.75) + cost(1024, 0.9) + cost(512, 0.002) + 4 * kTransition, 1e-12);
}

TEST(ReadExecution, LeavesOutWhatNobodyToldInsteadOfInventingIt) {
  const Shop shop(kFilm);
  History history;
  upscale(history, history.add("ExecutionStarted", 0, 0));
  const auto read = shop.read(history, "SUCCEEDED", {{"second", report("second", 0.9, 1024)}});
  const executor::StepRecord& step = read.summary.steps.at(0);
  EXPECT_FALSE(step.detail[0].reported);
  // When Step Functions says that the Task has started.
  EXPECT_NEAR(step.detail[0].started.count(), 1.31, 1e-6);
  EXPECT_FALSE(step.cost_known);
  EXPECT_FALSE(read.summary.cost_known);
  EXPECT_EQ(read.unreported, (std::vector<std::string>{"first", "configure"}));
  const Json line = Json::parse(executor::to_json(step).dump());
  EXPECT_TRUE(line.at("cost_usd").is_null());
  EXPECT_TRUE(line.at("detail")[0].at("cold").is_null());
  EXPECT_FALSE(line.at("detail")[1].at("cold").get<bool>());
}

TEST(ReadExecution, TakesTheReasonFromTheConfiguratorsLog) {
  const Shop shop(kFilm);
  History history;
  upscale(history, history.add("ExecutionStarted", 0, 0));
  const Json line = {{"execution", "arn:e"},
                     {"step", "Upscale"},
                     {"ready_s", 1.0},
                     {"sub_slo_s", 7.5},
                     {"reason", "the cheapest"}};
  const Json of_another = {
      {"execution", "arn:f"}, {"step", "Upscale"}, {"ready_s", 1.0}, {"reason", "another's"}};
  const auto read = shop.read(history, "SUCCEEDED", {}, {of_another, line});
  EXPECT_EQ(read.summary.steps.at(0).reason, "the cheapest");
  EXPECT_EQ(read.summary.steps[0].sub_slo, Seconds{7.5});
}

TEST(ReadExecution, SaysThatAStepRanSafelyForItsConfiguratorFailed) {
  const Shop shop(kFilm);
  History history;
  int id = history.add("ExecutionStarted", 0, 0);
  id = history.enter("Task", "Encode: configure", id, 1);
  id = history.begin_call(History::kConfigurator, {{"step", "Encode"}}, id, 1);
  id = history.fail_call("States.Timeout", id, 6);
  id = history.exit("Task", "Encode: configure", id, 6);
  encode(history, id);
  const auto read = shop.read(history);
  EXPECT_EQ(read.summary.steps.at(0).reason,
            "the safe configuration: the configurator failed with States.Timeout");
  EXPECT_EQ(read.summary.steps[0].configuration.memory, MemoryMb{512});
}

TEST(ReadExecution, ReadsATaskOfOneJobAndTheSummary) {
  const Shop shop(kFilm);
  History history;
  encode(history, upscale(history, history.add("ExecutionStarted", 0, 0)));
  history.add("ExecutionSucceeded", static_cast<int>(history.events().size()), 4.5);
  const auto read = shop.read(history);
  EXPECT_EQ(read.summary.status, executor::RunStatus::succeeded);
  EXPECT_NEAR(read.summary.duration.count(), 4.5, 1e-6);
  EXPECT_EQ(read.summary.output, (Json{{"film", 1}}));
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[1].step, "Encode");
  EXPECT_EQ(read.summary.steps[1].jobs, 1);
  EXPECT_EQ(read.summary.steps[1].configuration, (estimator::Configuration{{512}, 1, 1}));
}

TEST(ReadExecution, MakesARecordOfEachAttempt) {
  const Shop shop(kFilm);
  History history;
  int id = history.configure("Encode", kAnswer, history.add("ExecutionStarted", 0, 0), 1);
  id = history.enter("Task", "Encode", id, 1.1);
  id = history.begin_call(alias_of("encode", 512), {{"film", 1}}, id, 1.2);
  id = history.fail_call("Lambda.TooManyRequestsException", id, 1.3);
  id = history.begin_call(alias_of("encode", 512), {{"film", 1}}, id, 3.3);
  id = history.end_call({}, "again", id, 4);
  history.exit("Task", "Encode", id, 4);
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].attempt, 1);
  EXPECT_EQ(read.summary.steps[0].detail[0].status, "TooManyRequestsException");
  EXPECT_EQ(read.summary.steps[1].attempt, 2);
  EXPECT_NEAR(read.summary.steps[1].ready.count(), 3.3, 1e-6);
  EXPECT_EQ(read.summary.steps[1].detail[0].status, "ok");
}

TEST(ReadExecution, CountsTheWaysOfACaughtError) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Task", "Encode", history.add("ExecutionStarted", 0, 0), 1);
  id = history.begin_call(alias_of("encode", 512), {}, id, 1);
  id = history.fail_call("NoSuchCodec", id, 2);
  id = history.exit("Task", "Encode", id, 2);
  id = history.enter("Pass", "Sorry", id, 2);
  history.exit("Pass", "Sorry", id, 2);
  const auto read = shop.read(history);
  EXPECT_EQ(read.summary.steps.at(0).detail[0].status, "NoSuchCodec");
  EXPECT_EQ(read.summary.steps[0].choices, (asl::WaysTaken{{"Encode", {{"Sorry", 1}}}}));
}

TEST(ReadExecution, CountsTheWayOfSuccessToo) {
  const Shop shop(kFilm);
  History history;
  const int id = encode(history, history.add("ExecutionStarted", 0, 0));
  history.add("ExecutionSucceeded", id, 4.5);
  EXPECT_EQ(shop.read(history).summary.steps.at(0).choices,
            (asl::WaysTaken{{"Encode", {{"End", 1}}}}));
}

TEST(ReadExecution, NamesTheFailingStep) {
  const Shop shop(kFilm);
  History history;
  int id = history.configure("Upscale", kAnswer, history.add("ExecutionStarted", 0, 0), 1);
  id = history.enter("Map", "Upscale", id, 1.1);
  id = history.add("MapStateStarted", id, 1.1);
  id = history.iteration("Upscale", 0, id, 1.1);
  id = history.enter("Task", "One", id, 1.1);
  id = history.begin_call(alias_of("resize", 1024), batch("Upscale", {1}, 1), id, 1.2);
  id = history.fail_call("NoSuchFrame", id, 2);
  id = history.add("MapIterationFailed", id, 2, {{"name", "Upscale"}, {"index", 0}});
  id = history.add("MapStateFailed", id, 2, {{"error", "NoSuchFrame"}});
  history.add("ExecutionFailed", id, 2, {{"error", "NoSuchFrame"}});
  const auto read = shop.read(history, "FAILED");
  EXPECT_EQ(read.summary.status, executor::RunStatus::failed);
  EXPECT_EQ(read.summary.step, "Upscale");
  EXPECT_EQ(read.summary.steps.at(0).detail[0].status, "NoSuchFrame");
}

TEST(ReadExecution, MarksWhatHadNotEndedAsAborted) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Task", "Encode", history.add("ExecutionStarted", 0, 0), 1);
  id = history.begin_call(alias_of("encode", 512), {}, id, 1);
  history.add("ExecutionTimedOut", id, 9);
  const auto read = shop.read(history, "TIMED_OUT");
  EXPECT_EQ(read.summary.error, "States.Timeout");
  EXPECT_EQ(read.summary.steps.at(0).detail[0].status, "aborted");
  EXPECT_NEAR(read.summary.steps[0].ended.count(), 9, 1e-6);
}

TEST(ReadExecution, InventsNoStepsWhereEventsAreNotConnected) {
  const Shop shop(kFilm);
  History history;
  history.add("ExecutionStarted", 0, 0);
  history.enter("Task", "Encode", 0, 1);
  history.begin_call(alias_of("encode", 512), {}, 0, 1);
  const auto read = shop.read(history);
  EXPECT_FALSE(read.connected);
  EXPECT_TRUE(read.summary.steps.empty());
  EXPECT_FALSE(read.summary.cost_known);
}

TEST(ReadExecution, LeavesCallsOfOtherFunctionsAlone) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Task", "Encode", history.add("ExecutionStarted", 0, 0), 1);
  history.begin_call("arn:aws:lambda:us-east-1:123456789012:function:mail", {}, id, 1);
  EXPECT_TRUE(shop.read(history).summary.steps.empty());
}

TEST(ReadExecution, FindsNothingOfADistributedMapsChildren) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Map", "Upscale", history.add("ExecutionStarted", 0, 0), 1);
  id = history.add("MapStateStarted", id, 1);
  id = history.add("MapRunStarted", id, 1, {{"mapRunArn", "arn:run"}});
  id = history.add("MapRunSucceeded", id, 9);
  id = history.add("MapStateSucceeded", id, 9);
  history.exit("Map", "Upscale", id, 9);
  const auto read = shop.read(history);
  EXPECT_TRUE(read.connected);
  EXPECT_TRUE(read.summary.steps.empty());
}

TEST(ReadExecution, ReadsFunctionsCalledByTheirArn) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Task", "Encode", history.add("ExecutionStarted", 0, 0), 1);
  id = history.add("LambdaFunctionScheduled", id, 1.0,
                   {{"resource", alias_of("encode", 512)}, {"input", "{}"}});
  id = history.add("LambdaFunctionStarted", id, 1.1);
  id = history.add("LambdaFunctionTimedOut", id, 4.1, {{"error", "States.Timeout"}});
  const auto read = shop.read(history, "FAILED");
  EXPECT_EQ(read.summary.steps.at(0).step, "Encode");
  EXPECT_EQ(read.summary.steps[0].detail[0].status, "States.Timeout");
  EXPECT_NEAR(read.summary.steps[0].detail[0].started.count(), 1.1, 1e-6);
}

TEST(ReadExecution, ReadsTheLongestHistoryThereIs) {
  const Shop shop(kFilm);
  History history;
  int map = history.configure("Upscale", kAnswer, history.add("ExecutionStarted", 0, 0), 1);
  map = history.enter("Map", "Upscale", map, 1);
  map = history.add("MapStateStarted", map, 1);
  while (history.events().size() + 6 <= 25'000) {
    int id = history.iteration("Upscale", 0, map, 1);
    id = history.enter("Task", "One", id, 1);
    id = history.begin_call(alias_of("resize", 512), batch("Upscale", {1}, 1), id, 1);
    id = history.end_call({1}, "r", id, 2);
    history.exit("Task", "One", id, 2);
  }
  EXPECT_EQ(shop.read(history).summary.steps.at(0).detail.size(), 4165U);
}

TEST(RequestsByFunction, ListsWhatTheLogsAreAskedFor) {
  History history;
  int id = encode(history, upscale(history, history.add("ExecutionStarted", 0, 0)));
  id = history.enter("Task", "Mail", id, 5);
  history.fail_call("NoRoute", history.begin_call("mail", {}, id, 5), 6);
  const std::map<std::string, std::vector<std::string>> expected = {
      {"mail", {}},
      {"stepconf-shop", {"configure"}},
      {"stepconf-shop_encode", {"encode"}},
      {"stepconf-shop_resize", {"first", "second"}}};
  EXPECT_EQ(requests_by_function(history.events()), expected);
}

}  // namespace
}  // namespace stepconf::executions
