#include "stepconf/objects/s3_requests.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/objects/crc32.h"
#include "tests/aws_client/variables.h"

namespace stepconf::objects {
namespace {

TEST(Crc32, IsThatOfZip) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);  // the catalogue's check value
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
  EXPECT_EQ(crc32_header(0xcbf43926u), "y/Q5Jg==");
}

S3Address at_aws(const std::string& bucket, const std::string& region) {
  return s3_address({.bucket = bucket, .key = "a b/c"}, {.region = region, .endpoint = {}});
}

TEST(S3Address, IsAHostOfTheBucketsOwnAtAws) {
  EXPECT_EQ(at_aws("films", "eu-west-1").origin.text(),
            "https://films.s3.eu-west-1.amazonaws.com:443");
  EXPECT_EQ(at_aws("films", "eu-west-1").path, "/a%20b/c");
  EXPECT_EQ(at_aws("films", "cn-north-1").origin.host, "films.s3.cn-north-1.amazonaws.com.cn");
}

TEST(S3Address, HasABucketWithDotsInThePath) {
  EXPECT_EQ(at_aws("my.films", "us-east-1").origin.host, "s3.us-east-1.amazonaws.com");
  EXPECT_EQ(at_aws("my.films", "us-east-1").path, "/my.films/a%20b/c");
}

TEST(S3Address, HasTheBucketInThePathElsewhere) {
  const auto settings =
      s3_settings(aws::variables({{"AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000"}}));
  const S3Address address = s3_address({.bucket = "films", .key = "k"}, settings);
  EXPECT_EQ(address.origin.text(), "http://127.0.0.1:9000");
  EXPECT_EQ(address.path, "/films/k");
  EXPECT_EQ(settings.region, "us-east-1");
}

TEST(ContentRange, IsReadOrAbsent) {
  const auto read = [](const char* text) {
    net::Response response;
    response.headers.set("Content-Range", text);
    return content_range(response);
  };
  const auto range = read("bytes 5-9/20");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 5u);
  EXPECT_EQ(range->end, 10u);
  EXPECT_EQ(range->total, 20u);
  for (const char* text :
       {"", "bytes", "bytes 5-9/*", "bytes 9-5/20", "bytes 5-20/20", "bytes -1-2/3", "bytes 0-1/2x",
        "bytes */0", "bytes 0-99999999999999999999/3"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_FALSE(content_range({}));
}

}  // namespace
}  // namespace stepconf::objects
