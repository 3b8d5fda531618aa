#include "stepconf/platform/local/cgroup_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <sstream>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/file.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) { return read_if_there(path).value_or(""); }

// errno, 0 for success. A stream would hide which it was.
int write_value(const fs::path& path, std::string_view value) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return errno;
  return ::write(file.get(), value.data(), value.size()) < 0 ? errno : 0;
}

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream words(text);
  return std::find(std::istream_iterator<std::string>(words), {}, word) !=
         std::istream_iterator<std::string>();
}

int set_quota(int version, const fs::path& group, const CpuQuota& quota) {
  if (version == 2) return write_value(group / "cpu.max", quota.text());
  const auto set_both = [&] {
    const int error =
        write_value(group / "cpu.cfs_period_us", std::to_string(quota.period.count()));
    if (error != 0) return error;
    return write_value(group / "cpu.cfs_quota_us", std::to_string(quota.quota.count()));
  };
  int error = set_both();
  // v1 refuses a child more than its parent has, where v2 gives it what the parent has: a container
  // may have fewer CPUs than a large memory size asks for.
  if (error == EINVAL) error = write_value(group / "cpu.cfs_quota_us", "-1");
  return error;
}

int set_memory(int version, const fs::path& group, MemoryMb memory) {
  const std::string bytes = std::to_string(std::int64_t{memory.value} << 20);
  const int error =
      write_value(group / (version == 2 ? "memory.max" : "memory.limit_in_bytes"), bytes);
  if (error != 0) return error;
  // A sandbox of Lambda has no swap. Kernels without accounting of swap lack the file.
  if (version == 2) {
    write_value(group / "memory.swap.max", "0");
  } else {
    write_value(group / "memory.memsw.limit_in_bytes", bytes);
  }
  return 0;
}

// A v2 group hands a controller on to its children only where this was switched on.
int hand_on(const fs::path& group, std::string_view controller) {
  if (has_word(contents(group / "cgroup.subtree_control"), controller)) return 0;
  return write_value(group / "cgroup.subtree_control", fmt::format("+{}", controller));
}

}  // namespace stepconf::platform
