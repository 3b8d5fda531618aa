#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "stepconf/base/json.h"

namespace video {

struct Face {
  cv::Rect box;
  /// How many windows of the cascade agreed on it.
  int score = 0;
};

/// Finds faces by a cascade of Haar features (Viola and Jones, CVPR 2001). The cascade knows
/// upright faces only, so the picture is also searched turned by 10 and 20 degrees to either side,
/// and what overlaps counts as one face. Not to be shared between threads.
class FaceDetector {
 public:
  /// Loads a cascade. Throws stepconf::InvalidInput with the path.
  explicit FaceDetector(const std::string& cascade);
  ~FaceDetector();
  FaceDetector(const FaceDetector&) = delete;
  FaceDetector& operator=(const FaceDetector&) = delete;

  /// Finds the faces of a picture of blue, green, red with 8 bits each, best score first, boxes
  /// within the picture.
  std::vector<Face> find(const cv::Mat& picture);

  /// Searches one frame. Event: {"frame": URL}. Result: {"frame": URL, "boxes": [[x, y, width,
  /// height, score], ...]} in pixels. Throws runtime::HandlerError: InvalidEvent, StorageError,
  /// PictureError.
  stepconf::Json handle(const stepconf::Json& event);

 private:
  struct Cascade;
  std::unique_ptr<Cascade> cascade_;
};

/// Gives the area that two boxes share over the area that they cover together, 0 to 1.
double overlap(const cv::Rect& a, const cv::Rect& b);

}  // namespace video
