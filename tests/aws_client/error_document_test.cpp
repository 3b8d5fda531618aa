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

}  // namespace
}  // namespace stepconf::aws
