#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>

namespace video {

/// Decodes a PNG picture into blue, green, red with 8 bits each. Transparent pixels are laid on
/// black. Throws runtime::HandlerError of type PictureError that names `url`.
cv::Mat decode_png(std::string_view bytes, std::string_view url);

/// Encodes a picture of blue, green, red with 8 bits each as PNG, quickly rather than small.
std::string encode_png(const cv::Mat& picture, std::string_view url);

/// Reads a picture from storage. Throws as storage and decode_png do.
cv::Mat read_picture(std::string_view url);

/// Writes a picture to storage. Throws as storage and encode_png do.
void write_picture(std::string_view url, const cv::Mat& picture);

}  // namespace video
