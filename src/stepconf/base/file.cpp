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

// Returns 0, or the error's number.
int read_all(const std::filesystem::path& path, std::string& content) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno;
  char block[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.get(), block, sizeof block);
    if (count == 0) return 0;
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) content.append(block, static_cast<std::size_t>(count));
  }
}

// Returns 0, or the error's number.
int write_all(const Descriptor& file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(file.get(), content.data(), content.size());
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::string content;
  const int problem = read_all(path, content);
  if (problem == 0) return content;
  throw InvalidInput(fmt::format("{}: cannot be read: {}", path.string(), reason(problem)));
}

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
  std::string content;
  if (read_all(path, content) != 0) return std::nullopt;
  return content;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  const auto failed = [&](const std::string& why) {
    return Error(fmt::format("{}: cannot be written: {}", path.string(), why));
  };
  std::error_code problem;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), problem);
  if (problem) throw failed(problem.message());

  // A device or a pipe is written to, not replaced; of a symbolic link, the file that it leads to.
  const auto status = std::filesystem::status(path, problem);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const int code = file ? write_all(file, content) : errno;
    if (code != 0) throw failed(reason(code));
    return;
  }
  const auto target = std::filesystem::weakly_canonical(path, problem);
  std::string temporary = target.string() + ".XXXXXX";
  {
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!file) throw failed(reason(errno));
    ::fchmod(file.get(), 0644);
    if (const int code = write_all(file, content); code != 0) {
      ::unlink(temporary.c_str());
      throw failed(reason(code));
    }
  }
  std::filesystem::rename(temporary, target, problem);
  if (problem) {
    ::unlink(temporary.c_str());
    throw failed(problem.message());
  }
}

}  // namespace stepconf
