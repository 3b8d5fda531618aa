#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "stepconf/base/descriptor.h"
#include "stepconf/net/loop.h"

namespace stepconf::platform {

/// Takes what a sandbox writes to standard output and error, line by line, and keeps the tail of it
/// for one call.
class LogPipe {
 public:
  /// Throws Error where the system has no pipe. `line` may be absent.
  LogPipe(net::Loop& loop, std::function<void(std::string_view line)> line);
  ~LogPipe();
  LogPipe(const LogPipe&) = delete;
  LogPipe& operator=(const LogPipe&) = delete;

  /// The end that the sandbox writes to; `hand_over` closes it here once the sandbox has its copy.
  int writing_end() const { return writing_.get(); }
  void hand_over() { writing_.reset(); }

  /// Takes what has been written by now, without waiting. A function that goes on writing cannot
  /// hold the caller up.
  void drain();
  /// Adds a line of the platform's own after what has been written by now.
  void add(std::string_view line);
  /// Forgets the tail.
  void begin_call() { tail_.clear(); }
  /// Drains, and gives the last 4 KB since begin_call.
  std::string tail();

 private:
  Descriptor reading_, writing_;
  std::function<void(std::string_view)> line_;
  std::string unfinished_, tail_;
  std::unique_ptr<net::Handle> watch_;
};

}  // namespace stepconf::platform
