#include "examples/video/functions/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>
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

using stepconf::runtime::HandlerError;

constexpr double kUsualFps = 25;

// Draws the boxes into the picture and returns how many there are.
int draw(const Json& boxes, const std::string& url, cv::Mat& picture) {
  for (const Json& box : boxes) {
    if (!box.is_array() || box.size() < 4 ||
        !std::all_of(box.begin(), box.end(), [](const Json& n) { return n.is_number(); })) {
      throw HandlerError(
          "InvalidEvent",
          fmt::format("event: a box of {} is {}, must be [x, y, width, height]", url, box.dump()));
    }
    const cv::Rect rectangle(box[0].get<int>(), box[1].get<int>(), box[2].get<int>(),
                             box[3].get<int>());
    cv::rectangle(picture, rectangle, cv::Scalar(0, 255, 255), 2);
  }
  return static_cast<int>(boxes.size());
}

cv::VideoWriter open(const std::string& path, double fps, cv::Size size, std::string& codec) {
  const OneCpu one_cpu;
  cv::VideoWriter writer;
  for (const char* name : {"avc1", "mp4v"}) {
    const int fourcc = cv::VideoWriter::fourcc(name[0], name[1], name[2], name[3]);
    if (writer.open(path, cv::CAP_FFMPEG, fourcc, fps, size)) {
      codec = name;
      return writer;
    }
  }
  throw HandlerError("VideoError", "FFmpeg writes neither H.264 nor MPEG-4 video here");
}

std::string url_of(const Json& frame) {
  return frame.is_string() ? frame.get<std::string>() : text_member(frame, "frame");
}

}  // namespace

stepconf::Json encode(const stepconf::Json& event) {
  const Json& frames = array_member(event, "frames");
  const Json& filtered = array_member(event, "filtered");
  const std::string output = text_member(event, "output");
  const double fps = positive_member(event, "fps", kUsualFps);
  if (frames.empty() || frames.size() != filtered.size()) {
    throw HandlerError(
        "InvalidEvent",
        fmt::format("event: {} frames and {} filtered ones, must be as many of both, at least one",
                    frames.size(), filtered.size()));
  }

  const TemporaryFile file(".mp4");
  std::string codec;
  cv::VideoWriter writer;
  cv::Size size;
  int faces = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string url = text_member(frames[i], "frame");
    cv::Mat found = read_picture(url);
    faces += draw(array_member(frames[i], "boxes"), url, found);
    const cv::Mat beside = read_picture(url_of(filtered[i]));
    if (i == 0) {
      // H.264 with 4:2:0 chroma takes even sides only.
      size = {found.cols / 2 * 2, found.rows / 2 * 2};
      writer = open(file.path().string(), fps, {size.width * 2, size.height}, codec);
    }
    if (found.cols < size.width || found.rows < size.height || beside.size() != found.size()) {
      throw HandlerError("InvalidEvent",
                         url + ": the frames and the filtered frames differ in size");
    }
    const cv::Rect part({0, 0}, size);
    cv::Mat both;
    cv::hconcat(found(part), beside(part), both);
    writer.write(both);
  }
  writer.release();
  write(output, stepconf::read_file(file.path()));
  return {{"video", output}, {"frames", frames.size()}, {"faces", faces}, {"codec", codec}};
}

}  // namespace video
