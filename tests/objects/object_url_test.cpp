#include "stepconf/objects/object_url.h"

#include <gtest/gtest.h>

namespace stepconf::objects {
namespace {

TEST(Locate, DecodesThePathOfAFile) {
  EXPECT_EQ(std::get<std::filesystem::path>(locate("file:///a%20b/%c3%A9")), "/a b/\xc3\xa9");
}

TEST(Locate, KeepsTheKeyOfAnObjectAsItIs) {
  EXPECT_EQ(std::get<S3Object>(locate("s3://my.bucket-1/a%20b/../c?d#e//")),
            (S3Object{.bucket = "my.bucket-1", .key = "a%20b/../c?d#e//"}));
}

TEST(Locate, TakesNoOtherUrls) {
  for (const char* url : {"/tmp/x",
                          "http://host/x",
                          "file://host/x",
                          "file://x",
                          "file:///a/../b",
                          "file:///a/./b",
                          "file:///a//b",
                          "file:///a/%2e%2e/b",
                          "file:///a%2Fb",
                          "file:///a%00b",
                          "file:///a%2",
                          "file:///a%zz",
                          "file:///a?b",
                          "file:///a#b",
                          "file:///folder/",
                          "file:///",
                          "",
                          "s3://",
                          "s3://bucket",
                          "s3://bucket/",
                          "s3:///key",
                          "s3://UPPER/k",
                          "s3://ab/k",
                          "s3://a b/k",
                          "s3://evil.com:80/k",
                          "s3://user@bucket/k",
                          "s3://a..b/k",
                          "S3://bucket/k"}) {
    try {
      locate(url);
      ADD_FAILURE() << url << " was taken";
    } catch (const ObjectError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(std::string(url) + ": ")) << error.what();
      EXPECT_NE(error.reason().find("must"), std::string::npos) << error.reason();
    }
  }
}

TEST(Join, PutsOneSlashBetweenFolderAndName) {
  EXPECT_EQ(join("file:///a", "b.png"), "file:///a/b.png");
  EXPECT_EQ(join("s3://bucket/a/", "b.png"), "s3://bucket/a/b.png");
}

TEST(FileUrl, ComesBackAsThePathItWasMadeOf) {
  const std::filesystem::path path = "/tmp/a b%20#?\xc3\xa9+";
  EXPECT_EQ(std::get<std::filesystem::path>(locate(file_url(path))), path);
}

}  // namespace
}  // namespace stepconf::objects
