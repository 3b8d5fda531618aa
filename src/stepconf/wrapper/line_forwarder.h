#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/descriptor.h"
#include "stepconf/net/loop.h"

namespace stepconf::wrapper {

/// Gives a line of a log the index of the job that wrote it: "[job 3] " before it, or, for
/// `json_too`, a member "job" where the line is a JSON object that has none.
std::string mark_line(std::string_view line, std::size_t job, bool json_too);

/// Passes what a process writes on to a descriptor of the wrapper's own, by whole lines, so that
/// lines of several processes do not mix.
class LineForwarder {
 public:
  /// Reads `source` until its end; writes to `target`, which stays the caller's. `json_too`: see
  /// mark_line.
  LineForwarder(net::Loop& loop, Descriptor source, int target, bool json_too = false);
  /// Passes on what is left, an unfinished line too.
  ~LineForwarder();
  LineForwarder(const LineForwarder&) = delete;
  LineForwarder& operator=(const LineForwarder&) = delete;

  /// Passes on the lines written by now, without waiting for more. A process that goes on writing
  /// cannot hold the caller up.
  void drain();
  /// Marks each line that is read from now on with the job's index; absent: with none. Ends an
  /// unfinished line.
  void set_job(std::optional<std::size_t> job);
  /// What it reads.
  int source() const { return source_.get(); }

 private:
  void pass_lines(bool unfinished_too);

  Descriptor source_;
  int target_;
  bool json_too_;
  std::optional<std::size_t> job_;
  std::string pending_;
  std::unique_ptr<net::Handle> watch_;
};

}  // namespace stepconf::wrapper
