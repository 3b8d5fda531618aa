#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "stepconf/base/descriptor.h"

namespace stepconf::bench {

/// As much of S3 as it takes to read and write one object, on loopback, with one property of the
/// real one: each connection moves so many bytes a second, however many there are.
class RateLimitedStore {
 public:
  /// `bytes_per_second` of each connection, each way. `object` is what every GET reads.
  RateLimitedStore(double bytes_per_second, std::string object);
  ~RateLimitedStore();
  RateLimitedStore(const RateLimitedStore&) = delete;
  RateLimitedStore& operator=(const RateLimitedStore&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  class Connection;
  void accept_all();

  double bytes_per_second_;
  std::string object_;
  Descriptor listener_;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  std::thread accepting_;
};

}  // namespace stepconf::bench
