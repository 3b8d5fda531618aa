#include "stepconf/wrapper/batch_run.h"

#include <gtest/gtest.h>

#include "stepconf/wrapper/invocation.h"

namespace stepconf::wrapper {
namespace {

constexpr std::size_t kRoom = 1 << 20;

/// A run with the event that it was made from.
class Trial {
 public:
  /// `options` are the members of `stepconf` beside `processes`.
  Trial(const Json& jobs, Json options,
        RunLimits limits = {.request_id = "r", .deadline = {}, .most_result_bytes = kRoom}) {
    options["processes"] = 1;
    event_ = Json{{"stepconf", options}, {"jobs", jobs}}.dump();
    Batch batch = *parse_batch(event_);
    std::shared_ptr<const Iteration> iteration;
    if (batch.state) {
      iteration = std::make_shared<const Iteration>(Iteration::parse(*batch.state, "state"));
    }
    run.emplace(std::move(batch), iteration, std::move(limits));
  }

  /// The event of the next job; absent where none is ready.
  Json next(Seconds now = Seconds{0}) {
    const auto order = run->next(now);
    if (!order) return "none";
    last = order->job;
    return Json::parse(order->event);
  }
  Json result() { return Json::parse(run->result().body); }

  std::optional<BatchRun> run;
  std::size_t last = 0;

 private:
  std::string event_;
};

Json task(Json fields) {
  fields["Type"] = "Task";
  fields["End"] = true;
  if (!fields.contains("Resource"))
    fields["Resource"] = "arn:aws:lambda:eu-west-1:123456789012:function:f";
  return {{"Task", std::move(fields)}};
}

Json collecting(const Json& state) { return {{"errors", "collect"}, {"state", state}}; }

const Outcome kFailed = failure("E", "m");

TEST(BatchRun, AppliesTheTemplatesOfAnIteration) {
  // As Step Functions: ItemSelector from the Map's input and the item, then the Task's data flow.
  Json state = task({{"Resource", "arn:aws:states:::lambda:invoke"},
                     {"InputPath", "$.in"},
                     {"Parameters", {{"FunctionName", "f"}, {"Payload", {{"x.$", "$.item"}}}}},
                     {"ResultSelector", {{"y.$", "$.Payload.answer"}}},
                     {"ResultPath", "$.out"},
                     {"OutputPath", "$.out"}});
  state["Map"] = {{"ItemSelector",
                   {{"in", {{"item.$", "$$.Map.Item.Value.v"}, {"scale.$", "$.scale"}}},
                    {"i.$", "$$.Map.Item.Index"},
                    {"id.$", "$$.Execution.Id"}}}};
  Trial trial(
      {{{"v", 7}}, {{"v", 8}}},
      {{"state", state},
       {"batch", 3},
       {"size", 2},
       {"shared", {{"input", {{"scale", 2}}}, {"context", {{"Execution", {{"Id", "e"}}}}}}}});
  EXPECT_EQ(trial.next(), Json({{"x", 7}}));
  trial.run->answered(0, {.body = R"({"answer": 1})"}, {});
  EXPECT_EQ(trial.next(), Json({{"x", 8}}));
  trial.run->answered(1, {.body = R"({"answer": 2})"}, {});
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(trial.result(), Json::parse(R"([{"y": 1}, {"y": 2}])"));
}

TEST(BatchRun, KnowsTheJobsIndexInItsStep) {
  Trial trial({"a", "b"}, {{"state", {{"Map", {{"ItemSelector", {{"i.$", "$$.Map.Item.Index"}}}}}}},
                           {"batch", 3},
                           {"size", 2}});
  EXPECT_EQ(trial.next(), Json({{"i", 6}}));
  EXPECT_EQ(trial.next(), Json({{"i", 7}}));
}

TEST(BatchRun, ReportsATemplateThatFindsNothingAsTheJobsError) {
  Trial trial({1, {{"a", 2}}}, collecting(task({{"Parameters", {{"a.$", "$.a"}}}})));
  EXPECT_EQ(trial.next(), Json({{"a", 2}}));
  trial.run->answered(1, {.body = "3"}, {});
  const Json found = trial.result();
  EXPECT_EQ(found.at(0).at("error").at("errorType"), "States.ParameterPathFailure");
  EXPECT_EQ(found.at(1), Json({{"result", 3}}));
}

TEST(BatchRun, RetriesAJobWithItsOwnDelaysWhileOthersGoOn) {
  const Json retry{{{"ErrorEquals", {"E"}},
                    {"IntervalSeconds", 2},
                    {"MaxAttempts", 3},
                    {"BackoffRate", 2.0},
                    {"MaxDelaySeconds", 5}}};
  Trial trial({"a", "b"}, collecting(task({{"Retry", retry}})));
  EXPECT_EQ(trial.next(), "a");
  trial.run->answered(0, kFailed, Seconds{1});
  EXPECT_EQ(trial.next(Seconds{1}), "b");
  trial.run->answered(1, {.body = "1"}, Seconds{1});
  // Delays 2, 4, and 8 bounded to 5.
  Seconds now{1};
  for (const double delay : {2.0, 4.0, 5.0}) {
    EXPECT_EQ(trial.run->next_due(), now + Seconds{delay});
    EXPECT_EQ(trial.next(now), "none");
    now += Seconds{delay};
    EXPECT_TRUE(trial.run->advance(now).empty());
    EXPECT_EQ(trial.next(now), "a");
    EXPECT_FALSE(trial.run->finished());
    trial.run->answered(0, kFailed, now);
  }
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(trial.result().at(0).at("error").at("errorMessage"), "m");
}

TEST(BatchRun, RetriesNoErrorThatNoRetrierNames) {
  Trial trial({1}, collecting(task({{"Retry", {{{"ErrorEquals", {"Other"}}}}}})));
  trial.next();
  trial.run->answered(0, kFailed, {});
  EXPECT_TRUE(trial.run->finished());
}

TEST(BatchRun, SpreadsRetriesWithFullJitter) {
  const Json retry{
      {{"ErrorEquals", {"States.ALL"}}, {"IntervalSeconds", 10}, {"JitterStrategy", "FULL"}}};
  Trial trial({1}, collecting(task({{"Retry", retry}})));
  trial.next();
  trial.run->answered(0, kFailed, {});
  EXPECT_GT(*trial.run->next_due(), Seconds{0});
  EXPECT_LT(*trial.run->next_due(), Seconds{10});
}

TEST(BatchRun, StartsNoRetryThatWouldBeginAfterTheDeadline) {
  const Json retry{{{"ErrorEquals", {"E"}}, {"IntervalSeconds", 10}}};
  Trial trial({1}, collecting(task({{"Retry", retry}})),
              {.request_id = "r", .deadline = Seconds{10.2}, .most_result_bytes = kRoom});
  trial.next();
  trial.run->answered(0, kFailed, {});
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(trial.result().at(0).at("error").at("errorType"), "E");
}

TEST(BatchRun, EndsAnAttemptThatExceedsItsTimeout) {
  const Json retry{{{"ErrorEquals", {"States.Timeout"}}, {"MaxAttempts", 1}}};
  Trial trial({"a"}, collecting(task({{"TimeoutSeconds", 3}, {"Retry", retry}})));
  trial.next(Seconds{1});
  EXPECT_EQ(trial.run->next_due(), Seconds{4});
  EXPECT_EQ(trial.run->advance(Seconds{4}), std::vector<std::size_t>{0});
  EXPECT_TRUE(trial.run->advance(Seconds{5}).empty());
  EXPECT_EQ(trial.next(Seconds{5}), "a");
  EXPECT_EQ(trial.run->advance(Seconds{8}), std::vector<std::size_t>{0});
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(
      trial.result().at(0).at("error"),
      Json({{"errorType", "States.Timeout"}, {"errorMessage", "The task took longer than 3 s."}}));
}

TEST(BatchRun, ReportsWhatHasNotEndedBeforeTheDeadline) {
  Trial trial({"a", "b", "c"}, {{"errors", "collect"}},
              {.request_id = "r", .deadline = Seconds{3}, .most_result_bytes = kRoom});
  trial.next();
  trial.run->answered(0, {.body = "1"}, {});
  trial.next();
  EXPECT_EQ(trial.run->next_due(), Seconds{3} - Seconds{0.3});
  EXPECT_EQ(trial.run->advance(Seconds{2.7}), std::vector<std::size_t>{1});
  ASSERT_TRUE(trial.run->finished());
  const Json found = trial.result();
  EXPECT_EQ(found.at(0), Json({{"result", 1}}));
  for (const std::size_t job : {1, 2}) {
    EXPECT_EQ(found.at(job).at("error"),
              Json({{"errorType", "Sandbox.Timedout"},
                    {"errorMessage", "RequestId: " + job_request_id("r", job, 1) +
                                         " Error: Task timed out after 3.00 seconds"}}));
  }
}

TEST(BatchRun, FailsAsAWholeAtTheDeadlineWhereErrorsAreNotCollected) {
  Trial trial({1, 2}, Json::object(),
              {.request_id = "r", .deadline = Seconds{3}, .most_result_bytes = kRoom});
  trial.next();
  trial.run->advance(Seconds{2.9});
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(trial.run->result().error_type, "Sandbox.Timedout");
}

TEST(Deadline, LeavesHalfASecondOrATenth) {
  EXPECT_EQ(deadline_margin(Seconds{60}), Seconds{0.5});
  EXPECT_EQ(deadline_margin(Seconds{1}), Seconds{0.1});
}

TEST(BatchRun, DoesAnIdempotentJobAgainTwiceWhereItsCopyDies) {
  Trial trial({"a", "b"}, {{"errors", "collect"}, {"idempotent", true}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(trial.next(), "a");
    trial.run->crashed(0, kFailed, {});
  }
  EXPECT_EQ(trial.next(), "b");
  trial.run->answered(1, {.body = "1"}, {});
  ASSERT_TRUE(trial.run->finished());
  EXPECT_EQ(trial.result().at(0).at("error").at("errorType"), "E");
}

TEST(BatchRun, ReportsAJobWhoseCopyDiesWhereItIsNotIdempotent) {
  Trial trial({"a"}, {{"errors", "collect"}});
  trial.next();
  trial.run->crashed(0, kFailed, {});
  EXPECT_TRUE(trial.run->finished());
}

TEST(BatchRun, StartsHeavierJobsFirstAndEqualOnesInOrder) {
  Trial trial({"a", "b", "c", "d"}, {{"weights", {1, 5.5, 1, 7}}});
  for (const char* job : {"d", "b", "a", "c"}) EXPECT_EQ(trial.next(), job);
  for (std::size_t job = 0; job < 4; ++job) {
    trial.run->answered(job, {.body = std::to_string(job)}, {});
  }
  EXPECT_EQ(trial.result(), (Json{0, 1, 2, 3}));
}

TEST(BatchRun, RefusesResultsThatDoNotFitIntoAnAnswer) {
  const RunLimits limits{.request_id = "r", .deadline = {}, .most_result_bytes = 60};
  Trial one({1, 2}, {{"errors", "collect"}}, limits);
  one.next();
  one.next();
  one.run->answered(0, {.body = Json(std::string(100, 'x')).dump()}, {});
  one.run->answered(1, {.body = "2"}, {});
  EXPECT_EQ(one.run->result().error_type, "Function.ResponseSizeTooLarge");

  Trial all({1, 2}, Json::object(), limits);
  all.next();
  all.next();
  for (const std::size_t job : {0, 1}) {
    all.run->answered(job, {.body = Json(std::string(40, 'x')).dump()}, {});
  }
  const Outcome together = all.run->result();
  EXPECT_EQ(together.error_type, "Function.ResponseSizeTooLarge");
  EXPECT_NE(together.body.find("give an instance fewer jobs"), std::string::npos);
}

TEST(BatchRun, IgnoresATaskInJsonataButForItsRetryAndTimeout) {
  const Json state{{"Task",
                    {{"Type", "Task"},
                     {"QueryLanguage", "JSONata"},
                     {"Arguments", "{% $x %}"},
                     {"TimeoutSeconds", 2},
                     {"Retry", {{{"ErrorEquals", {"E"}}}}}}}};
  Trial trial({{{"a", 1.5}}}, {{"state", state}});
  EXPECT_EQ(trial.next(), Json({{"a", 1.5}}));
  EXPECT_EQ(trial.run->next_due(), Seconds{2});
  trial.run->answered(0, kFailed, {});
  EXPECT_FALSE(trial.run->finished());
}

TEST(JobRequestId, IsShapedLikeLambdasAndDiffersByInvocationJobAndAttempt) {
  const std::string id = job_request_id("8476a536-e9f4-11e8-9739-2dfe598c3fcd", 3, 1);
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  EXPECT_EQ(id, job_request_id("8476a536-e9f4-11e8-9739-2dfe598c3fcd", 3, 1));
  EXPECT_NE(id, job_request_id("8476a536-e9f4-11e8-9739-2dfe598c3fcd", 3, 2));
  EXPECT_NE(id, job_request_id("8476a536-e9f4-11e8-9739-2dfe598c3fcd", 4, 1));
  EXPECT_NE(id, job_request_id("8476a536-e9f4-11e8-9739-2dfe598c3fce", 3, 1));
}

TEST(TimeLeft, IsThatOfTheWallClock) {
  const auto with = [](const char* deadline) {
    return Invocation{
        .request_id = {}, .headers = {{{"Lambda-Runtime-Deadline-Ms", deadline}}}, .event = {}};
  };
  const std::chrono::system_clock::time_point now{std::chrono::milliseconds(5000)};
  EXPECT_EQ(time_left(with("7500"), now), Seconds{2.5});
  EXPECT_FALSE(time_left(with("4000"), now));
  EXPECT_FALSE(time_left({}, now));
}

}  // namespace
}  // namespace stepconf::wrapper
