#pragma once

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace video {

/// Gives the peak signal-to-noise ratio of two pictures' luma in dB.
inline double luma_psnr(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat first;
  cv::Mat second;
  cv::cvtColor(a, first, cv::COLOR_BGR2GRAY);
  cv::cvtColor(b, second, cv::COLOR_BGR2GRAY);
  return cv::PSNR(first, second);
}

/// Halves a picture by the mean of 2 x 2 pixels.
inline cv::Mat halved(const cv::Mat& picture) {
  cv::Mat half;
  cv::resize(picture, half, picture.size() / 2, 0, 0, cv::INTER_AREA);
  return half;
}

inline cv::Mat bicubic(const cv::Mat& picture) {
  cv::Mat enlarged;
  cv::resize(picture, enlarged, picture.size() * 2, 0, 0, cv::INTER_CUBIC);
  return enlarged;
}

}  // namespace video
