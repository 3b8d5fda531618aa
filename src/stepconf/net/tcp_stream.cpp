#include "stepconf/net/tcp_stream.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

#include "stepconf/base/error.h"
#include "stepconf/net/text.h"

// Plain sockets: a function's runtime is started often, and an event loop would only cost it time.

namespace stepconf::net {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* first) const { ::freeaddrinfo(first); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

}  // namespace

TcpStream::TcpStream(const Origin& origin, const Deadline& deadline) : name_(origin.text()) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int failure =
          ::getaddrinfo(origin.host.c_str(), std::to_string(origin.port).c_str(), &hints, &found)) {
    fail(fmt::format("cannot resolve the host: {}", ::gai_strerror(failure)));
  }
  const AddressList addresses(found);
  int failure = 0;
  for (const addrinfo* at = addresses.get(); at; at = at->ai_next) {
    failure = connect_to(*at, deadline);
    if (failure == 0) return;
  }
  fail(describe(failure));
}

int TcpStream::connect_to(const addrinfo& address, const Deadline& deadline) {
  socket_ = Descriptor(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) return errno;
  if (::connect(socket_.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return errno;
    await(POLLOUT, deadline);
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) return failure;
  }
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return 0;
}

std::size_t TcpStream::receive(std::span<char> room, const Deadline& deadline) {
  while (true) {
    const auto bytes = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (bytes >= 0) return static_cast<std::size_t>(bytes);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(POLLIN, deadline);
    } else if (errno != EINTR) {
      fail(describe(errno));
    }
  }
}

void TcpStream::send(std::string_view head, std::string_view body, const Deadline& deadline) {
  std::array<std::string_view, 2> parts{head, body};
  while (!parts[0].empty() || !parts[1].empty()) {
    std::array<iovec, 2> pieces{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EPIPE || errno == ECONNRESET) return;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        await(POLLOUT, deadline);
      } else if (errno != EINTR) {
        fail(describe(errno));
      }
      continue;
    }
    std::size_t left = static_cast<std::size_t>(sent);
    for (auto& part : parts) {
      const std::size_t taken = std::min(left, part.size());
      part.remove_prefix(taken);
      left -= taken;
    }
  }
}

bool TcpStream::usable() const { return !closed_by_peer(socket_.get()); }

void TcpStream::await(short events, const Deadline& deadline) const {
  pollfd wanted{.fd = socket_.get(), .events = events, .revents = 0};
  while (true) {
    const int ready = ::poll(&wanted, 1, deadline.left());
    if (ready > 0) return;
    if (ready == 0) fail(timed_out(*deadline.limit));
    if (errno != EINTR) fail(describe(errno));
  }
}

void TcpStream::fail(std::string_view why) const { throw Error(fmt::format("{}: {}", name_, why)); }

}  // namespace stepconf::net
