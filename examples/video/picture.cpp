#include "examples/video/picture.h"

#include <fmt/format.h>
#include <png.h>

#include <opencv2/core.hpp>

#include "examples/video/storage.h"
#include "stepconf/runtime/serve.h"

// libpng itself and not OpenCV's imgcodecs: Debian builds that one with GDAL and 120 libraries
// behind it, which cost every start of a function 120 ms.
namespace video {
namespace {

using stepconf::runtime::HandlerError;

constexpr png_uint_32 kMaxSide = 16384;

struct PngImage {
  png_image image{};
  PngImage() { image.version = PNG_IMAGE_VERSION; }
  ~PngImage() { png_image_free(&image); }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
};

[[noreturn]] void refuse(std::string_view url, std::string_view what, std::string_view why) {
  throw HandlerError("PictureError", fmt::format("{}: {}: {}", url, what, why));
}

}  // namespace

cv::Mat decode_png(std::string_view bytes, std::string_view url) {
  PngImage png;
  if (png_image_begin_read_from_memory(&png.image, bytes.data(), bytes.size()) == 0) {
    refuse(url, "not a PNG picture", png.image.message);
  }
  if (png.image.width > kMaxSide || png.image.height > kMaxSide) {
    refuse(url, "picture too large",
           fmt::format("{} x {} pixels, at most {} each way", png.image.width, png.image.height,
                       kMaxSide));
  }
  png.image.format = PNG_FORMAT_BGR;
  cv::Mat picture(static_cast<int>(png.image.height), static_cast<int>(png.image.width), CV_8UC3);
  const png_color black{0, 0, 0};
  const auto row_bytes = static_cast<png_int_32>(picture.step[0]);
  if (png_image_finish_read(&png.image, &black, picture.data, row_bytes, nullptr) == 0) {
    refuse(url, "cannot decode the picture", png.image.message);
  }
  return picture;
}

std::string encode_png(const cv::Mat& picture, std::string_view url) {
  if (picture.type() != CV_8UC3 || picture.empty()) {
    refuse(url, "cannot encode the picture", "must be of blue, green and red with 8 bits each");
  }
  PngImage png;
  png.image.width = static_cast<png_uint_32>(picture.cols);
  png.image.height = static_cast<png_uint_32>(picture.rows);
  png.image.format = PNG_FORMAT_BGR;
  png.image.flags = PNG_IMAGE_FLAG_FAST;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(png.image), '\0');
  png_alloc_size_t size = bytes.size();
  const auto row_bytes = static_cast<png_int_32>(picture.step[0]);
  if (png_image_write_to_memory(&png.image, bytes.data(), &size, 0, picture.data, row_bytes,
                                nullptr) == 0) {
    refuse(url, "cannot encode the picture", png.image.message);
  }
  bytes.resize(size);
  return bytes;
}

cv::Mat read_picture(std::string_view url) { return decode_png(read(url), url); }

void write_picture(std::string_view url, const cv::Mat& picture) {
  write(url, encode_png(picture, url));
}

}  // namespace video
