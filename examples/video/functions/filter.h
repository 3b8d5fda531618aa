#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "stepconf/base/json.h"

namespace video {

struct Filtered {
  /// The picture in grey, but for what has the colour.
  cv::Mat picture;
  /// The part of the pixels that have the colour, 0 to 1.
  double share = 0;
};

/// Keeps one colour of a picture: "red", "yellow", "green", "cyan", "blue" or "magenta".
/// Throws runtime::HandlerError of type InvalidEvent for any other.
Filtered keep_colour(const cv::Mat& picture, const std::string& colour);

/// Filters one frame. Event: {"frame": URL, "folder": URL, "colour": NAME}. The result keeps the
/// frame's name in that folder:
/// {"frame": URL, "share": 0 to 1}. Throws runtime::HandlerError: InvalidEvent, StorageError,
/// PictureError.
stepconf::Json filter(const stepconf::Json& event);

}  // namespace video
