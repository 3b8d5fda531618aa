#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "stepconf/base/descriptor.h"
#include "tests/platform/eventually.h"

namespace stepconf::platform {

/// A FIFO at which a function waits until the test lets it pass.
class Gate {
 public:
  explicit Gate(const std::string& name)
      : path_(testing::TempDir() + "gate-" + name + "-" + std::to_string(::getpid())) {
    ::mkfifo(path_.c_str(), 0600);
  }
  ~Gate() { ::unlink(path_.c_str()); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  const std::string& path() const { return path_; }
  /// Lets one function pass, once it stands at the gate.
  void open() const {
    EXPECT_TRUE(eventually([this] {
      const Descriptor writing(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      return static_cast<bool>(writing);
    })) << "nobody waits at "
        << path_;
  }

 private:
  std::string path_;
};

}  // namespace stepconf::platform
