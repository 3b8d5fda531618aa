#include "examples/video/storage.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "stepconf/base/error.h"
#include "stepconf/objects/object_store.h"
#include "stepconf/runtime/serve.h"

namespace video {
namespace {

using stepconf::objects::ObjectStore;
using stepconf::runtime::HandlerError;

// One for the process, as long as it lives; it does nothing before it is asked.
ObjectStore& store() {
  static ObjectStore shared(stepconf::objects::store_options());
  return shared;
}

// Calls `action` and turns what it throws into the function's error.
template <class Action>
auto or_storage_error(const Action& action) {
  try {
    return action();
  } catch (const stepconf::Error& error) {
    throw HandlerError("StorageError", error.what());
  }
}

}  // namespace

std::string read(std::string_view url) {
  return or_storage_error([&] { return store().read(url); });
}

void write(std::string_view url, std::string_view bytes) {
  or_storage_error([&] { store().write(url, std::string(bytes)); });
}

std::string join(std::string_view folder, std::string_view name) {
  return stepconf::objects::join(folder, name);
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
