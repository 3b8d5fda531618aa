#include "stepconf/aws/service_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "tests/aws_client/local_server.h"
#include "tests/aws_client/variables.h"
#include "tests/net/raw_connection.h"

namespace stepconf::aws {
namespace {

/// Answers with the responses given, one after another, and then with "done".
class Script {
 public:
  explicit Script(std::deque<net::Response> responses) : responses_(std::move(responses)) {}

  Destination destination() const {
    return {.origin = {.secure = false, .host = "127.0.0.1", .port = server_.port()},
            .scope = {.service = "s3", .region = "us-east-1"}};
  }
  int calls() const { return calls_; }

 private:
  net::Response next() {
    ++calls_;
    if (responses_.empty()) return {.headers = {}, .body = "done"};
    net::Response response = std::move(responses_.front());
    responses_.pop_front();
    return response;
  }

  std::deque<net::Response> responses_;
  std::atomic<int> calls_{0};
  LocalServer server_{
      [this](const net::Request&, const net::Responder& responder) { responder.send(next()); }};
};

std::deque<net::Response> with_statuses(const std::vector<int>& statuses) {
  std::deque<net::Response> responses;
  for (const int status : statuses) responses.push_back({.status = status});
  return responses;
}

ServiceClient client(RetryPolicy policy = {.first_wait = Seconds{0.001}}) {
  return {std::make_shared<CredentialChain>(
              variables({{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}})),
          {.retry = policy, .connect_limit = Seconds{2}, .exchange_limit = Seconds{2}}};
}

TEST(ServiceClient, TriesAgainWhatPassesBy) {
  const Script script(with_statuses({503, 500, 429}));
  EXPECT_EQ(client().call(script.destination(), {}).body, "done");
  EXPECT_EQ(script.calls(), 4);
}

TEST(ServiceClient, GivesUpAfterTheLastAttempt) {
  const Script script(with_statuses({503, 503, 503, 503}));
  const RetryPolicy policy{.attempts = 3, .first_wait = Seconds{0.001}};
  EXPECT_THROW(client(policy).call(script.destination(), {}), ServiceError);
  EXPECT_EQ(script.calls(), 3);
}

TEST(ServiceClient, DoesNotTryAgainWhatIsRefused) {
  const Script script(with_statuses({403}));
  EXPECT_THROW(client().call(script.destination(), {}), ServiceError);
  EXPECT_EQ(script.calls(), 1);
}

TEST(ServiceClient, SeesAnErrorBehindStatus200OfAPost) {
  const net::Response late{.headers = {}, .body = "<Error><Code>InternalError</Code></Error>"};
  const Script script(std::deque{late});
  EXPECT_EQ(client().call(script.destination(), {.method = "POST"}).body, "done");
  const Script reading(std::deque{late});
  EXPECT_EQ(client().call(reading.destination(), {}).body, late.body) << "an object may say so too";
}

TEST(ServiceClient, SaysWhyAServiceCannotBeReached) {
  Destination nobody{.origin = {.secure = false, .host = "127.0.0.1", .port = 1},
                     .scope = {.service = "s3", .region = "us-east-1"}};
  try {
    client({.attempts = 2, .first_wait = Seconds{0.001}}).call(nobody, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "http://127.0.0.1:1: connection refused");
  }
}

TEST(ServiceClient, SendsAgainWhatAConnectionLost) {
  const net::RawListener listener;
  std::thread server([&listener] {
    // One that is closed at once, one in the middle of its body, one that is whole.
    listener.accept().read_until("\r\n\r\n");
    const auto broken = [&listener](std::string_view answer) {
      const auto connection = listener.accept();
      connection.read_until("body");
      connection.send(answer);
    };
    broken("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwh");
    broken("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell");
  });
  const Destination destination{
      .origin = {.secure = false, .host = "127.0.0.1", .port = listener.port()},
      .scope = {.service = "s3", .region = "us-east-1"}};
  const net::Request request{.method = "PUT", .target = "/x", .headers = {}, .body = "the body"};
  EXPECT_EQ(client().call(destination, request).body, "well");
  server.join();
}

TEST(ServiceClient, DoesNotWaitWhereThereAreNoCredentials) {
  const Script script(with_statuses({}));
  ServiceClient without(
      std::make_shared<CredentialChain>(variables({{"AWS_EC2_METADATA_DISABLED", "true"}})), {});
  EXPECT_THROW(without.call(script.destination(), {}), Error);
  EXPECT_EQ(script.calls(), 0);
}

Operation unsafe() {
  return {.action = "lambda:Invoke",
          .resource = "f",
          .request = {.method = "POST"},
          .repeat = Repeat::kUnsafe};
}

std::string message_of(const Script& script, const Operation& operation) {
  try {
    client().perform(script.destination(), operation);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ServiceClient, DoesNotRepeatWhatIsNotToHappenTwice) {
  const Script script(with_statuses({500}));
  EXPECT_EQ(
      message_of(script, unsafe()),
      "lambda:Invoke of f: status 500; it may have been carried out, so it was not sent again");
  EXPECT_EQ(script.calls(), 1);
}

TEST(ServiceClient, RepeatsThatWhereItWasRefusedForTooManyRequests) {
  const Script script(with_statuses({429, 429}));
  EXPECT_EQ(client().perform(script.destination(), unsafe()).body, "done");
  EXPECT_EQ(script.calls(), 3);
}

TEST(ServiceClient, DoesNotRepeatThatWhereTheAnswerWasLost) {
  const net::RawListener listener;
  std::thread server([&listener] { listener.accept().read_until("\r\n\r\n"); });
  const Destination destination{
      .origin = {.secure = false, .host = "127.0.0.1", .port = listener.port()},
      .scope = {.service = "lambda", .region = "us-east-1"}};
  EXPECT_THROW(client().perform(destination, unsafe()), Error);
  server.join();
}

TEST(ServiceClient, NamesThePermissionThatIsMissing) {
  const net::Response refused{
      .status = 403, .headers = {}, .body = R"({"__type":"AccessDeniedException","message":"no"})"};
  const Script script(std::deque{refused});
  EXPECT_EQ(message_of(script, unsafe()),
            "lambda:Invoke of f: status 403, AccessDeniedException: no; the credentials need the "
            "permission lambda:Invoke on f");
}

TEST(ServiceClient, FetchesCredentialsAnewWhereTheyHaveExpired) {
  const net::Response refused{
      .status = 400, .headers = {}, .body = R"({"__type":"ExpiredTokenException"})"};
  const Script script(std::deque{refused});
  int fetched = 0;
  ServiceClient with(std::make_shared<CredentialChain>([&fetched](Time) {
                       ++fetched;
                       return Credentials{.access_key_id = "id", .secret_access_key = "secret"};
                     }),
                     {});
  EXPECT_EQ(with.perform(script.destination(), unsafe()).body, "done");
  EXPECT_EQ(fetched, 2);
}

TEST(ServiceClient, WaitsNoLongerThanItMayWhereTheServiceAsksForMore) {
  net::Response busy{.status = 429};
  busy.headers.set("Retry-After", "30");
  const Script script(std::deque{busy});
  // 30 s exceed the total of 1 s, so there is no second attempt.
  const RetryPolicy policy{.first_wait = Seconds{0.001}, .total = Seconds{1}};
  EXPECT_THROW(client(policy).perform(script.destination(), Operation{}), ServiceError);
  EXPECT_EQ(script.calls(), 1);
}

TEST(ServiceClient, AnswersOfOthersThanS3MayHoldWhatLooksLikeAnError) {
  const Script script(std::deque{net::Response{.headers = {}, .body = "<Error>"}});
  Destination lambda = script.destination();
  lambda.scope.service = "lambda";
  EXPECT_EQ(client().perform(lambda, unsafe()).body, "<Error>");
}

}  // namespace
}  // namespace stepconf::aws
