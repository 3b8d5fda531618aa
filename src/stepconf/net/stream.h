#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/net/origin.h"

// Private to net/: the bytes below a blocking connection, plain or encrypted.

namespace stepconf::net {

/// The time by which an exchange must be over; no limit waits as long as it takes.
struct Deadline {
  std::optional<Seconds> limit;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

  /// Gives the milliseconds left for poll(); -1 waits without limit.
  int left() const {
    if (!limit) return -1;
    const Seconds rest = *limit - (std::chrono::steady_clock::now() - start);
    return static_cast<int>(std::clamp(std::ceil(rest.count() * 1000.0), 0.0, 2e9));
  }
};

/// Gives the one of two that comes first.
inline Deadline sooner(const Deadline& a, const Deadline& b) {
  if (!a.limit || !b.limit) return a.limit ? a : b;
  return a.left() <= b.left() ? a : b;
}

/// A connection as bytes. All members throw Error that names the origin and the reason.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Waits for bytes and puts them into `room`; 0 at the end.
  virtual std::size_t receive(std::span<char> room, const Deadline& deadline) = 0;
  /// Sends `head` and `body`. A peer that has closed its side is no error: it may have answered
  /// before, which receiving tells.
  virtual void send(std::string_view head, std::string_view body, const Deadline& deadline) = 0;
  /// Tells whether the connection, idle, can carry another request.
  virtual bool usable() const = 0;
};

/// Connects to `origin`, with TLS where it is secure.
std::unique_ptr<Stream> connect(const Origin& origin, const Deadline& deadline);

}  // namespace stepconf::net
