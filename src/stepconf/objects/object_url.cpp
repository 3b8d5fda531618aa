#include "stepconf/objects/object_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stepconf/aws/signature.h"

namespace stepconf::objects {
namespace {

constexpr std::string_view kFile = "file://";
constexpr std::string_view kS3 = "s3://";

int hexadecimal_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view url, std::string_view path) {
  std::string decoded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const int high = i + 2 < path.size() ? hexadecimal_digit(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hexadecimal_digit(path[i + 2]) : -1;
    if (high < 0 || low < 0) {
      throw ObjectError(url, "% must be followed by two hexadecimal digits");
    }
    const char character = static_cast<char>(high * 16 + low);
    if (character == '\0' || character == '/') {
      throw ObjectError(url, "must not have %00 or %2F in its path");
    }
    decoded += character;
    i += 2;
  }
  return decoded;
}

std::filesystem::path local_path(std::string_view url) {
  const std::string_view rest = url.substr(kFile.size());
  if (!rest.starts_with('/')) {
    throw ObjectError(url, "names a host or a relative path; must be file:///ABSOLUTE/PATH");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    throw ObjectError(url, "must not have a query or a fragment; write ? as %3F and # as %23");
  }
  std::filesystem::path path = percent_decoded(url, rest);
  if (path != path.lexically_normal() || rest.find("//") != std::string_view::npos) {
    throw ObjectError(url, "must be canonical: without empty parts, \".\" and \"..\"");
  }
  if (!path.has_filename()) throw ObjectError(url, "names a folder, must name a file");
  return path;
}

// The name becomes part of a host's name, so nothing else may stand in it
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
bool is_bucket(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, plain) &&
         name.find("..") == std::string_view::npos && name.front() != '.' && name.back() != '.';
}

S3Object s3_object(std::string_view url) {
  const std::string_view rest = url.substr(kS3.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view bucket = rest.substr(0, slash);
  if (!is_bucket(bucket)) throw ObjectError(url, "must have a bucket's name: s3://BUCKET/KEY");
  const std::string_view key = rest.substr(std::min(slash + 1, rest.size()));
  if (key.empty()) throw ObjectError(url, "must have a key after the bucket: s3://BUCKET/KEY");
  return {.bucket = std::string(bucket), .key = std::string(key)};
}

}  // namespace

ObjectError::ObjectError(std::string_view url, std::string reason)
    : Error(fmt::format("{}: {}", url, reason)), reason_(std::move(reason)) {}

Location locate(std::string_view url) {
  if (url.starts_with(kFile)) return local_path(url);
  if (url.starts_with(kS3)) return s3_object(url);
  throw ObjectError(url, "must be a URL of the form file:///PATH or s3://BUCKET/KEY");
}

std::string join(std::string_view folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

std::string file_url(const std::filesystem::path& path) {
  return std::string(kFile) + aws::percent_encode(path.string(), "/");
}

}  // namespace stepconf::objects
