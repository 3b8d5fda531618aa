#include "stepconf/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"

namespace stepconf {
namespace {

std::string reason(int code) { return std::generic_category().message(code); }

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) {
    throw InvalidInput(fmt::format("{}: cannot be read: {}", path.string(), reason(errno)));
  }
  std::string content;
  char block[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.get(), block, sizeof block);
    if (count > 0) {
      content.append(block, static_cast<std::size_t>(count));
    } else if (count == 0) {
      return content;
    } else if (errno != EINTR) {
      throw InvalidInput(fmt::format("{}: cannot be read: {}", path.string(), reason(errno)));
    }
  }
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  const auto failed = [&](const std::string& why) {
    return Error(fmt::format("{}: cannot be written: {}", path.string(), why));
  };
  std::error_code problem;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), problem);
  if (problem) throw failed(problem.message());

  std::string temporary = path.string() + ".XXXXXX";
  {
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!file.open()) throw failed(reason(errno));
    ::fchmod(file.get(), 0644);
    while (!content.empty()) {
      const ssize_t count = ::write(file.get(), content.data(), content.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        const int code = errno;
        ::unlink(temporary.c_str());
        throw failed(reason(code));
      }
      content.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  std::filesystem::rename(temporary, path, problem);
  if (problem) {
    ::unlink(temporary.c_str());
    throw failed(problem.message());
  }
}

}  // namespace stepconf
