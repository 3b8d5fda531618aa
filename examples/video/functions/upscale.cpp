#include "examples/video/functions/upscale.h"

#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "examples/video/event.h"
#include "examples/video/picture.h"
#include "examples/video/storage.h"
#include "stepconf/base/error.h"

namespace video {
namespace {

// What the three convolutions (5 x 5, 3 x 3, 3 x 3) see on each side of a pixel. The frame is
// continued by its outermost pixels that far, since the network was trained on pieces of pictures
// and has never seen a border.
constexpr int kReach = 4;

// Interleaves 1 x 4 x h x w into 2h x 2w.
cv::Mat interleaved(const cv::Mat& blocks) {
  const int height = blocks.size[2];
  const int width = blocks.size[3];
  cv::Mat picture(height * 2, width * 2, CV_32F);
  for (int channel = 0; channel < 4; ++channel) {
    for (int y = 0; y < height; ++y) {
      const float* from = blocks.ptr<float>(0, channel, y);
      float* to = picture.ptr<float>(2 * y + channel / 2) + channel % 2;
      for (int x = 0; x < width; ++x) to[2 * x] = from[x];
    }
  }
  return picture;
}

}  // namespace

struct Upscaler::Network {
  cv::dnn::Net net;
};

Upscaler::Upscaler(const std::string& weights) : network_(std::make_unique<Network>()) {
  try {
    network_->net = cv::dnn::readNetFromONNX(weights);
  } catch (const cv::Exception& error) {
    throw stepconf::InvalidInput(weights + ": cannot be loaded as an ONNX network: " + error.err);
  }
  network_->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
}

Upscaler::~Upscaler() = default;

cv::Mat Upscaler::enlarge(const cv::Mat& picture) {
  std::vector<cv::Mat> channels;
  cv::Mat ycrcb;
  cv::cvtColor(picture, ycrcb, cv::COLOR_BGR2YCrCb);
  cv::split(ycrcb, channels);

  cv::Mat luma;
  channels[0].convertTo(luma, CV_32F);
  cv::Mat framed;
  cv::copyMakeBorder(luma, framed, kReach, kReach, kReach, kReach, cv::BORDER_REPLICATE);
  network_->net.setInput(cv::dnn::blobFromImage(framed, 1.0 / 255));
  const cv::Mat residual = interleaved(network_->net.forward());

  const cv::Size size = picture.size() * 2;
  cv::Mat bicubic;
  cv::resize(luma, bicubic, size, 0, 0, cv::INTER_CUBIC);
  const cv::Mat inner = residual(cv::Rect({2 * kReach, 2 * kReach}, size));
  cv::scaleAdd(inner, 255, bicubic, bicubic);
  bicubic.convertTo(channels[0], CV_8U);
  for (int chroma : {1, 2}) {
    cv::Mat enlarged;
    cv::resize(channels[chroma], enlarged, size, 0, 0, cv::INTER_CUBIC);
    channels[chroma] = enlarged;
  }
  cv::merge(channels, ycrcb);
  cv::Mat result;
  cv::cvtColor(ycrcb, result, cv::COLOR_YCrCb2BGR);
  return result;
}

stepconf::Json Upscaler::handle(const stepconf::Json& event) {
  const std::string url = text_member(event, "frame");
  const std::string target = join(text_member(event, "folder"), last_part(url));
  write_picture(target, enlarge(read_picture(url)));
  return {{"frame", target}};
}

}  // namespace video
