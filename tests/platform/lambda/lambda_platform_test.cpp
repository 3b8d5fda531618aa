// The platform against a Lambda made by hand, on loopback.
#include "stepconf/platform/lambda/lambda_platform.h"

#include <gtest/gtest.h>

#include <limits>
#include <mutex>
#include <set>

#include "stepconf/base/error.h"
#include "tests/aws_client/local_server.h"
#include "tests/aws_client/variables.h"

namespace stepconf::platform {
namespace {

constexpr Seconds kForever{std::numeric_limits<double>::infinity()};

/// Answers invocations with `answer`, of which it keeps the requests.
class FakeLambda {
 public:
  using Answer = std::function<void(const net::Request&, const net::Responder&)>;
  explicit FakeLambda(Answer answer) : answer_(std::move(answer)) {}

  LambdaOptions options() const {
    return {.functions = {{"resize",
                           {.name = "stepconf-shop_resize",
                            .timeout = Seconds{30},
                            .qualifiers = {{MemoryMb{512}, "mem-512-0123abcd"}}}}},
            .session = services::open_session(aws::variables({{"AWS_ENDPOINT_URL", server_.url()},
                                                              {"AWS_REGION", "us-east-1"},
                                                              {"AWS_ACCESS_KEY_ID", "id"},
                                                              {"AWS_SECRET_ACCESS_KEY", "s"}}))};
  }
  std::vector<net::Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void take(const net::Request& request, const net::Responder& responder) {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
    }
    answer_(request, responder);
  }

  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<net::Request> requests_;
  LocalServer server_{[this](const net::Request& request, const net::Responder& responder) {
    take(request, responder);
  }};
};

void echo(const net::Request& request, const net::Responder& responder) {
  net::Response response{.status = 200, .headers = {}, .body = request.body};
  // REPORT RequestId: a  Duration: 0.01 ms  Billed Duration: 1 ms  Memory Size: 512 MB  Max Me
  response.headers.set("X-Amz-Log-Result",
                       "UkVQT1JUIFJlcXVlc3RJZDogYQlEdXJhdGlvbjogMC4wMSBtcwlCaWxsZWQgRHVyYXRpb2"
                       "46IDEgbXMJTWVtb3J5IFNpemU6IDUxMiBNQglNYXggTWVtb3J5IFVzZWQ6IDQwIE1CCg==");
  responder.send(std::move(response));
}

net::Response refusal(int status, const char* code) {
  return {.status = status, .headers = {}, .body = std::string(R"({"__type":")") + code + R"("})"};
}

Invocation invocation(InvocationId id, const char* payload = "{}") {
  return {.id = id, .function = "resize", .memory = MemoryMb{512}, .payload = payload};
}

TEST(LambdaPlatform, CallsTheAliasOfTheMemorySizeAndAsksForTheLog) {
  const FakeLambda lambda(echo);
  LambdaPlatform platform(lambda.options());
  platform.start(invocation(7, R"({"jobs":[1]})"));
  const auto completion = platform.wait_next(kForever);
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->id, 7U);
  EXPECT_TRUE(completion->ok());
  EXPECT_EQ(completion->payload, R"({"jobs":[1]})");
  EXPECT_EQ(completion->max_memory_mb, 40);
  EXPECT_FALSE(completion->cold);
  const auto requests = lambda.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target,
            "/2015-03-31/functions/stepconf-shop_resize/invocations?Qualifier=mem-512-0123abcd");
  EXPECT_EQ(requests[0].headers.get("x-amz-log-type"), "Tail");
}

TEST(LambdaPlatform, HasManyOnTheirWayAtTheSameTime) {
  // Nobody is answered before the eighth has come.
  std::vector<net::Responder> waiting;
  const FakeLambda lambda([&](const net::Request&, const net::Responder& responder) {
    waiting.push_back(responder);
    if (waiting.size() < 8) return;
    for (const net::Responder& each : waiting)
      each.send({.status = 200, .headers = {}, .body = "1"});
  });
  LambdaPlatform platform(lambda.options());
  for (InvocationId id = 1; id <= 8; ++id) platform.start(invocation(id));
  std::set<InvocationId> ended;
  for (int i = 0; i < 8; ++i) ended.insert(platform.wait_next(kForever).value().id);
  EXPECT_EQ(ended.size(), 8U);
  EXPECT_EQ(platform.statistics().most_at_once, 8);
  EXPECT_EQ(platform.statistics().waited, 0);
}

TEST(LambdaPlatform, KeepsItsBound) {
  const FakeLambda lambda(echo);
  LambdaOptions options = lambda.options();
  options.most_at_once = 2;
  LambdaPlatform platform(std::move(options));
  for (InvocationId id = 1; id <= 20; ++id) platform.start(invocation(id));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(platform.wait_next(kForever));
  EXPECT_LE(platform.statistics().most_at_once, 2);
}

TEST(LambdaPlatform, HandsThrottlingOnAtOnceForRetryToSee) {
  const FakeLambda lambda([](const net::Request&, const net::Responder& responder) {
    responder.send(refusal(429, "TooManyRequestsException"));
  });
  LambdaPlatform platform(lambda.options());
  platform.start(invocation(1));
  const auto completion = platform.wait_next(kForever);
  EXPECT_EQ(completion.value().status, "TooManyRequestsException");
  EXPECT_EQ(completion->billed, Seconds{0});
  EXPECT_EQ(lambda.requests().size(), 1U);
  EXPECT_EQ(platform.statistics().throttled, 1);
}

TEST(LambdaPlatform, TriesThrottledCallsAgainWhereItMeasures) {
  int refused = 0;
  const FakeLambda lambda([&](const net::Request& request, const net::Responder& responder) {
    if (refused++ < 2) return responder.send(refusal(429, "TooManyRequestsException"));
    echo(request, responder);
  });
  LambdaOptions options = lambda.options();
  options.service_failures = ServiceFailures::end_the_work;
  LambdaPlatform platform(std::move(options));
  platform.start(invocation(1));
  EXPECT_TRUE(platform.wait_next(kForever).value().ok());
  EXPECT_EQ(lambda.requests().size(), 3U);
}

TEST(LambdaPlatform, EndsMeasuringWhereTheServiceRefuses) {
  const FakeLambda lambda([](const net::Request&, const net::Responder& responder) {
    responder.send(refusal(403, "AccessDeniedException"));
  });
  LambdaOptions options = lambda.options();
  options.service_failures = ServiceFailures::end_the_work;
  LambdaPlatform platform(std::move(options));
  platform.start(invocation(1));
  try {
    platform.wait_next(kForever);
    FAIL() << "it was refused";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("lambda:InvokeFunction on stepconf-shop_resize"),
              std::string::npos)
        << error.what();
  }
}

TEST(LambdaPlatform, NeverSendsACallTwiceThatMayHaveBeenCarriedOut) {
  const FakeLambda lambda([](const net::Request&, const net::Responder& responder) {
    responder.send({.status = 502, .headers = {}, .body = ""});
  });
  LambdaOptions options = lambda.options();
  options.service_failures = ServiceFailures::end_the_work;
  LambdaPlatform platform(std::move(options));
  platform.start(invocation(1));
  EXPECT_THROW(platform.wait_next(kForever), Error);
  EXPECT_EQ(lambda.requests().size(), 1U);
}

TEST(LambdaPlatform, NamesFunctionSizeAndRemedyWhereThereIsNoAlias) {
  const FakeLambda lambda(echo);
  LambdaPlatform platform(lambda.options());
  Invocation other = invocation(1);
  other.memory = MemoryMb{1024};
  platform.start(other);
  const auto completion = platform.wait_next(kForever);
  EXPECT_EQ(completion.value().status, "ResourceNotFoundException");
  EXPECT_EQ(completion->error_message,
            "function \"resize\" has no alias for 1024 MB on Lambda; `stepconf deploy` makes it");
}

TEST(LambdaPlatform, EndsAWaitThatIsInterrupted) {
  const FakeLambda lambda(echo);
  LambdaPlatform platform(lambda.options());
  platform.interrupt();
  EXPECT_FALSE(platform.wait_next(kForever));
}

TEST(LambdaPlatform, GoesWithoutWaitingForAnswers) {
  std::vector<net::Responder> waiting;
  std::promise<void> arrived;
  const FakeLambda lambda([&](const net::Request&, const net::Responder& responder) {
    waiting.push_back(responder);
    arrived.set_value();
  });
  {
    LambdaPlatform platform(lambda.options());
    platform.start(invocation(1));
    arrived.get_future().wait();
    EXPECT_EQ(platform.at_work(), 1);
  }
  // It would be for ever: nobody has answered yet.
  SUCCEED();
}

}  // namespace
}  // namespace stepconf::platform
