#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/json.h"
#include "tests/wrapper/fake_lambda.h"

namespace stepconf::wrapper {

/// A folder for one test, removed at its end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wrapper-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A batch with these members of `stepconf`.
inline std::string batch_with(Json options, const std::vector<Json>& jobs) {
  return Json{{"stepconf", std::move(options)}, {"jobs", jobs}}.dump();
}

inline std::string batch(int processes, const std::vector<Json>& jobs, bool collect = false) {
  Json options{{"processes", processes}};
  if (collect) options["errors"] = "collect";
  return batch_with(std::move(options), jobs);
}

inline Json results(const Reply& reply) {
  EXPECT_TRUE(reply.ok) << reply.body;
  return Json::parse(reply.body);
}

inline const Json kPid{{"do", "pid"}};

/// A watch on any process's end.
class EndWatch {
 public:
  explicit EndWatch(pid_t pid) : pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  bool ended_within(int milliseconds) const {
    pollfd wanted{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    return pidfd_ && ::poll(&wanted, 1, milliseconds) == 1;
  }

 private:
  Descriptor pidfd_;
};

}  // namespace stepconf::wrapper
