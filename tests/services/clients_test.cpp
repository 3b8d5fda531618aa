// What the clients send, and what they make of answers written by hand. Whole operations are held
// against software that others wrote, in tests/aws.
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <vector>

#include "stepconf/services/cloudformation.h"
#include "stepconf/services/dynamodb.h"
#include "stepconf/services/lambda.h"
#include "stepconf/services/logs.h"
#include "stepconf/services/step_functions.h"
#include "stepconf/services/sts.h"
#include "tests/aws_client/local_server.h"
#include "tests/aws_client/variables.h"

namespace stepconf::services {
namespace {

/// A service that answers with the responses given, one after another, and remembers the requests.
class Scripted {
 public:
  explicit Scripted(std::deque<net::Response> responses) : responses_(std::move(responses)) {}

  Session session() const {
    return open_session(aws::variables({{"AWS_ENDPOINT_URL", server_.url()},
                                        {"AWS_ACCESS_KEY_ID", "id"},
                                        {"AWS_SECRET_ACCESS_KEY", "secret"}}),
                        {.retry = {.attempts = 3, .first_wait = Seconds{0.001}}});
  }
  std::vector<net::Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void answer(const net::Request& request, const net::Responder& responder) {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
    if (responses_.empty()) return responder.send({.status = 500});
    responder.send(std::move(responses_.front()));
    responses_.pop_front();
  }

  mutable std::mutex mutex_;
  std::deque<net::Response> responses_;
  std::vector<net::Request> requests_;
  LocalServer server_{[this](const net::Request& request, const net::Responder& responder) {
    answer(request, responder);
  }};
};

net::Response body(std::string text, int status = 200) {
  return {.status = status, .headers = {}, .body = std::move(text)};
}

net::Response refusal(int status, const char* code) {
  return body(std::string(R"({"__type":")") + code + R"("})", status);
}

TEST(Lambda, EncodesAnArnInThePath) {
  const Scripted service({body(R"({"FunctionName":"f","MemorySize":512,"State":"Pending"})")});
  const auto found =
      Lambda(service.session()).find_configuration("arn:aws:lambda:r:1:function:f", "a");
  EXPECT_EQ(found->memory_mb, 512);
  EXPECT_FALSE(found->settled());
  EXPECT_EQ(service.requests().at(0).target,
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Af/"
            "configuration?Qualifier=a");
}

TEST(Lambda, FindsNothingWhereThereIsNothing) {
  const Scripted service({refusal(404, "ResourceNotFoundException")});
  EXPECT_FALSE(Lambda(service.session()).find_configuration("f"));
}

TEST(Lambda, FollowsPages) {
  const Scripted service({body(R"({"Versions":[{"Version":"$LATEST"}],"NextMarker":"m n"})"),
                          body(R"({"Versions":[{"Version":"1"}],"NextMarker":null})")});
  EXPECT_EQ(Lambda(service.session()).versions("f").size(), 2U);
  EXPECT_EQ(service.requests().at(1).target, "/2015-03-31/functions/f/versions?Marker=m%20n");
}

TEST(Lambda, GivesTheErrorAndTheLogOfAFunction) {
  net::Response answer = body(R"({"errorMessage":"no"})");
  answer.headers.set("X-Amz-Function-Error", "Unhandled");
  answer.headers.set("X-Amz-Log-Result", "UkVQT1JU");  // REPORT
  const Scripted service({answer});
  const LambdaInvocation done = Lambda(service.session()).invoke("f", "{}", "a", true);
  EXPECT_EQ(done.function_error, "Unhandled");
  EXPECT_EQ(done.log_tail, "REPORT");
  EXPECT_EQ(service.requests().at(0).headers.get("x-amz-log-type"), "Tail");
}

TEST(Lambda, KnowsTheAccountsLimits) {
  const Scripted service(
      {body(R"({"AccountLimit":{"ConcurrentExecutions":1000,"TotalCodeSize":80530636800,)"
            R"("UnreservedConcurrentExecutions":900},"AccountUsage":{}})")});
  const LambdaAccount account = Lambda(service.session()).account();
  EXPECT_EQ(account.concurrent_executions, 1000);
  EXPECT_EQ(account.unreserved_concurrent_executions, 900);
  EXPECT_EQ(account.total_code_bytes, 80530636800);
  EXPECT_EQ(service.requests().at(0).target, "/2016-08-19/account-settings");
}

TEST(Lambda, IsInvokedOnceWhateverTheAnswer) {
  const Scripted service({body("", 500)});
  EXPECT_THROW(Lambda(service.session()).invoke("f", "{}"), aws::ServiceError);
  EXPECT_EQ(service.requests().size(), 1U);
}

TEST(Lambda, RemovingWhatIsGoneIsNoError) {
  // The answer to the first attempt is lost behind a 502.
  const Scripted service({body("", 502), refusal(404, "ResourceNotFoundException")});
  EXPECT_FALSE(Lambda(service.session()).remove_function("f"));
}

TEST(StepFunctions, StartsAgainOnlyWithAName) {
  const Scripted named({body("", 500), body(R"({"executionArn":"e"})")});
  EXPECT_EQ(StepFunctions(named.session()).start("m", "{}", "n"), "e");
  const Scripted nameless({body("", 500)});
  EXPECT_THROW(StepFunctions(nameless.session()).start("m", "{}"), Error);
  EXPECT_EQ(nameless.requests().size(), 1U);
}

TEST(StepFunctions, ReadsAHistory) {
  const Scripted service(
      {body(R"({"events":[{"id":2,"previousEventId":1,"timestamp":1.5,"type":"PassStateEntered",)"
            R"("stateEnteredEventDetails":{"name":"A"}}]})")});
  const auto events = StepFunctions(service.session()).history("e");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].previous_id, 1);
  EXPECT_EQ(events[0].time, 1.5);
  EXPECT_EQ(events[0].details.at("name"), "A");
}

TEST(DynamoDb, GivesTheItemThatAConditionMet) {
  const Scripted service({body(
      R"({"__type":"c#ConditionalCheckFailedException","Item":{"version":{"N":"2"}}})", 400)});
  const Written written =
      DynamoDb(service.session())
          .put_item(
              "t", {{"id", {{"S", "a"}}}},
              {.text = "#v = :v", .names = {{"#v", "version"}}, .values = {{":v", {{"N", "1"}}}}});
  EXPECT_FALSE(written.done);
  EXPECT_EQ(written.there->at("version").at("N"), "2");
  const Json sent = Json::parse(service.requests().at(0).body);
  EXPECT_EQ(sent.at("ExpressionAttributeNames").at("#v"), "version");
}

TEST(DynamoDb, RepeatsAWriteWithoutConditionOnly) {
  const Scripted plain({body("", 500), body("{}")});
  EXPECT_TRUE(DynamoDb(plain.session()).put_item("t", Json::object()).done);
  const Scripted conditional({body("", 500)});
  EXPECT_THROW(DynamoDb(conditional.session()).put_item("t", Json::object(), {.text = "x"}), Error);
  const Scripted throttled({refusal(400, "ProvisionedThroughputExceededException"), body("{}")});
  EXPECT_TRUE(DynamoDb(throttled.session()).put_item("t", Json::object(), {.text = "x"}).done);
}

TEST(CloudFormation, SendsTheSameTokenAgain) {
  const Scripted service(
      {body("", 503), body("<R><CreateStackResult><StackId>s</StackId></CreateStackResult></R>")});
  EXPECT_EQ(CloudFormation(service.session()).create_stack({.name = "n"}), "s");
  const auto requests = service.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].body.find("ClientRequestToken=stepconf-"), std::string::npos);
  EXPECT_EQ(requests[0].body, requests[1].body);
}

TEST(CloudFormation, KnowsWhatItCallsErrorsAndIsNone) {
  const auto error = [](const char* message) {
    return body(std::string("<ErrorResponse><Error><Code>ValidationError</Code><Message>") +
                    message + "</Message></Error></ErrorResponse>",
                400);
  };
  const Scripted same({error("No updates are to be performed.")});
  EXPECT_FALSE(CloudFormation(same.session()).update_stack({.name = "n"}));
  const Scripted missing({error("Stack with id n does not exist")});
  EXPECT_FALSE(CloudFormation(missing.session()).find_stack("n"));
  const Scripted wrong({error("Template format error")});
  EXPECT_THROW(CloudFormation(wrong.session()).find_stack("n"), aws::ServiceError);
}

TEST(Logs, GoOnAfterAnEmptyPage) {
  const Scripted service({body(R"({"events":[],"nextToken":"t"})"),
                          body(R"({"events":[{"timestamp":7,"message":"m"}]})")});
  const auto events = Logs(service.session()).events("g", {.from_ms = 5});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].time_ms, 7);
}

TEST(Sts, SignsNoWebIdentity) {
  const Scripted service(
      {body("<R><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>k</AccessKeyId>"
            "<SecretAccessKey>s</SecretAccessKey><Expiration>2026-01-01T00:00:00Z</Expiration>"
            "</Credentials></AssumeRoleWithWebIdentityResult></R>")});
  const RoleSession session =
      Sts(service.session()).assume_role_with_web_identity("arn", "name", "token");
  EXPECT_EQ(session.credentials.access_key_id, "k");
  EXPECT_EQ(std::chrono::system_clock::to_time_t(*session.credentials.expires), 1767225600);
  EXPECT_FALSE(service.requests().at(0).headers.get("authorization"));
}

TEST(Clients, NameActionAndResourceOfAMissingPermission) {
  const Scripted service({refusal(400, "AccessDeniedException")});
  try {
    StepFunctions(service.session()).find_machine("arn:m");
    FAIL();
  } catch (const aws::ServiceError& error) {
    EXPECT_STREQ(error.what(),
                 "states:DescribeStateMachine of arn:m: status 400, AccessDeniedException; the "
                 "credentials need the permission states:DescribeStateMachine on arn:m");
  }
}

TEST(Clients, SurviveAnswersThatAreNotWhatTheyShouldBe) {
  for (const char* odd : {"[]", "null", "{", "\xff", "<a>", "7"}) {
    const Scripted service({body(odd), body(odd), body(odd)});
    EXPECT_THROW(Lambda(service.session()).functions(), Error) << odd;
    EXPECT_THROW(CloudFormation(service.session()).events("s"), Error) << odd;
  }
  const Scripted wrong_types({body(
      R"({"Functions":[7,{"FunctionName":[],"MemorySize":"x","Layers":{}}],"NextMarker":7})")});
  EXPECT_EQ(Lambda(wrong_types.session()).functions().size(), 1U);
}

}  // namespace
}  // namespace stepconf::services
