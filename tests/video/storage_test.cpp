#include "examples/video/storage.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "examples/video/picture.h"
#include "tests/temporary_folder.h"
#include "tests/video/errors.h"

namespace video {
namespace {

using stepconf::tests::TemporaryFolder;

TEST(Storage, ReadsWhatWasWrittenIntoAFolderThatDidNotExist) {
  const TemporaryFolder folder;
  const std::string url = folder.url() + "/a/b/bytes.bin";
  const std::string bytes("\0\x01\xff text", 8);
  write(url, bytes);
  EXPECT_EQ(read(url), bytes);
  write(url, "new");
  EXPECT_EQ(read(url), "new");
}

TEST(Storage, NamesTheUrlThatCannotBeRead) {
  EXPECT_TRUE(mentions(error_of([] { read("file:///no/such/file"); }),
                       {"", "file:///no/such/file", "No such file"}));
}

TEST(Storage, RefusesWhatNamesNoObject) {
  for (const char* url : {"/tmp/x", "file:///a/../b", "s3://bucket"}) {
    EXPECT_TRUE(mentions(error_of([&] { read(url); }), {"StorageError: ", url, "must"})) << url;
  }
}

TEST(Storage, JoinsFolderAndNameWithOneSlash) {
  EXPECT_EQ(join("file:///a", "b.png"), "file:///a/b.png");
  EXPECT_EQ(join("file:///a/", "b.png"), "file:///a/b.png");
  EXPECT_EQ(last_part("file:///a/b.png"), "b.png");
}

TEST(Storage, TakesTemporaryFilesAway) {
  std::filesystem::path path;
  {
    const TemporaryFile file(".mp4");
    path = file.path();
    EXPECT_TRUE(std::filesystem::exists(path));
    EXPECT_EQ(path.extension(), ".mp4");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Picture, ComesBackFromPngUnchanged) {
  cv::Mat picture(37, 53, CV_8UC3);
  cv::randu(picture, 0, 256);
  const cv::Mat back = decode_png(encode_png(picture, "x"), "x");
  ASSERT_EQ(back.size(), picture.size());
  EXPECT_EQ(cv::norm(back, picture, cv::NORM_INF), 0);
}

TEST(Picture, NamesWhatIsNoPng) {
  EXPECT_TRUE(mentions(error_of([] { decode_png("GIF89a", "file:///a.png"); }),
                       {"PictureError: file:///a.png: not a PNG picture"}));
  cv::Mat picture(40, 40, CV_8UC3);
  cv::randu(picture, 0, 256);
  const std::string png = encode_png(picture, "x");
  EXPECT_TRUE(
      mentions(error_of([&] { decode_png(png.substr(0, png.size() / 2), "file:///a.png"); }),
               {"PictureError: file:///a.png: cannot decode"}));
}

}  // namespace
}  // namespace video
