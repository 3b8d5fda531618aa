#pragma once

#include <string>
#include <string_view>

namespace stepconf::net {

/// A plain TCP connection to a port on loopback, for requests that no client would send. Blocking.
class RawConnection {
 public:
  explicit RawConnection(int port);
  /// Takes over a connected socket.
  static RawConnection adopt(int descriptor);
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) const;
  /// Reads until `wanted` has been seen or the peer closes; gives everything read.
  std::string read_until(std::string_view wanted) const;
  /// Reads until the peer closes.
  std::string read_all() const { return read_until({}); }
  void close();

 private:
  RawConnection() = default;
  int descriptor_ = -1;
};

/// A listening socket on loopback whose connections the test answers by hand.
class RawListener {
 public:
  RawListener();
  ~RawListener();
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  int port() const { return port_; }
  RawConnection accept() const;

 private:
  int descriptor_ = -1;
  int port_ = 0;
};

}  // namespace stepconf::net
