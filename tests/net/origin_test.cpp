#include "stepconf/net/origin.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::net {
namespace {

TEST(ParseUrl, SplitsAnUrlIntoOriginAndTarget) {
  const Url url = parse_url("http://127.0.0.1:4566/path?x=1", "AWS_ENDPOINT_URL");
  EXPECT_EQ(url.origin, (Origin{.secure = false, .host = "127.0.0.1", .port = 4566}));
  EXPECT_EQ(url.target, "/path?x=1");
}

TEST(ParseUrl, TakesTheSchemesOwnPortWhereNoneIsGiven) {
  EXPECT_EQ(parse_url("https://example.com", "x").origin.port, 443);
  EXPECT_EQ(parse_url("http://example.com?a", "x").origin.port, 80);
  EXPECT_EQ(parse_url("http://example.com?a", "x").target, "/?a");
  EXPECT_EQ(parse_url("https://example.com", "x").target, "/");
}

TEST(ParseUrl, KnowsAddressesOfIp6) {
  const Url url = parse_url("http://[fd00:ec2::23]:81/v1", "x");
  EXPECT_EQ(url.origin.host, "fd00:ec2::23");
  EXPECT_EQ(url.origin.port, 81);
  EXPECT_EQ(url.origin.authority(), "[fd00:ec2::23]:81");
}

TEST(ParseUrl, NamesWhatIsWrongAndWhere) {
  for (const char* text :
       {"", "ftp://host", "http://", "http://:80", "http://host:", "http://host:0",
        "http://host:65536", "http://host:8x", "http://user@host", "http://ho st",
        "http://host/a#b", "http://host\r\n", "http://[::1", "http://[::1]80"}) {
    try {
      parse_url(text, "AWS_ENDPOINT_URL");
      ADD_FAILURE() << text << " was taken";
    } catch (const InvalidInput& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with("AWS_ENDPOINT_URL is \"")) << error.what();
    }
  }
}

TEST(Origin, LeavesTheSchemesOwnPortOutOfItsAuthority) {
  EXPECT_EQ((Origin{.secure = true, .host = "a.b", .port = 443}.authority()), "a.b");
  EXPECT_EQ((Origin{.secure = true, .host = "a.b", .port = 80}.authority()), "a.b:80");
  EXPECT_EQ((Origin{.secure = true, .host = "a.b", .port = 443}.text()), "https://a.b:443");
}

}  // namespace
}  // namespace stepconf::net
