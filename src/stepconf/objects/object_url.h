#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "stepconf/base/error.h"

namespace stepconf::objects {

/// Reports an object that cannot be read, written or removed, or a URL that names none. The message
/// is "URL: REASON".
class ObjectError : public Error {
 public:
  ObjectError(std::string_view url, std::string reason);
  const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

/// An object in S3, by its bucket and its key as they are.
struct S3Object {
  std::string bucket;
  std::string key;
  bool operator==(const S3Object&) const = default;
};

/// What a URL names: a file or an object in S3.
using Location = std::variant<std::filesystem::path, S3Object>;

/// Reads a URL.
///
/// file:///ABSOLUTE/PATH is percent-encoded, and canonical: no empty part, no "." or "..", no %2F,
/// so that a URL that begins with a folder's stays in that folder. s3://BUCKET/KEY holds the key as
/// it is, as AWS's own command line takes it: nothing in it is decoded.
/// Throws ObjectError where the URL is neither.
Location locate(std::string_view url);

/// Gives the URL of `name` in the folder or under the prefix that `folder` names, with or without a
/// slash at its end.
std::string join(std::string_view folder, std::string_view name);

/// Gives the URL of a file, whose path must be absolute.
std::string file_url(const std::filesystem::path& path);

}  // namespace stepconf::objects
