#include "stepconf/platform/lambda/invocation_outcome.h"

#include <gtest/gtest.h>

namespace stepconf::platform {
namespace {

constexpr const char* kCold =
    "REPORT RequestId: a\tDuration: 200 ms\tBilled Duration: 301 ms\tMemory Size: 512 MB\tMax "
    "Memory Used: 77 MB\tInit Duration: 100.5 ms";

Completion after_one_second() {
  Completion completion;
  completion.dispatched = Seconds{10};
  completion.ended = Seconds{11};
  return completion;
}

TEST(InvocationOutcome, CountsAllButTheFunctionsOwnTimeAsMappingDelay) {
  Completion completion = after_one_second();
  EXPECT_TRUE(fill_in({.status = 200, .payload = "[1]", .log_tail = kCold}, completion));
  EXPECT_EQ(completion.status, "ok");
  EXPECT_EQ(completion.payload, "[1]");
  // It took 1 s, of which the function worked 0.2 s.
  EXPECT_DOUBLE_EQ(completion.started.count(), 10.8);
  EXPECT_TRUE(completion.cold);
  EXPECT_EQ(completion.init, Seconds(0.1005));
  EXPECT_EQ(completion.billed, Seconds(0.301));
  EXPECT_EQ(completion.max_memory_mb, 77);
}

TEST(InvocationOutcome, NeverStartsBeforeItWasDispatched) {
  Completion completion = after_one_second();
  completion.ended = completion.dispatched + Seconds{0.1};
  fill_in({.status = 200, .payload = "1", .log_tail = kCold}, completion);
  EXPECT_EQ(completion.started, completion.dispatched);
}

TEST(InvocationOutcome, SaysWhereNoReportTellsHowLongTheFunctionWorked) {
  Completion completion = after_one_second();
  EXPECT_FALSE(fill_in({.status = 200, .payload = "1"}, completion));
  EXPECT_EQ(completion.started, completion.dispatched);
  EXPECT_EQ(completion.billed, Seconds{1});
}

TEST(InvocationOutcome, NamesAFunctionsErrorByItsType) {
  Completion completion = after_one_second();
  fill_in({.status = 200,
           .payload = R"({"errorType":"NoSuchFrame","errorMessage":"frame 7"})",
           .function_error = "Unhandled",
           .log_tail = kCold},
          completion);
  EXPECT_EQ(completion.status, "NoSuchFrame");
  EXPECT_EQ(completion.error_message, "frame 7");
}

TEST(InvocationOutcome, NamesAnErrorWithoutTypeAsStepFunctionsDoes) {
  for (const char* document : {R"({"errorMessage":"Task timed out after 3.00 seconds"})", "", "[]",
                               "no JSON", R"({"errorType":7})"}) {
    EXPECT_EQ(function_status(document), "Lambda.Unknown") << document;
  }
}

TEST(InvocationOutcome, NamesRefusalsAsStepFunctionsDoes) {
  const auto status = [](int http, const char* code) {
    return service_status(aws::ServiceError(http, code, "no"));
  };
  EXPECT_EQ(status(429, "TooManyRequestsException"), "TooManyRequestsException");
  EXPECT_EQ(status(429, ""), "TooManyRequestsException");
  EXPECT_EQ(status(500, "ServiceException"), "ServiceException");
  EXPECT_EQ(status(404, "ResourceNotFoundException"), "ResourceNotFoundException");
  EXPECT_EQ(status(413, "RequestTooLargeException"), "RequestTooLargeException");
  // The API does not list a missing permission.
  EXPECT_EQ(status(403, "AccessDeniedException"), "AWSLambdaException");
  EXPECT_EQ(service_status(Error("connection reset")), "SdkClientException");
}

}  // namespace
}  // namespace stepconf::platform
