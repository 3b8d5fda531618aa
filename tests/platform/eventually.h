#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace stepconf::platform {

/// Waits until `condition` holds, at most `limit`; tells whether it does.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  const auto give_up = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace stepconf::platform
