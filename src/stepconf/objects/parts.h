#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/objects/s3_requests.h"
#include "stepconf/objects/s3_transfer.h"

// Private to objects/.

namespace stepconf::objects {

/// Throws Error where a transfer is not wanted any more.
inline void require(const Wanted& wanted) {
  if (wanted && !wanted()) throw Error("nobody waits for it any more");
}

/// Cuts `size` bytes into extents of `part_bytes`; the last one may be shorter.
inline std::vector<Extent> cut(std::size_t size, std::size_t part_bytes) {
  std::vector<Extent> parts;
  for (std::size_t begin = 0; begin < size; begin += part_bytes) {
    parts.push_back({.begin = begin, .size = std::min(part_bytes, size - begin)});
  }
  return parts;
}

/// What the threads that work on the parts of one object tell each other.
class PartsAtWork {
 public:
  void begin(std::size_t parts) { left_ = parts; }
  /// Tells whether this was the last part.
  bool end_one() { return left_.fetch_sub(1) == 1; }

  /// Keeps the first reason why the transfer fails. The parts that follow need not be tried.
  void fail(std::string reason) {
    const std::scoped_lock lock(mutex_);
    if (failure_.empty()) failure_ = std::move(reason);
    failed_ = true;
  }
  bool failed() const { return failed_; }
  std::string failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
  }

  /// Calls `work`; what it throws becomes the failure.
  template <class Work>
  void guard(Work&& work) {
    try {
      std::forward<Work>(work)();
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

 private:
  std::atomic<std::size_t> left_{0};
  std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  std::string failure_;
};

}  // namespace stepconf::objects
