#include "stepconf/executor/batch.h"

#include <gtest/gtest.h>

#include "stepconf/wrapper/envelope.h"

namespace stepconf::executor {
namespace {

platform::Completion completion(std::string payload) {
  platform::Completion result;
  result.payload = std::move(payload);
  return result;
}

TEST(Batch, IsReadByTheWrapperAsItWasWritten) {
  const Json first = {{"n", 1}};
  const Json second = "text with \"quotes\"";
  const std::vector<const Json*> jobs = {&first, &second};
  const std::string event = batch_event(jobs, 3);
  const auto batch = wrapper::parse_batch(event);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->processes, 3);
  EXPECT_TRUE(batch->collect);
  ASSERT_EQ(batch->jobs.size(), 2u);
  EXPECT_EQ(Json::parse(batch->jobs[0]), first);
  EXPECT_EQ(Json::parse(batch->jobs[1]), second);
}

TEST(Batch, TellsEachJobsOwnOutcome) {
  const auto outcomes = batch_outcomes(
      completion(
          R"([{"result": null}, {"error": {"errorType": "Bad", "errorMessage": "x", "stackTrace": []}}])"),
      2);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_TRUE(outcomes[0].ok);
  EXPECT_TRUE(outcomes[0].result.is_null());
  EXPECT_FALSE(outcomes[1].ok);
  EXPECT_EQ(outcomes[1].error, "Bad");
  EXPECT_EQ(Json::parse(outcomes[1].cause).at("errorMessage"), "x");
}

TEST(Batch, AnAnswerOfAnotherShapeFailsEveryJob) {
  for (const char* payload : {"", "{", "{}", "[]", R"([{"result": 1}])", R"([1, 2])",
                              R"([{"result": 1, "error": {}}, {"error": 3}])"}) {
    for (const JobOutcome& outcome : batch_outcomes(completion(payload), 2)) {
      EXPECT_EQ(outcome.error, "StepConf.InvalidBatchResult") << payload;
    }
  }
}

TEST(Batch, ErrorsOfTheServiceGetItsPrefix) {
  EXPECT_EQ(task_error("TooManyRequestsException"), "Lambda.TooManyRequestsException");
  EXPECT_EQ(task_error("SdkClientException"), "Lambda.SdkClientException");
  EXPECT_EQ(task_error("Sandbox.Timedout"), "Sandbox.Timedout");
  EXPECT_EQ(task_error("MyError"), "MyError");
}

}  // namespace
}  // namespace stepconf::executor
