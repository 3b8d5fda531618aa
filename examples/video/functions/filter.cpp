#include "examples/video/functions/filter.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string_view>

#include "examples/video/event.h"
#include "examples/video/picture.h"
#include "examples/video/storage.h"
#include "stepconf/runtime/serve.h"

namespace video {
namespace {

struct Hue {
  std::string_view name;
  int degrees;
};

constexpr std::array<Hue, 6> kHues{
    {{"red", 0}, {"yellow", 60}, {"green", 120}, {"cyan", 180}, {"blue", 240}, {"magenta", 300}}};
// Skin is red of low saturation, shadow is any hue of low value: both are not what is meant by a
// red thing.
constexpr int kHueReachDegrees = 20;
constexpr int kMinSaturation = 140;
constexpr int kMinValue = 50;
constexpr int kSpeck = 3;

int hue_of(const std::string& colour) {
  for (const Hue& hue : kHues) {
    if (hue.name == colour) return hue.degrees;
  }
  throw stepconf::runtime::HandlerError(
      "InvalidEvent",
      fmt::format("event: colour is \"{}\", must be red, yellow, green, cyan, blue or magenta",
                  colour));
}

// OpenCV keeps hue in steps of two degrees, 0 to 179. A range over the end of the circle is two
// ranges.
cv::Mat mask_of(const cv::Mat& hsv, int degrees) {
  const int low = (degrees - kHueReachDegrees) / 2;
  const int high = (degrees + kHueReachDegrees) / 2;
  cv::Mat mask;
  cv::inRange(hsv, cv::Scalar(std::max(low, 0), kMinSaturation, kMinValue),
              cv::Scalar(std::min(high, 179), 255, 255), mask);
  if (low < 0) {
    cv::Mat rest;
    cv::inRange(hsv, cv::Scalar(180 + low, kMinSaturation, kMinValue), cv::Scalar(179, 255, 255),
                rest);
    mask |= rest;
  }
  return mask;
}

}  // namespace

Filtered keep_colour(const cv::Mat& picture, const std::string& colour) {
  const int degrees = hue_of(colour);
  cv::Mat hsv;
  cv::cvtColor(picture, hsv, cv::COLOR_BGR2HSV);
  cv::Mat mask = mask_of(hsv, degrees);
  const cv::Mat speck = cv::getStructuringElement(cv::MORPH_ELLIPSE, {kSpeck, kSpeck});
  cv::morphologyEx(mask, mask, cv::MORPH_OPEN, speck);
  cv::morphologyEx(mask, mask, cv::MORPH_CLOSE, speck);

  Filtered filtered;
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, filtered.picture, cv::COLOR_GRAY2BGR);
  picture.copyTo(filtered.picture, mask);
  filtered.share = static_cast<double>(cv::countNonZero(mask)) / static_cast<double>(mask.total());
  return filtered;
}

stepconf::Json filter(const stepconf::Json& event) {
  const std::string url = text_member(event, "frame");
  const std::string target = join(text_member(event, "folder"), last_part(url));
  const auto [picture, share] = keep_colour(read_picture(url), text_member(event, "colour"));
  write_picture(target, picture);
  return {{"frame", target}, {"share", std::round(share * 1e4) / 1e4}};
}

}  // namespace video
