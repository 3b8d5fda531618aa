#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/videoio.hpp>
#include <vector>

#include "examples/video/functions/detect.h"
#include "examples/video/functions/encode.h"
#include "examples/video/functions/extract.h"
#include "examples/video/functions/filter.h"
#include "examples/video/functions/upscale.h"
#include "examples/video/picture.h"
#include "stepconf/base/file.h"
#include "tests/temporary_folder.h"
#include "tests/video/psnr.h"

// What needs the example's clip, which is fetched (examples/video/fetch_clip.sh) and not part of
// the sources.
namespace video {
namespace {

using stepconf::tests::TemporaryFolder;

using stepconf::Json;

class Clip : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("STEPCONF_CLIP");
    path_ = given != nullptr ? given : VIDEO_ASSETS "/carphone_pristine.mp4";
    if (!std::filesystem::exists(path_)) {
      GTEST_SKIP() << path_ << " is absent: `examples/video/fetch_clip.sh " << path_
                   << "` fetches it, or STEPCONF_CLIP names it";
    }
  }

  std::vector<cv::Mat> frames() const {
    std::vector<cv::Mat> all;
    cv::VideoCapture clip(path_);
    for (cv::Mat frame; clip.read(frame);) all.push_back(frame.clone());
    return all;
  }

  std::string path_;
};

TEST_F(Clip, EnlargedFramesAreCloserToTheOriginalsThanBicubicOnes) {
  Upscaler upscaler(VIDEO_FOLDER "/espcn_x2.onnx");
  const auto all = frames();
  double network = 0;
  double cubic = 0;
  int count = 0;
  for (std::size_t i = 0; i < all.size(); i += 10, ++count) {
    network += luma_psnr(upscaler.enlarge(halved(all[i])), all[i]);
    cubic += luma_psnr(bicubic(halved(all[i])), all[i]);
  }
  std::printf("%d frames: bicubic %.2f dB, network %.2f dB\n", count, cubic / count,
              network / count);
  EXPECT_GT(network / count, cubic / count + 1);
}

TEST_F(Clip, FacesOverlapTheLabelsDrawnByHandAndThereIsNoOtherBox) {
  const std::string file = VIDEO_FOLDER "/labels.json";
  const Json labels = stepconf::parse_json(stepconf::read_file(file), file);
  Upscaler upscaler(VIDEO_FOLDER "/espcn_x2.onnx");
  FaceDetector detector(VIDEO_CASCADE);
  const auto all = frames();
  int found = 0;
  int others = 0;
  for (const Json& label : labels.at("frames")) {
    const Json& face = label.at("faces").at(0);
    const cv::Rect expected(face[0], face[1], face[2], face[3]);
    const auto index = label.at("index").get<std::size_t>();
    for (const auto& [box, score] : detector.find(upscaler.enlarge(all.at(index)))) {
      const double shared = overlap(box, expected);
      std::printf("frame %zu: overlap %.2f, score %d\n", index, shared, score);
      ++(shared >= 0.5 ? found : others);
    }
  }
  ASSERT_EQ(labels.at("frames").size(), 10u);
  EXPECT_GE(found, 9);
  EXPECT_EQ(others, 0);
}

TEST_F(Clip, TheFiveFunctionsTurnItIntoAVideo) {
  const TemporaryFolder folder;
  const Json extracted =
      extract({{"video", "file://" + path_}, {"frames", folder.url() + "/frames"}, {"limit", 6}});
  Upscaler upscaler(VIDEO_FOLDER "/espcn_x2.onnx");
  FaceDetector detector(VIDEO_CASCADE);
  Json detected = Json::array();
  Json filtered = Json::array();
  for (const Json& frame : extracted.at("frames")) {
    const Json large = upscaler.handle({{"frame", frame}, {"folder", folder.url() + "/upscaled"}});
    detected.push_back(detector.handle(large));
    filtered.push_back(filter(
        {{"frame", large.at("frame")}, {"folder", folder.url() + "/filtered"}, {"colour", "red"}}));
    // The red bow tie, and not the whole picture.
    EXPECT_GT(filtered.back().at("share").get<double>(), 0.003);
    EXPECT_LT(filtered.back().at("share").get<double>(), 0.03);
  }
  const Json result = encode({{"frames", detected},
                              {"filtered", filtered},
                              {"fps", extracted.at("fps")},
                              {"output", folder.url() + "/video.mp4"}});
  EXPECT_EQ(result.at("frames"), 6);
  EXPECT_EQ(result.at("faces"), 6);
  cv::VideoCapture clip((folder.path() / "video.mp4").string());
  int count = 0;
  for (cv::Mat frame; clip.read(frame); ++count) EXPECT_EQ(frame.size(), cv::Size(704, 288));
  EXPECT_EQ(count, 6);
}

}  // namespace
}  // namespace video
