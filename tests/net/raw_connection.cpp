#include "tests/net/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::net {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

RawConnection::RawConnection(int port)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = loopback(port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw Error("the test cannot connect");
  }
}

RawConnection RawConnection::adopt(int descriptor) {
  RawConnection connection;
  connection.descriptor_ = descriptor;
  return connection;
}

RawConnection::~RawConnection() { close(); }
RawConnection::RawConnection(RawConnection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

void RawConnection::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void RawConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawConnection::read_until(std::string_view wanted) const {
  std::string text;
  std::array<char, 4096> bytes{};
  while (wanted.empty() || text.find(wanted) == std::string::npos) {
    const auto count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (count <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;
}

RawListener::RawListener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(descriptor_, 8) != 0 ||
      ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw Error("the test cannot listen");
  }
  port_ = ntohs(address.sin_port);
}

RawListener::~RawListener() { ::close(descriptor_); }

RawConnection RawListener::accept() const {
  return RawConnection::adopt(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace stepconf::net
