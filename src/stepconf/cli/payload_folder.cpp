#include "stepconf/cli/payload_folder.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "stepconf/base/error.h"
#include "stepconf/objects/object_url.h"

namespace stepconf::cli {

PayloadFolder::PayloadFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "stepconf-payloads-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(fmt::format("{}: cannot be made: {}", pattern, std::strerror(errno)));
  }
  path_ = std::filesystem::canonical(pattern);
}

PayloadFolder::~PayloadFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string PayloadFolder::url() const { return objects::file_url(path_); }

}  // namespace stepconf::cli
