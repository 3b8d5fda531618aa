#include "examples/video/functions/extract.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <opencv2/videoio.hpp>
#include <string>

#include "examples/video/event.h"
#include "examples/video/functions/one_cpu.h"
#include "examples/video/picture.h"
#include "examples/video/storage.h"
#include "stepconf/base/file.h"
#include "stepconf/runtime/serve.h"

namespace video {
namespace {

constexpr double kUsualFps = 25;

cv::VideoCapture open(const std::string& path) {
  const OneCpu one_cpu;
  return cv::VideoCapture(path, cv::CAP_FFMPEG);
}

}  // namespace

stepconf::Json extract(const stepconf::Json& event) {
  const std::string url = text_member(event, "video");
  const std::string folder = text_member(event, "frames");
  const double limit = positive_member(event, "limit", std::numeric_limits<double>::infinity());

  const TemporaryFile copy(".video");
  stepconf::write_file(copy.path(), read(url));
  cv::VideoCapture clip = open(copy.path().string());
  if (!clip.isOpened()) {
    throw stepconf::runtime::HandlerError("VideoError",
                                          url + ": FFmpeg cannot read this as a video");
  }
  const double fps = clip.get(cv::CAP_PROP_FPS);

  Json frames = Json::array();
  cv::Mat frame;
  while (static_cast<double>(frames.size()) < limit && clip.read(frame)) {
    const std::string name = join(folder, fmt::format("{:04}.png", frames.size() + 1));
    write_picture(name, frame);
    frames.push_back(name);
  }
  if (frames.empty()) {
    throw stepconf::runtime::HandlerError("VideoError", url + ": the video has no frame");
  }
  return {{"frames", std::move(frames)},
          {"fps", std::isfinite(fps) && fps > 0 ? fps : kUsualFps},
          {"width", frame.cols},
          {"height", frame.rows}};
}

}  // namespace video
