#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "examples/video/functions/detect.h"
#include "examples/video/functions/encode.h"
#include "examples/video/functions/extract.h"
#include "examples/video/functions/filter.h"
#include "examples/video/functions/upscale.h"
#include "examples/video/picture.h"
#include "examples/video/storage.h"
#include "tests/temporary_folder.h"
#include "tests/video/errors.h"
#include "tests/video/psnr.h"

namespace video {
namespace {

using stepconf::tests::TemporaryFolder;

using stepconf::Json;

const std::string kWeights = VIDEO_FOLDER "/espcn_x2.onnx";

// Edges at many angles, drawn at four times the size and shrunk, so that they are as soft as a
// camera's.
cv::Mat drawing() {
  cv::Mat large(800, 800, CV_8UC3, cv::Scalar(200, 190, 180));
  for (int i = 0; i < 12; ++i) {
    const double angle = i * CV_PI / 12;
    const cv::Point reach(cvRound(380 * std::cos(angle)), cvRound(380 * std::sin(angle)));
    cv::line(large, cv::Point(400, 400) - reach, cv::Point(400, 400) + reach,
             cv::Scalar(20 * i, 60, 250 - 20 * i), 18);
  }
  for (int radius = 60; radius < 400; radius += 70) {
    cv::circle(large, {400, 400}, radius, cv::Scalar(30, 30, 30), 14);
  }
  return halved(halved(large));
}

TEST(Upscale, IsCloserToTheOriginalThanBicubic) {
  const cv::Mat original = drawing();
  Upscaler upscaler(kWeights);
  const double network = luma_psnr(upscaler.enlarge(halved(original)), original);
  const double cubic = luma_psnr(bicubic(halved(original)), original);
  RecordProperty("network_db", std::to_string(network));
  EXPECT_GT(network, cubic + 1) << "bicubic has " << cubic << " dB";
}

TEST(Upscale, LeavesAnEvenPictureEvenUpToTheBorder) {
  const cv::Mat even(31, 45, CV_8UC3, cv::Scalar(90, 120, 150));
  const cv::Mat large = Upscaler(kWeights).enlarge(even);
  ASSERT_EQ(large.size(), cv::Size(90, 62));
  cv::Mat difference;
  cv::absdiff(large, cv::Mat(large.size(), CV_8UC3, cv::Scalar(90, 120, 150)), difference);
  EXPECT_LE(cv::norm(difference, cv::NORM_INF), 3);
}

TEST(Upscale, KeepsTheFramesNameInTheFolder) {
  const TemporaryFolder folder;
  write_picture(folder.url() + "/0007.png", cv::Mat(8, 10, CV_8UC3, cv::Scalar(1, 2, 3)));
  const Json result = Upscaler(kWeights).handle(
      {{"frame", folder.url() + "/0007.png"}, {"folder", folder.url() + "/up"}});
  EXPECT_EQ(result, Json({{"frame", folder.url() + "/up/0007.png"}}));
  EXPECT_EQ(read_picture(folder.url() + "/up/0007.png").size(), cv::Size(20, 16));
}

TEST(Upscale, NamesWeightsThatCannotBeLoaded) {
  EXPECT_THROW(Upscaler("/no/such/weights.onnx"), stepconf::InvalidInput);
}

TEST(Filter, KeepsTheColourAndTurnsTheRestGrey) {
  cv::Mat picture(100, 100, CV_8UC3, cv::Scalar(200, 60, 20));    // blue
  picture(cv::Rect(10, 20, 30, 40)) = cv::Scalar(20, 20, 200);    // red
  picture(cv::Rect(60, 20, 20, 20)) = cv::Scalar(140, 160, 200);  // skin: red of low saturation
  const Filtered red = keep_colour(picture, "red");
  EXPECT_NEAR(red.share, 30 * 40 / 1e4, 0.001);
  EXPECT_EQ(red.picture.at<cv::Vec3b>(40, 20), cv::Vec3b(20, 20, 200));
  for (const cv::Point place : {cv::Point(90, 90), cv::Point(70, 30)}) {
    const auto pixel = red.picture.at<cv::Vec3b>(place);
    EXPECT_TRUE(pixel[0] == pixel[1] && pixel[1] == pixel[2]) << pixel;
  }
  EXPECT_GT(keep_colour(picture, "blue").share, 0.8);
  EXPECT_EQ(keep_colour(picture, "green").share, 0);
}

TEST(Filter, FindsRedOnBothEndsOfTheHueCircle) {
  cv::Mat picture(40, 40, CV_8UC3, cv::Scalar(30, 0, 220));  // towards magenta
  picture(cv::Rect(0, 0, 40, 20)) = cv::Scalar(0, 30, 220);  // towards yellow
  EXPECT_GT(keep_colour(picture, "red").share, 0.99);
}

TEST(Filter, NamesTheColoursThatItKnows) {
  EXPECT_TRUE(mentions(error_of([] { keep_colour(cv::Mat(4, 4, CV_8UC3), "mauve"); }),
                       {"InvalidEvent", "mauve", "magenta"}));
}

TEST(Detect, FindsOneFaceUprightOrTilted) {
  FaceDetector detector(VIDEO_CASCADE);
  const cv::Mat portrait =
      Upscaler(kWeights).enlarge(read_picture("file://" VIDEO_TESTS "/astronaut.png"));
  // By eye: the face's skin from hairline to chin. Its centre is the picture's, so turning leaves
  // it there.
  const cv::Rect expected(106, 92, 114, 132);
  for (double degrees : {0.0, 20.0, -20.0}) {
    const cv::Mat turn = cv::getRotationMatrix2D({160, 160}, degrees, 1);
    cv::Mat picture;
    cv::warpAffine(portrait, picture, turn, portrait.size(), cv::INTER_LINEAR,
                   cv::BORDER_REPLICATE);
    const auto faces = detector.find(picture);
    ASSERT_EQ(faces.size(), 1u) << degrees;
    EXPECT_GE(overlap(faces[0].box, expected), 0.5) << degrees << " degrees: " << faces[0].box;
  }
}

TEST(Detect, FindsNoFaceInADrawing) {
  EXPECT_TRUE(FaceDetector(VIDEO_CASCADE).find(drawing()).empty());
}

TEST(Detect, NamesACascadeThatCannotBeLoaded) {
  EXPECT_THROW(FaceDetector("/no/such/cascade.xml"), stepconf::InvalidInput);
}

TEST(Detect, OverlapIsSharedOverCoveredArea) {
  // 5 x 10 shared of 10 x 10 + 10 x 10 - 5 x 10 covered.
  EXPECT_DOUBLE_EQ(overlap({0, 0, 10, 10}, {5, 0, 10, 10}), 50.0 / 150);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {20, 20, 10, 10}), 0);
}

// Frames that brighten from one to the next, with a box on each second one.
Json encode_event(const TemporaryFolder& folder, int count) {
  Json event = {{"frames", Json::array()},
                {"filtered", Json::array()},
                {"fps", 12.5},
                {"output", folder.url() + "/video.mp4"}};
  for (int i = 0; i < count; ++i) {
    const std::string url = folder.url() + "/" + std::to_string(i) + ".png";
    write_picture(url, cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(10 * i)));
    const Json boxes = i % 2 == 0 ? Json::array({{20, 10, 24, 24, 99}}) : Json::array();
    event["frames"].push_back({{"frame", url}, {"boxes", boxes}});
    event["filtered"].push_back({{"frame", url}, {"share", 0.5}});
  }
  return event;
}

TEST(Encode, WritesAVideoThatShowsFramesAndBoxesSideBySide) {
  const TemporaryFolder folder;
  const Json result = encode(encode_event(folder, 9));
  EXPECT_EQ(result.at("frames"), 9);
  EXPECT_EQ(result.at("faces"), 5);
  EXPECT_EQ(result.at("video"), folder.url() + "/video.mp4");

  cv::VideoCapture clip((folder.path() / "video.mp4").string());
  ASSERT_TRUE(clip.isOpened());
  EXPECT_NEAR(clip.get(cv::CAP_PROP_FPS), 12.5, 0.01);
  int count = 0;
  for (cv::Mat frame; clip.read(frame); ++count) {
    ASSERT_EQ(frame.size(), cv::Size(128, 48));
    EXPECT_NEAR(frame.at<cv::Vec3b>(40, 100)[0], 10 * count, 12) << "frame " << count;
    const auto corner = frame.at<cv::Vec3b>(10, 30);
    const bool yellow = corner[2] > corner[0] + 60;
    EXPECT_EQ(yellow, count % 2 == 0) << "frame " << count << ": " << corner;
  }
  EXPECT_EQ(count, 9);
}

TEST(Encode, RefusesFramesWithoutAPartner) {
  const TemporaryFolder folder;
  Json event = encode_event(folder, 3);
  event["filtered"].erase(2);
  EXPECT_TRUE(
      mentions(error_of([&] { encode(event); }), {"InvalidEvent", "3 frames and 2 filtered"}));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "video.mp4"));
}

TEST(Extract, PullsAsManyFramesAsWanted) {
  const TemporaryFolder folder;
  encode(encode_event(folder, 9));
  const Json all =
      extract({{"video", folder.url() + "/video.mp4"}, {"frames", folder.url() + "/all"}});
  EXPECT_EQ(all.at("frames").size(), 9u);
  EXPECT_NEAR(all.at("fps").get<double>(), 12.5, 0.01);
  const Json some = extract(
      {{"video", folder.url() + "/video.mp4"}, {"frames", folder.url() + "/some/"}, {"limit", 4}});
  ASSERT_EQ(some.at("frames").size(), 4u);
  EXPECT_EQ(some.at("frames")[3], folder.url() + "/some/0004.png");
  EXPECT_EQ(read_picture(some.at("frames")[3].get<std::string>()).size(), cv::Size(128, 48));
}

TEST(Extract, NamesWhatIsNoVideo) {
  const TemporaryFolder folder;
  write(folder.url() + "/notes.txt", "no video");
  EXPECT_TRUE(
      mentions(error_of([&] {
                 extract({{"video", folder.url() + "/notes.txt"}, {"frames", folder.url() + "/f"}});
               }),
               {"VideoError", "notes.txt"}));
}

TEST(Extract, NamesTheMemberThatIsMissingOrWrong) {
  EXPECT_TRUE(mentions(error_of([] { extract({{"frames", "file:///f"}}); }),
                       {"InvalidEvent: event: video is absent"}));
  EXPECT_TRUE(mentions(
      error_of([] { extract({{"video", "file:///v"}, {"frames", "file:///f"}, {"limit", -1}}); }),
      {"InvalidEvent: event: limit is -1, must be a positive number"}));
  EXPECT_TRUE(mentions(error_of([] { extract(7); }), {"", "the event is no object"}));
}

}  // namespace
}  // namespace video
