#pragma once

#include <netdb.h>

#include "stepconf/base/descriptor.h"
#include "stepconf/net/stream.h"

// Private to net/.

namespace stepconf::net {

/// A plain TCP connection.
class TcpStream final : public Stream {
 public:
  /// Connects to the first of the host's addresses that answers.
  TcpStream(const Origin& origin, const Deadline& deadline);

  std::size_t receive(std::span<char> room, const Deadline& deadline) override;
  void send(std::string_view head, std::string_view body, const Deadline& deadline) override;
  bool usable() const override;

  int descriptor() const { return socket_.get(); }
  /// Waits until the socket is ready for `events` of poll().
  void await(short events, const Deadline& deadline) const;
  /// Throws Error "ORIGIN: why".
  [[noreturn]] void fail(std::string_view why) const;

 private:
  int connect_to(const addrinfo& address, const Deadline& deadline);

  std::string name_;
  Descriptor socket_;
};

}  // namespace stepconf::net
