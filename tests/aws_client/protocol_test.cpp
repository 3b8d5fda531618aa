#include "stepconf/aws/protocol.h"

#include <gtest/gtest.h>

#include "stepconf/aws/service.h"
#include "stepconf/base/error.h"
#include "tests/aws_client/variables.h"

namespace stepconf::aws {
namespace {

TEST(Protocol, AwsJsonNamesTheOperationInAHeader) {
  const net::Request request =
      json_request("AWSStepFunctions.StopExecution", "1.0", {{"executionArn", "a"}});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.headers.get("x-amz-target"), "AWSStepFunctions.StopExecution");
  EXPECT_EQ(request.headers.get("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(request.body, R"({"executionArn":"a"})");
}

TEST(Protocol, RestJsonHasPathQueryAndBody) {
  const std::string path = "/functions/" + path_segment("arn:aws:lambda:a/b");
  const net::Request request =
      rest_request("PUT", path, {{"Qualifier", "a b&c"}, {"Marker", "1"}}, {{"x", 1}});
  EXPECT_EQ(request.target, "/functions/arn%3Aaws%3Alambda%3Aa%2Fb?Marker=1&Qualifier=a%20b%26c");
  EXPECT_EQ(request.body, R"({"x":1})");
  EXPECT_EQ(rest_request("GET", "/x").body, "");
  EXPECT_FALSE(rest_request("GET", "/x").headers.get("content-type"));
}

TEST(Protocol, QueryIsAForm) {
  const net::Request request =
      query_request("CreateStack", "2010-05-15", {{"Tags.member.1.Key", "a=b&c"}});
  EXPECT_EQ(request.body, "Action=CreateStack&Tags.member.1.Key=a%3Db%26c&Version=2010-05-15");
}

TEST(Protocol, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(json_request("t", "1.1", {{"a", "\xff"}}).body, "{\"a\":\"\xEF\xBF\xBD\"}");
}

TEST(Protocol, AnAnswerIsAnObjectOrNothing) {
  EXPECT_EQ(json_answer({.headers = {}, .body = ""}, "x:Y"), Json::object());
  for (const char* body : {"[]", "{", "1", "\xff"}) {
    EXPECT_THROW(json_answer({.headers = {}, .body = body}, "x:Y"), Error) << body;
  }
}

// As botocore resolves them (tests/aws/test_credentials.py asks it too).
TEST(Service, HasAHostInEachPartition) {
  const auto host = [](const Service& service, const char* region) {
    return public_destination(service, region).origin.text();
  };
  EXPECT_EQ(host(kLambda, "eu-west-1"), "https://lambda.eu-west-1.amazonaws.com:443");
  EXPECT_EQ(host(kStepFunctions, "cn-north-1"), "https://states.cn-north-1.amazonaws.com.cn:443");
  EXPECT_EQ(host(kIam, "eu-west-1"), "https://iam.amazonaws.com:443");
  EXPECT_EQ(host(kIam, "cn-northwest-1"), "https://iam.cn-north-1.amazonaws.com.cn:443");
  EXPECT_EQ(host(kIam, "us-gov-east-1"), "https://iam.us-gov.amazonaws.com:443");
  EXPECT_EQ(public_destination(kIam, "us-gov-east-1").scope.region, "us-gov-west-1");
  EXPECT_EQ(public_destination(kIam, "eu-west-1").scope.region, "us-east-1");
}

TEST(Service, AnEndpointOfItsOwnNeedsNoRegion) {
  const Destination found =
      destination(kStepFunctions, variables({{"AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:1"}}));
  EXPECT_EQ(found.origin.port, 1);
  EXPECT_EQ(found.scope.region, "us-east-1");
  EXPECT_EQ(found.scope.service, "states");
  EXPECT_THROW(destination(kLambda, variables({})), InvalidInput);
}

}  // namespace
}  // namespace stepconf::aws
