#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>

#include "stepconf/base/json.h"

namespace video {

/// Doubles the sides of pictures by ESPCN (Shi et al., CVPR 2016). The network works on luma and
/// adds what bicubic interpolation lacks; chroma is bicubic. Not to be shared between threads.
class Upscaler {
 public:
  /// Loads a network from ONNX: input luma / 255 as 1 x 1 x h x w, output 1 x 4 x h x w, the
  /// channels being the four pixels of each 2 x 2 block. Throws stepconf::InvalidInput with the
  /// path.
  explicit Upscaler(const std::string& weights);
  ~Upscaler();
  Upscaler(const Upscaler&) = delete;
  Upscaler& operator=(const Upscaler&) = delete;

  /// Doubles a picture of blue, green, red with 8 bits each.
  cv::Mat enlarge(const cv::Mat& picture);

  /// Enlarges one frame. Event: {"frame": URL, "folder": URL}. The result keeps the frame's name in
  /// that folder: {"frame": URL}. Throws runtime::HandlerError: InvalidEvent, StorageError,
  /// PictureError.
  stepconf::Json handle(const stepconf::Json& event);

 private:
  struct Network;
  std::unique_ptr<Network> network_;
};

}  // namespace video
