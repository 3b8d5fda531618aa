#include "stepconf/platform/local/invoke_api.h"

#include <gtest/gtest.h>

#include "stepconf/base/base64.h"
#include "stepconf/base/json.h"
#include "stepconf/net/client.h"
#include "tests/platform/gate.h"

namespace stepconf::platform {
namespace {

class LambdaApiTest : public testing::Test {
 protected:
  static LocalPlatformOptions options() {
    LocalPlatformOptions options;
    options.memory_sizes = {{512}, {1024}};
    options.concurrency = 1;
    options.functions["f"].command = {PLATFORM_FUNCTION};
    options.functions["f"].directory = "/";
    return options;
  }

  net::Response post(const std::string& name, const std::string& body, net::Headers headers = {}) {
    net::Request request;
    request.method = "POST";
    request.target = "/2015-03-31/functions/" + name;
    request.headers = std::move(headers);
    request.body = body;
    return client_.exchange(request, Seconds(20));
  }
  static std::string error_type(const net::Response& response) {
    return response.headers.get("x-amzn-ErrorType").value_or("");
  }

  Spawner spawner_;
  LocalPlatform platform_{options(), spawner_};
  LambdaApi api_{platform_, 0};
  net::BlockingClient client_{"127.0.0.1", api_.port()};
};

TEST_F(LambdaApiTest, AnswersWithTheResult) {
  const net::Response response =
      post("f/invocations?Qualifier=mem-1024", R"({"variable":"AWS_LAMBDA_FUNCTION_MEMORY_SIZE"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"("1024")");
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "2");
  EXPECT_FALSE(response.headers.get("X-Amz-Function-Error"));
  EXPECT_TRUE(response.headers.get("x-amzn-RequestId"));
}

TEST_F(LambdaApiTest, TakesTheSmallestSizeWithoutAQualifier) {
  const net::Response response =
      post("f/invocations", R"({"variable":"AWS_LAMBDA_FUNCTION_MEMORY_SIZE"})");
  EXPECT_EQ(response.body, R"("512")");
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(post("f/invocations", R"({"arn":1})").body,
            R"("arn:aws:lambda:us-east-1:000000000000:function:f")");
  EXPECT_EQ(post("f/invocations?Qualifier=%24LATEST", "").body, "{}");
}

TEST_F(LambdaApiTest, TakesAVersionNumberForItsMemorySize) {
  const net::Response response =
      post("f/invocations?Qualifier=2", R"({"variable":"AWS_LAMBDA_FUNCTION_MEMORY_SIZE"})");
  EXPECT_EQ(response.body, R"("1024")");
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "2");
}

TEST_F(LambdaApiTest, HandsOnTheTraceAndRefusesABadClientContext) {
  const net::Response response =
      post("f/invocations", R"({"trace":1})", {{{"X-Amzn-Trace-Id", "Root=1-a-b"}}});
  EXPECT_EQ(response.body, R"("Root=1-a-b")");
  for (const char* context : {"?", "eyJ"}) {
    EXPECT_EQ(error_type(post("f/invocations", "", {{{"X-Amz-Client-Context", context}}})),
              "InvalidRequestContentException");
  }
}

TEST_F(LambdaApiTest, ChecksADryRunAndCallsNothing) {
  const net::Response response =
      post("f/invocations", R"({"exit":1})", {{{"X-Amz-Invocation-Type", "DryRun"}}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(error_type(post("g/invocations", "", {{{"X-Amz-Invocation-Type", "DryRun"}}})),
            "ResourceNotFoundException");
  EXPECT_EQ(platform_.statistics().invocations, 0u);
}

TEST_F(LambdaApiTest, MarksAFunctionsOwnFailure) {
  const net::Response response = post("f:mem-512/invocations", R"({"throw":"FrameMissing"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(Json::parse(response.body)["errorType"], "FrameMissing");
}

TEST_F(LambdaApiTest, TakesAFunctionsErrorForItsOwnWhateverItsName) {
  for (const char* type : {"TooManyRequestsException", "ServiceException"}) {
    const net::Response response = post("f/invocations", Json{{"throw", type}}.dump());
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.get("X-Amz-Function-Error"), "Unhandled");
    EXPECT_EQ(Json::parse(response.body)["errorType"], type);
  }
}

TEST_F(LambdaApiTest, GivesTheTailOfTheLog) {
  const net::Response response =
      post("f/invocations", R"({"print":"hello"})", {{{"X-Amz-Log-Type", "Tail"}}});
  EXPECT_EQ(from_base64(response.headers.get("X-Amz-Log-Result").value()), "hello\n");
}

TEST_F(LambdaApiTest, RefusesInLambdasWords) {
  const net::Response unknown = post("nobody/invocations", "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(error_type(unknown), "ResourceNotFoundException");
  EXPECT_EQ(Json::parse(unknown.body)["message"],
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody");
  EXPECT_EQ(error_type(post("f:mem-640/invocations", "{}")), "ResourceNotFoundException");
  EXPECT_EQ(error_type(post("f:prod/invocations", "{}")), "ResourceNotFoundException");
  const net::Response no_json = post("f/invocations", "{");
  EXPECT_EQ(no_json.status, 400);
  EXPECT_EQ(error_type(no_json), "InvalidRequestContentException");
  const net::Response large = post("f/invocations", '"' + std::string(kMaxRequestBytes, 'x') + '"');
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(error_type(large), "RequestTooLargeException");
  const net::Response kind = post("f/invocations", "{}", {{{"X-Amz-Invocation-Type", "Later"}}});
  EXPECT_EQ(kind.status, 400);
  EXPECT_EQ(error_type(kind), "InvalidParameterValueException");
  const net::Response event = post("f/invocations", '"' + std::string(kMaxEventBytes, 'x') + '"',
                                   {{{"X-Amz-Invocation-Type", "Event"}}});
  EXPECT_EQ(error_type(event), "RequestTooLargeException");
  EXPECT_EQ(post("f/configuration", "{}").status, 404);
}

TEST_F(LambdaApiTest, ThrottlesWithAReason) {
  const Gate gate("throttle");
  platform_.start({1, "f", {512}, Json{{"wait", gate.path()}}.dump()});
  // The call above is on its way to the same thread, and before this one.
  const net::Response response = post("f/invocations", "{}");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(error_type(response), "TooManyRequestsException");
  EXPECT_EQ(Json::parse(response.body)["Reason"], "ConcurrentInvocationLimitExceeded");
  EXPECT_EQ(response.headers.get("Retry-After"), "1");
  gate.open();
  EXPECT_TRUE(platform_.wait_next(platform_.now() + Seconds(20)));
}

TEST_F(LambdaApiTest, NamesABusyPort) {
  try {
    const LambdaApi second(platform_, api_.port());
    FAIL() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(api_.port())), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace stepconf::platform
