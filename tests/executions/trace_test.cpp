#include "stepconf/executions/trace.h"

#include <gtest/gtest.h>

#include "stepconf/executor/trace.h"
#include "stepconf/workflow/from_asl.h"
#include "tests/executions/history.h"

namespace stepconf::executions {
namespace {

// Upscale is a Map over resize, then Encode.
constexpr const char* kFilm = R"({"StartAt": "Upscale", "States": {
  "Upscale": {"Type": "Map", "ItemsPath": "$.frames", "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:resize", "End": true}}},
    "Next": "Encode"},
  "Encode": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:encode",
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}], "End": true},
  "Sorry": {"Type": "Pass", "End": true}}})";

constexpr Seconds kSlo{20};

/// A deployment "shop" of a definition.
struct Shop {
  explicit Shop(const char* definition)
      : machine(asl::StateMachine::parse(definition, "test")),
        workflow(workflow::from_state_machine(machine, {})) {}

  ReadExecution read(const History& history, const std::string& status = "SUCCEEDED",
                     std::map<std::string, platform::InvocationReport> reports = {},
                     std::vector<Json> decisions = {}) const {
    return read_execution(
        {.execution = {.arn = "arn:e",
                       .name = "e",
                       .status = status,
                       .started = History::kStart,
                       .stopped = history.events().back().time,
                       .output = "{\"film\":1}"},
         .events = history.events(),
         .reports = std::move(reports),
         .decisions = std::move(decisions)},
        {.machine = machine, .workflow = workflow, .names = names, .prices = prices}, kSlo);
  }

  asl::StateMachine machine;
  workflow::Workflow workflow;
  deploy::DeploymentNames names{"shop", {.id = "123456789012"}};
  pricing::PriceSheet prices = pricing::price_sheet();
};

platform::InvocationReport report(const std::string& request, double duration, int memory_mb,
                                  std::optional<Seconds> init = {}) {
  return {.request_id = request,
          .duration = Seconds(duration),
          .billed = Seconds(duration) + init.value_or(Seconds{0}),
          .init = init,
          .memory_mb = memory_mb,
          .max_memory_mb = 100};
}

double cost(int memory_mb, double seconds) {
  return pricing::instance_cost(pricing::price_sheet(), {memory_mb}, Seconds(seconds)).value;
}

constexpr double kTransition = 25e-6;

const Json kAnswer = {{"function", "f"}, {"memory_mb", 1024}, {"size", 2},
                      {"instances", 2},  {"processes", 2},    {"safe", false}};

// Upscale of three jobs in two batches, the first of them cold.
int upscale(History& history, int previous) {
  int id = history.configure("Upscale", kAnswer, previous, 1.0);
  id = history.enter("Map", "Upscale", id, 1.1);
  const int map = history.add("MapStateStarted", id, 1.1, {{"length", 2}});
  const int first = history.iteration("Upscale", 0, map, 1.2);
  const int second = history.iteration("Upscale", 1, map, 1.2);
  int one = history.enter("Task", "One", first, 1.2);
  int other = history.enter("Task", "One", second, 1.2);
  one = history.begin_call(alias_of("resize", 1024), batch("Upscale", {1, 2}, 2), one, 1.3);
  other = history.begin_call(alias_of("resize", 1024), batch("Upscale", {3}, 2), other, 1.4);
  other = history.end_call({30}, "second", other, 2.4);
  other = history.exit("Task", "One", other, 2.4);
  one = history.end_call({10, 20}, "first", one, 3.3);
  one = history.exit("Task", "One", one, 3.3);
  other = history.add("MapIterationSucceeded", other, 2.4, {{"name", "Upscale"}, {"index", 1}});
  one = history.add("MapIterationSucceeded", one, 3.3, {{"name", "Upscale"}, {"index", 0}});
  id = history.add("MapStateSucceeded", one, 3.3);
  return history.exit("Map", "Upscale", id, 3.3);
}

int encode(History& history, int previous) {
  int id = history.enter("Task", "Encode", previous, 3.4);
  id = history.begin_call(alias_of("encode", 512), {{"film", 1}}, id, 3.5);
  id = history.end_call({{"film", 2}}, "encode", id, 4.5);
  return history.exit("Task", "Encode", id, 4.5);
}

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

// An outer Map of several states: each iteration asks for its own step.
constexpr const char* kNested = R"({"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Cut", "States": {
    "Cut": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:cut", "Next": "Glue"},
    "Glue": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:glue", "End": true}}},
    "End": true}}})";

TEST(ReadExecution, TellsIterationsOfAnOuterMapApart) {
  const Shop shop(kNested);
  History history;
  int map = history.enter("Map", "Each", history.add("ExecutionStarted", 0, 0), 1);
  map = history.add("MapStateStarted", map, 1);
  for (int index = 0; index < 2; ++index) {
    int id = history.iteration("Each", index, map, 1);
    id = history.configure("Cut", kAnswer, id, 1 + index);
    id = history.enter("Task", "Cut", id, 1.1 + index);
    id = history.begin_call(alias_of("cut", index == 0 ? 512 : 1024), {}, id, 1.2 + index);
    id = history.end_call({}, "cut", id, 2 + index);
    history.exit("Task", "Cut", id, 2 + index);
  }
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].configuration.memory, MemoryMb{512});
  EXPECT_EQ(read.summary.steps[1].configuration.memory, MemoryMb{1024});
  EXPECT_NEAR(read.summary.steps[1].ready.count(), 2, 1e-6);
}

TEST(ReadExecution, PutsIterationsThatShareADecisionTogether) {
  const Shop shop(kNested);
  History history;
  int map = history.configure("Cut", kAnswer, history.add("ExecutionStarted", 0, 0), 0.5);
  map = history.enter("Map", "Each", map, 1);
  map = history.add("MapStateStarted", map, 1);
  for (int index = 0; index < 2; ++index) {
    int id = history.iteration("Each", index, map, 1);
    id = history.enter("Task", "Cut", id, 1.1);
    id = history.begin_call(alias_of("cut", 512), {}, id, 1.2);
    id = history.end_call({}, "cut", id, 2);
    history.exit("Task", "Cut", id, 2);
  }
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 1U);
  EXPECT_EQ(read.summary.steps[0].detail.size(), 2U);
}

// The generated machine of a Map with Retry: a Parallel of the Map's name around it.
TEST(ReadExecution, CountsAttemptsOfAMapThatIsTriedAgainAsAWhole) {
  const Shop shop(kFilm);
  History history;
  int id = history.enter("Parallel", "Upscale", history.add("ExecutionStarted", 0, 0), 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const double start = 1 + 2 * attempt;
    id = history.add("ParallelStateStarted", id, start);
    id = history.configure("Upscale", kAnswer, id, start);
    id = history.enter("Map", "Upscale: batches", id, start + 0.1);
    id = history.add("MapStateStarted", id, start + 0.1);
    id = history.iteration("Upscale: batches", 0, id, start + 0.1);
    id = history.enter("Task", "One", id, start + 0.1);
    id = history.begin_call(alias_of("resize", 1024), batch("Upscale", {1}, 1), id, start + 0.2);
    id = history.fail_call("NoSuchFrame", id, start + 1);
    id = history.add("MapStateFailed", id, start + 1);
  }
  const auto read = shop.read(history, "FAILED");
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].attempt, 1);
  EXPECT_EQ(read.summary.steps[1].attempt, 2);
  EXPECT_EQ(read.summary.steps[1].step, "Upscale");
  EXPECT_NEAR(read.summary.steps[1].ready.count(), 3, 1e-6);
}

// A Choice before, and branches side by side.
constexpr const char* kBranches = R"({"StartAt": "IsLarge", "States": {
  "IsLarge": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 1, "Next": "Both"}], "Default": "Small"},
  "Small": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:small", "End": true},
  "Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:a", "End": true}}},
    {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:b", "End": true}}}]}}})";

TEST(ReadExecution, FollowsBranchesAndTheChoiceBeforeThem) {
  const Shop shop(kBranches);
  History history;
  int id = history.enter("Choice", "IsLarge", history.add("ExecutionStarted", 0, 0), 0.1);
  id = history.exit("Choice", "IsLarge", id, 0.1);
  id = history.enter("Parallel", "Both", id, 0.1);
  const int parallel = history.add("ParallelStateStarted", id, 0.1);
  int a = history.configure("A", kAnswer, parallel, 0.2);
  int b = history.configure("B", kAnswer, parallel, 0.3);
  a = history.enter("Task", "A", a, 0.3);
  b = history.enter("Task", "B", b, 0.4);
  a = history.begin_call(alias_of("a", 512), {}, a, 0.4);
  b = history.begin_call(alias_of("b", 1024), {}, b, 0.5);
  b = history.end_call({}, "b", b, 1);
  a = history.end_call({}, "a", a, 2);
  const auto read = shop.read(history);
  ASSERT_EQ(read.summary.steps.size(), 2U);
  EXPECT_EQ(read.summary.steps[0].step, "B");
  EXPECT_NEAR(read.summary.steps[0].ready.count(), 0.3, 1e-6);
  EXPECT_EQ(read.summary.steps[1].step, "A");
  EXPECT_EQ(read.summary.steps[0].choices, (asl::WaysTaken{{"IsLarge", {{"Both", 1}}}}));
}

TEST(ReadExecution, PassesGeneratedStatesOverWhereAWayLeads) {
  const Shop shop(kBranches);
  History history;
  int id = history.enter("Choice", "IsLarge", history.add("ExecutionStarted", 0, 0), 0.1);
  id = history.exit("Choice", "IsLarge", id, 0.1);
  id = history.configure("Small", kAnswer, id, 0.2);
  history.enter("Task", "Small", id, 0.3);
  const auto read = shop.read(history);
  ASSERT_TRUE(read.ways_left);
  EXPECT_EQ(read.ways_left->choices, (asl::WaysTaken{{"IsLarge", {{"Small", 1}}}}));
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
