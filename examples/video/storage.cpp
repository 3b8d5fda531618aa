#include "examples/video/storage.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "stepconf/base/file.h"
#include "stepconf/runtime/serve.h"

namespace video {
namespace {

using stepconf::runtime::HandlerError;

[[noreturn]] void refuse(std::string_view url, std::string_view reason) {
  throw HandlerError("StorageError", fmt::format("{}: {}", url, reason));
}

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
    if (high < 0 || low < 0) refuse(url, "% must be followed by two hexadecimal digits");
    const char character = static_cast<char>(high * 16 + low);
    if (character == '\0' || character == '/') refuse(url, "must not have %00 or %2F in its path");
    decoded += character;
    i += 2;
  }
  return decoded;
}

std::filesystem::path local_path(std::string_view url) {
  constexpr std::string_view kFile = "file://";
  if (url.starts_with("s3://")) {
    refuse(url, "objects in S3 are not supported yet; use file:///PATH");
  }
  if (!url.starts_with(kFile)) refuse(url, "must be a URL of the form file:///PATH");
  std::string_view rest = url.substr(kFile.size());
  if (!rest.starts_with('/')) {
    refuse(url, "names a host or a relative path; must be file:///ABSOLUTE/PATH");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    refuse(url, "must not have a query or a fragment; write ? as %3F and # as %23");
  }
  std::filesystem::path path = percent_decoded(url, rest);
  if (path != path.lexically_normal() || rest.find("//") != std::string_view::npos) {
    refuse(url, "must be canonical: without empty parts, \".\" and \"..\"");
  }
  if (!path.has_filename()) refuse(url, "names a folder, must name a file");
  return path;
}

}  // namespace

std::string read(std::string_view url) {
  const auto path = local_path(url);
  try {
    return stepconf::read_file(path);
  } catch (const stepconf::Error& error) {
    refuse(url, error.what());
  }
}

void write(std::string_view url, std::string_view bytes) {
  const auto path = local_path(url);
  try {
    stepconf::write_file(path, bytes);
  } catch (const stepconf::Error& error) {
    refuse(url, error.what());
  }
}

std::string join(std::string_view folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

std::string last_part(std::string_view url) {
  const auto slash = url.rfind('/');
  return std::string(slash == std::string_view::npos ? url : url.substr(slash + 1));
}

TemporaryFile::TemporaryFile(std::string_view suffix) {
  std::string name =
      (std::filesystem::temp_directory_path() / fmt::format("video-XXXXXX{}", suffix)).string();
  const int descriptor = ::mkstemps(name.data(), static_cast<int>(suffix.size()));
  if (descriptor < 0) {
    throw HandlerError("StorageError", fmt::format("{}: cannot create a temporary file: {}", name,
                                                   std::generic_category().message(errno)));
  }
  ::close(descriptor);
  path_ = name;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace video
