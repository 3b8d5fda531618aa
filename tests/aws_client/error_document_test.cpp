#include "stepconf/aws/error_document.h"

#include <gtest/gtest.h>

namespace stepconf::aws {
namespace {

TEST(XmlText, GivesTheTextOfAnElement) {
  EXPECT_EQ(xml_text("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "Code"),
            "NoSuchKey");
  EXPECT_EQ(xml_text("<ETag>&quot;a&amp;lt;b&quot;</ETag>", "ETag"), "\"a&lt;b\"");
  EXPECT_EQ(xml_text("<Code></Code>", "Code"), "");
}

TEST(XmlText, TakesAnyBytes) {
  for (const char* text :
       {"", "<", "<Code>", "<Code>x", "<Code>x<", "<Code>x</", "<Code><a/></Code>",
        "<CodeX>1</CodeX>", "Code", "<Code>x</Codex>", "\xff\xfe<\x01>"}) {
    EXPECT_FALSE(xml_text(text, "Code")) << text;
  }
}

TEST(ServiceError, SaysWhatTheServiceSays) {
  const net::Response response{
      .status = 404,
      .headers = {},
      .body =
          "<Error><Code>NoSuchKey</Code><Message>The key &lt;x&gt; is not here.</Message></Error>"};
  const ServiceError error = service_error(response);
  EXPECT_EQ(error.status(), 404);
  EXPECT_EQ(error.code(), "NoSuchKey");
  EXPECT_STREQ(error.what(), "status 404, NoSuchKey: The key <x> is not here.");
  EXPECT_FALSE(passes_by(error));
}

TEST(ServiceError, NamesTheRegionOfABucketElsewhere) {
  net::Response response{.status = 301};
  response.headers.set("x-amz-bucket-region", "eu-west-1");
  EXPECT_STREQ(service_error(response).what(), "status 301 (the bucket is in eu-west-1)");
}

TEST(ServiceError, PassesByWhereTheServiceIsBusy) {
  const auto error = [](int status, const char* code) {
    return service_error(
        {.status = status, .headers = {}, .body = std::string("<Code>") + code + "</Code>"});
  };
  for (const int status : {429, 500, 502, 503, 504}) EXPECT_TRUE(passes_by(error(status, "")));
  EXPECT_TRUE(passes_by(error(400, "RequestTimeout")));
  EXPECT_TRUE(passes_by(error(200, "InternalError")));
  EXPECT_FALSE(passes_by(error(403, "AccessDenied")));
  EXPECT_FALSE(passes_by(error(400, "BadDigest")));
}

net::Response refusal(int status, std::string body, const char* type = nullptr) {
  net::Response response{.status = status, .headers = {}, .body = std::move(body)};
  if (type != nullptr) response.headers.set("x-amzn-ErrorType", type);
  return response;
}

TEST(ServiceError, ReadsTheJsonOfAllServices) {
  const auto code = [](const net::Response& response) { return service_error(response).code(); };
  EXPECT_EQ(code(refusal(400, R"({"__type":"com.amazonaws.dynamodb.v20120810#LimitExceeded"})")),
            "LimitExceeded");
  EXPECT_EQ(code(refusal(404, R"({"Type":"User","Message":"Function not found: f"})",
                         "ResourceNotFoundException:http://internal.amazon.com/x/")),
            "ResourceNotFoundException");
  EXPECT_EQ(code(refusal(400, R"({"code":"Old"})")), "Old");
  EXPECT_STREQ(
      service_error(refusal(404, R"({"Message":"Function not found: f"})", "NotFound")).what(),
      "status 404, NotFound: Function not found: f");
  EXPECT_STREQ(service_error(refusal(400, R"({"__type":7,"message":[]})")).what(), "status 400");
  EXPECT_STREQ(service_error(refusal(502, "{")).what(), "status 502");
}

TEST(ServiceError, TellsWhatKindItIs) {
  const auto error = [](int status, const char* code) {
    return service_error(refusal(status, "{}", code));
  };
  EXPECT_TRUE(throttled(error(400, "ThrottlingException")));
  EXPECT_TRUE(throttled(error(429, "")));
  EXPECT_TRUE(throttled(error(400, "ProvisionedThroughputExceededException")));
  EXPECT_FALSE(throttled(error(503, "ServiceUnavailable")));
  EXPECT_FALSE(passes_by(error(400, "LimitExceededException"))) << "a quota";
  EXPECT_TRUE(denied(error(400, "AccessDeniedException")));
  EXPECT_FALSE(denied(error(403, "SignatureDoesNotMatch")));
  EXPECT_TRUE(expired(error(400, "ExpiredTokenException")));
}

TEST(RetryAfter, IsInSecondsAndNotForEver) {
  const auto of = [](const char* value) {
    net::Response response;
    response.headers.set("Retry-After", value);
    return retry_after(response).count();
  };
  EXPECT_EQ(of("2"), 2);
  EXPECT_EQ(of("1000000"), 60);
  for (const char* odd : {"", "-1", "nan", "soon", "Fri, 31 Dec 1999 23:59:59 GMT", "inf "}) {
    EXPECT_EQ(of(odd), 0) << odd;
  }
}

}  // namespace
}  // namespace stepconf::aws
