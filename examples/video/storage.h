#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace video {

/// Reads the whole object that `url` names. Throws runtime::HandlerError of type StorageError with
/// the URL and the reason.
///
/// A URL is file:///ABSOLUTE/PATH or s3://BUCKET/KEY, as stepconf::objects::locate takes them.
std::string read(std::string_view url);

/// Writes the whole object: a reader sees the old content or the new. Missing folders are made.
/// Throws as read does.
void write(std::string_view url, std::string_view bytes);

/// Gives the URL of `name` in the folder that `folder` names, with or without a slash at its end.
std::string join(std::string_view folder, std::string_view name);

/// Gives the last part of a URL: "0001.png" of "file:///clip/0001.png".
std::string last_part(std::string_view url);

/// Keeps a file in the folder for temporary files as long as it lives, for libraries that take
/// nothing but a path.
class TemporaryFile {
 public:
  /// Chooses a path that ends in `suffix` and creates an empty file there. Throws HandlerError of
  /// type StorageError.
  explicit TemporaryFile(std::string_view suffix);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace video
