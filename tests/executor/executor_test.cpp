#include "stepconf/executor/executor.h"

#include <gtest/gtest.h>

#include "stepconf/asl/execution.h"
#include "stepconf/executor/dag_flow.h"
#include "stepconf/workflow/from_asl.h"
#include "stepconf/workflow/from_steps.h"
#include "tests/executor/fake_platform.h"

namespace stepconf::executor {
namespace {

using estimator::Configuration;

// Runs every step as it was told to.
class Fixed final : public optimizer::Strategy {
 public:
  explicit Fixed(Configuration configuration) : configuration_(configuration) {}
  optimizer::Decision decide(const optimizer::Question& question) override {
    questions.push_back(question);
    warm.push_back(question.warm ? std::optional(*question.warm) : std::nullopt);
    optimizer::Decision decision;
    decision.configuration = configuration_;
    decision.duration = Seconds(2);
    decision.note = "told so";
    return decision;
  }
  std::vector<optimizer::Question> questions;
  std::vector<std::optional<optimizer::WarmSandboxes>> warm;

 private:
  Configuration configuration_;
};

class ExecutorTest : public testing::Test {
 protected:
  RunSummary run_steps(std::vector<workflow::StepSpec> specs, Json input,
                       Configuration configuration) {
    workflow_ = workflow::from_steps(std::move(specs), "test");
    if (max_concurrency_ > 0) workflow_.steps[0].max_concurrency = max_concurrency_;
    if (!batched_) workflow_.steps[0].batched = false;
    DagFlow flow(workflow_, std::move(input));
    Fixed strategy(configuration);
    Observer observer;
    RunOptions options;
    options.execution = "test";
    options.started_at = asl::parse_timestamp("2026-11-25T17:33:00.250Z");
    options.slo = Seconds(10);
    options.prices.usd_per_gb_second = 1.0;
    options.warm_pools = warm_pools_;
    options.interrupted = [this] { return interrupted_; };
    const RunSummary summary = run(flow, workflow_, strategy, platform_, observer, options);
    questions_ = strategy.questions;
    warm_ = strategy.warm;
    return summary;
  }

  static Json result(const Json& value) { return {{"result", value}}; }

  workflow::Workflow workflow_;
  FakePlatform platform_;
  std::vector<optimizer::Question> questions_;
  std::vector<std::optional<optimizer::WarmSandboxes>> warm_;
  bool warm_pools_ = false;
  int max_concurrency_ = 0;
  bool batched_ = true;
  bool interrupted_ = false;
};

TEST_F(ExecutorTest, ResultsOfAMapComeBackInOrder) {
  platform_.functions["f"] =
      FakePlatform::each_job([](const Json& job) { return result(job.at("n").get<int>() * 10); });
  // The first instance has the most jobs and ends last.
  const Json input = {{"a", {{{"n", 1}}, {{"n", 2}}, {{"n", 3}}, {{"n", 4}}, {{"n", 5}}}}};
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f", .jobs = 2}}, input, {{512}, 2, 1});
  EXPECT_EQ(summary.status, RunStatus::succeeded);
  EXPECT_EQ(summary.output, Json::parse(R"({"a": [10, 20, 30, 40, 50]})"));
}

TEST_F(ExecutorTest, SplitsJobsEvenlyAndAsksForTheDecidedProcesses) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); });
  // 5 jobs on at most 4 instances: 2 each, so 3 instances run.
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f", .jobs = 5}}, Json::object(), {{1024}, 4, 2});
  ASSERT_EQ(platform_.started.size(), 3u);
  EXPECT_EQ(platform_.started[0].memory, MemoryMb{1024});
  const Json event = Json::parse(platform_.started[2].payload);
  EXPECT_EQ(event.at("stepconf"), Json::parse(R"({"processes": 2, "errors": "collect"})"));
  EXPECT_EQ(event.at("jobs").size(), 1u);
  ASSERT_EQ(summary.steps.size(), 1u);
  EXPECT_EQ(summary.steps[0].detail.size(), 3u);
  EXPECT_EQ(summary.steps[0].detail[0].jobs, 2);
  // Instances of 2, 2 and 1 seconds at 1 GB for a dollar a GB-second.
  EXPECT_DOUBLE_EQ(summary.cost.value, 5.0);
  EXPECT_EQ(summary.duration, Seconds(2));
}

TEST_F(ExecutorTest, AsksTheStrategyWhenAStepBecomesReady) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); }, 3);
  run_steps(
      {{.name = "a", .function = "f"}, {.name = "b", .function = "f", .jobs = 2, .after = {"a"}}},
      Json::object(), {{512}, 8, 1});
  ASSERT_EQ(questions_.size(), 2u);
  EXPECT_EQ(questions_[1].step, 1);
  EXPECT_EQ(questions_[1].jobs, 2);
  EXPECT_EQ(questions_[1].now, Seconds(3));
}

TEST_F(ExecutorTest, TellsTheStrategyWhatIsWarmWhereThePlatformKnows) {
  platform_.functions["f"] = platform_.functions["g"] =
      FakePlatform::each_job([](const Json&) { return result(1); });
  platform_.idle["f"] = {{MemoryMb{512}, 3}};
  const std::vector<workflow::StepSpec> steps = {{.name = "a", .function = "f"},
                                                 {.name = "b", .function = "g", .after = {"a"}}};
  run_steps(steps, Json::object(), {{512}, 1, 1});
  EXPECT_EQ(warm_, (std::vector<std::optional<optimizer::WarmSandboxes>>(2)));  // not wanted
  warm_pools_ = true;
  const RunSummary summary = run_steps(steps, Json::object(), {{512}, 1, 1});
  EXPECT_EQ(summary.status, RunStatus::succeeded);
  ASSERT_EQ(warm_.size(), 2u);
  EXPECT_EQ(warm_[0], (optimizer::WarmSandboxes{{MemoryMb{512}, 3}}));
  EXPECT_EQ(warm_[1], std::nullopt);
}

TEST_F(ExecutorTest, RecordsWhatWasDecidedAndWhatCameOfIt) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); });
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f"}}, Json::object(), {{512}, 1, 1});
  const OrderedJson line = to_json(summary.steps.at(0));
  EXPECT_EQ(line.at("started_at"), "2026-11-25T17:33:00.250Z");
  EXPECT_EQ(line.at("step"), "a");
  EXPECT_EQ(line.at("function"), "f");
  EXPECT_EQ(line.at("attempt"), 1);
  EXPECT_EQ(line.at("time_left_s"), 10.0);
  EXPECT_EQ(line.at("predicted_s"), 2.0);
  EXPECT_EQ(line.at("ended_s"), 1.0);
  EXPECT_TRUE(line.at("sub_slo_s").is_null());
  EXPECT_EQ(line.at("reason"), "told so");
  EXPECT_EQ(line.at("detail").at(0).at("status"), "ok");
}

TEST_F(ExecutorTest, RecordsHowManyJobsOfABatchFailed) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json& job) -> Json {
    if (job == 1) return result(1);
    return {{"error", {{"errorType", "E"}, {"errorMessage", "odd"}}}};
  });
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f", .jobs = 3}}, {{"a", {1, 2, 2}}}, {{512}, 1, 1});
  const OrderedJson instance = to_json(summary.steps.at(0)).at("detail").at(0);
  EXPECT_EQ(instance.at("status"), "ok");
  EXPECT_EQ(instance.at("failed_jobs"), 2);
}

TEST_F(ExecutorTest, AStepWithoutJobsRunsNoInstanceAndAsksNothing) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(7); });
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f"}, {.name = "b", .function = "f", .after = {"a"}}},
                {{"a", Json::array()}}, {{512}, 1, 1});
  EXPECT_EQ(summary.output, Json::parse(R"({"b": [7]})"));
  EXPECT_EQ(questions_.size(), 1u);
}

TEST_F(ExecutorTest, FailsWithTheFunctionsOwnErrorTypeAndMessage) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json& job) -> Json {
    if (job.at("index") == 1)
      return {{"error", {{"errorType", "BadFrame"}, {"errorMessage", "no header"}}}};
    return result(1);
  });
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f", .jobs = 3}}, Json::object(), {{512}, 1, 1});
  EXPECT_EQ(summary.status, RunStatus::failed);
  EXPECT_EQ(summary.error, "BadFrame");
  EXPECT_EQ(Json::parse(summary.cause).at("errorMessage"), "no header");
  EXPECT_EQ(summary.step, "a");
}

TEST_F(ExecutorTest, AnInstanceThatDiesFailsItsJobsByLambdasName) {
  platform_.functions["f"] = [](const Json&) {
    return FakeAnswer{Seconds(1), "Runtime.ExitError", {{"errorMessage", "exit status 1"}}};
  };
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f"}}, Json::object(), {{512}, 1, 1});
  EXPECT_EQ(summary.error, "Runtime.ExitError");
  platform_.functions["f"] = [](const Json&) {
    return FakeAnswer{Seconds(1), "TooManyRequestsException", Json::object()};
  };
  EXPECT_EQ(run_steps({{.name = "a", .function = "f"}}, Json::object(), {{512}, 1, 1}).error,
            "Lambda.TooManyRequestsException");
}

TEST_F(ExecutorTest, AnAnswerThatIsNoBatchResultFailsClearly) {
  platform_.functions["f"] = [](const Json&) { return FakeAnswer{Seconds(1), "ok", "surprise"}; };
  EXPECT_EQ(run_steps({{.name = "a", .function = "f"}}, Json::object(), {{512}, 1, 1}).error,
            "StepConf.InvalidBatchResult");
}

TEST_F(ExecutorTest, KeepsToMaxConcurrencyWhateverTheStrategySays) {
  max_concurrency_ = 4;
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); });
  // 8 instances of 2 processes, of which 2 at a time may run: 4 rounds of a second.
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f", .jobs = 8}}, Json::object(), {{512}, 8, 2});
  EXPECT_EQ(summary.duration, Seconds(4));
  EXPECT_EQ(summary.output.at("a").size(), 8u);
}

TEST_F(ExecutorTest, TellsThePlatformWhichIterationsOfAMapStartTogether) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); });
  run_steps({{.name = "a", .function = "f", .jobs = 3}, {.name = "b", .function = "f", .jobs = 1}},
            Json::object(), {{512}, 3, 1});
  std::vector<std::pair<int, int>> places;
  for (const auto& invocation : platform_.started) {
    places.emplace_back(invocation.position, invocation.together);
  }
  // Three iterations, and a step that is no Map.
  const std::vector<std::pair<int, int>> expected = {{1, 3}, {2, 3}, {3, 3}, {0, 1}};
  EXPECT_EQ(places, expected);
}

TEST_F(ExecutorTest, JobsThatMayNotShareAnInstanceDoNot) {
  batched_ = false;
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); });
  run_steps({{.name = "a", .function = "f", .jobs = 3}}, Json::object(), {{512}, 1, 4});
  ASSERT_EQ(platform_.started.size(), 3u);
  EXPECT_EQ(Json::parse(platform_.started[0].payload).at("stepconf").at("processes"), 1);
}

TEST_F(ExecutorTest, AnInterruptionEndsTheRunAndKeepsWhatIsKnown) {
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(1); }, 5);
  platform_.interruptions = {Seconds(2)};
  interrupted_ = true;
  const RunSummary summary =
      run_steps({{.name = "a", .function = "f"}}, Json::object(), {{512}, 1, 1});
  EXPECT_EQ(summary.status, RunStatus::interrupted);
  EXPECT_EQ(summary.duration, Seconds(2));
  ASSERT_EQ(summary.steps.size(), 1u);
  EXPECT_EQ(summary.steps[0].detail[0].status, "aborted");
}

// Keeps what it is told in one line of text each.
class Told final : public Observer {
 public:
  void step_ended(const StepRecord& record) override {
    lines.push_back(record.step + " " + Json(record.choices).dump());
  }
  void ways_left(const StepRecord& record) override { lines.push_back(to_json(record).dump()); }
  std::vector<std::string> lines;
};

TEST_F(ExecutorTest, TellsTheWaysTakenWithTheStepThatLeadsThere) {
  // A, whose success is one of two ways, then C to B or past it, a wait, and D.
  const auto task = [](const std::string& rest) {
    return R"({"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", )" +
           rest + "}";
  };
  const auto machine = asl::StateMachine::parse(
      R"({"StartAt": "A", "States": {"A": )" +
          task(R"("Next": "C", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}])") +
          R"(, "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 7, "Next": "B"}],
             "Default": "W"}, "B": )" +
          task(R"("Next": "W")") + R"(, "W": {"Type": "Wait", "Seconds": 5, "Next": "D"},
             "D": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 7, "Next": "E"}],
             "Default": "E"}, "E": {"Type": "Succeed"}}})",
      "m.json");
  platform_.functions["f"] = FakePlatform::each_job([](const Json&) { return result(7); });
  workflow_ = workflow::from_state_machine(machine, {});
  asl::Execution flow(machine, Json::object(), {"e", "e", "m", "m", {}});
  Fixed strategy({{512}, 1, 1});
  Told told;
  RunOptions options;
  options.execution = "e";
  run(flow, workflow_, strategy, platform_, told, options);
  EXPECT_EQ(told.lines,
            (std::vector<std::string>{R"(A {"A":{"C":1},"C":{"B":1}})", "B {}",
                                      R"({"schema":1,"execution":"e","choices":{"D":{"E":1}}})"}));
}

}  // namespace
}  // namespace stepconf::executor
