#pragma once

#include <memory>
#include <string>

#include "stepconf/base/descriptor.h"
#include "stepconf/net/loop.h"

namespace stepconf::wrapper {

/// Passes what a process writes on to a descriptor of the wrapper's own, by whole lines, so that
/// lines of several processes do not mix.
class LineForwarder {
 public:
  /// Reads `source` until its end; writes to `target`, which stays the caller's.
  LineForwarder(net::Loop& loop, Descriptor source, int target);
  /// Passes on what is left, an unfinished line too.
  ~LineForwarder();
  LineForwarder(const LineForwarder&) = delete;
  LineForwarder& operator=(const LineForwarder&) = delete;

  /// Passes on the lines written by now, without waiting for more. A process that goes on writing
  /// cannot hold the caller up.
  void drain();
  /// Puts `prefix` before each line that comes from now on; ends an unfinished line.
  void set_prefix(std::string prefix);

 private:
  void pass_lines(bool unfinished_too);

  Descriptor source_;
  int target_;
  std::string prefix_;
  std::string pending_;
  std::unique_ptr<net::Handle> watch_;
};

}  // namespace stepconf::wrapper
