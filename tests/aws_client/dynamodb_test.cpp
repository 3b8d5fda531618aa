#include "stepconf/aws/dynamodb.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

#include "tests/aws_client/local_server.h"
#include "tests/aws_client/variables.h"

namespace stepconf::aws {
namespace {

net::Response error(int status, const std::string& type, const std::string& more = "") {
  return {.status = status,
          .headers = {},
          .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type + "\"" + more + "}"};
}

/// Answers with the responses given, one after another, and then not at all; keeps the requests.
class Table {
 public:
  explicit Table(std::deque<net::Response> responses) : responses_(std::move(responses)) {}

  DynamoDb client() const {
    return {std::make_shared<CredentialChain>(
                variables({{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}})),
            {{false, "127.0.0.1", server_.port()}, {"dynamodb", "us-east-1"}}};
  }
  std::vector<net::Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void take(net::Request request, const net::Responder& responder) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    if (responses_.empty()) {
      unanswered_.push_back(responder);
      return;
    }
    responder.send(std::move(responses_.front()));
    responses_.pop_front();
  }

  std::mutex mutex_;
  std::deque<net::Response> responses_;
  std::vector<net::Request> requests_;
  std::vector<net::Responder> unanswered_;
  LocalServer server_{[this](net::Request request, const net::Responder& responder) {
    take(std::move(request), responder);
  }};
};

DynamoDb::Deadline soon(int milliseconds = 5000) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
}

const Json kKey{{"execution", {{"S", "one"}}}};
const DynamoDb::Update kNew{.update = "ADD version :one",
                            .condition = "attribute_not_exists(execution)",
                            .values = {{":one", {{"N", "1"}}}}};

TEST(DynamoDb, ReadsAnItemConsistently) {
  Table table({{.headers = {}, .body = R"({"Item":{"version":{"N":"3"}}})"},
               {.headers = {}, .body = "{}"}});
  DynamoDb client = table.client();
  EXPECT_EQ(client.get_item("T", kKey, soon()), Json({{"version", {{"N", "3"}}}}));
  EXPECT_FALSE(client.get_item("T", kKey, soon()));
  const net::Request request = table.requests().front();
  EXPECT_EQ(request.headers.get("X-Amz-Target"), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(Json::parse(request.body),
            Json({{"TableName", "T"}, {"Key", kKey}, {"ConsistentRead", true}}));
}

TEST(DynamoDb, GivesTheItemThatDidNotMeetTheCondition) {
  Table table({error(400, "ConditionalCheckFailedException", R"(,"Item":{"version":{"N":"4"}})"),
               error(400, "ConditionalCheckFailedException")});
  DynamoDb client = table.client();
  const DynamoDb::Updated updated = client.update_item("T", kKey, kNew, soon());
  EXPECT_FALSE(updated.done);
  EXPECT_EQ(updated.there, Json({{"version", {{"N", "4"}}}}));
  EXPECT_FALSE(client.update_item("T", kKey, kNew, soon()).there);
}

TEST(DynamoDb, TriesAgainWhereItIsThrottled) {
  Table table({error(400, "ProvisionedThroughputExceededException"),
               error(500, "InternalServerError"),
               {.headers = {}, .body = "{}"}});
  EXPECT_TRUE(table.client().update_item("T", kKey, kNew, soon()).done);
  EXPECT_EQ(table.requests().size(), 3U);
  EXPECT_EQ(Json::parse(table.requests().front().body),
            Json({{"TableName", "T"},
                  {"Key", kKey},
                  {"UpdateExpression", "ADD version :one"},
                  {"ConditionExpression", "attribute_not_exists(execution)"},
                  {"ReturnValuesOnConditionCheckFailure", "ALL_OLD"},
                  {"ExpressionAttributeValues", kNew.values}}));
}

TEST(DynamoDb, NamesActionAndReasonOfARefusal) {
  Table table({error(400, "AccessDeniedException", R"(,"Message":"not authorized on table/T")")});
  try {
    table.client().get_item("T", kKey, soon());
    FAIL();
  } catch (const ServiceError& refused) {
    EXPECT_STREQ(refused.what(),
                 "dynamodb:GetItem: status 400, AccessDeniedException: not authorized on table/T");
  }
  EXPECT_EQ(table.requests().size(), 1U);
}

TEST(DynamoDb, GivesUpInTimeOnATableThatDoesNotAnswer) {
  Table table({});
  EXPECT_THROW(table.client().get_item("T", kKey, soon(100)), Error);
  // The first attempt took half of the time, so that there was another.
  EXPECT_GE(table.requests().size(), 2U);
}

TEST(DynamoDb, SurvivesAnswersThatAreNone) {
  Table table({{.status = 400, .headers = {}, .body = "<html>"}, {.headers = {}, .body = "[["}});
  EXPECT_THROW(table.client().get_item("T", kKey, soon()), ServiceError);
  EXPECT_THROW(table.client().get_item("T", kKey, soon()), InvalidInput);
}

TEST(DynamoDb, IsReachedWhereTheEnvironmentSays) {
  EXPECT_EQ(dynamodb(variables({{"AWS_REGION", "eu-west-1"}})).origin.text(),
            "https://dynamodb.eu-west-1.amazonaws.com:443");
  EXPECT_EQ(dynamodb(variables({{"AWS_REGION", "cn-north-1"}})).origin.host,
            "dynamodb.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(dynamodb(variables({{"AWS_REGION", "eu-west-1"},
                                {"AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000"}}))
                .origin.port,
            8000);
}

}  // namespace
}  // namespace stepconf::aws
