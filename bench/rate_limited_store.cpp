#include "bench/rate_limited_store.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <list>
#include <string_view>
#include <utility>

// A thread a connection that moves small pieces and sleeps between them.

namespace stepconf::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

class RateLimitedStore::Connection {
 public:
  Connection(Descriptor socket, double bytes_per_second, const std::string& object)
      : socket_(std::move(socket)), bytes_per_second_(bytes_per_second), object_(object) {
    thread_ = std::thread([this] {
      while (serve_one()) {
      }
    });
  }
  ~Connection() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  bool serve_one() {
    std::string head;
    std::size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
      if (!receive(head)) return false;
    }
    const std::size_t length = number_after(head, "\r\nContent-Length: ");
    std::size_t received = head.size() - end - 4;
    begin_ = Clock::now();
    moved_ = 0;
    for (std::string piece; received < length; received += piece.size()) {
      piece.clear();
      if (!receive(piece)) return false;
      keep_to_the_rate(piece.size());
    }
    return send(answer(head));
  }

  std::string answer(std::string_view head) {
    if (head.starts_with("GET")) return part(head);
    const std::string_view body = head.starts_with("POST") ? "<X><UploadId>1</UploadId></X>" : "";
    return fmt::format("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {}\r\n\r\n{}",
                       body.size(), body);
  }

  std::string part(std::string_view head) {
    const std::size_t first = number_after(head, "\r\nRange: bytes=");
    const auto dash = head.find('-', head.find("\r\nRange: bytes="));
    const std::size_t last = std::min(number_after(head.substr(dash), "-"), object_.size() - 1);
    const std::string_view bytes = std::string_view(object_).substr(first, last - first + 1);
    return fmt::format(
               "HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nContent-Range: bytes {}-{}/{}\r\n"
               "Content-Length: {}\r\n\r\n",
               first, last, object_.size(), bytes.size())
        .append(bytes);
  }

  static std::size_t number_after(std::string_view text, std::string_view mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return 0;
    return std::strtoull(text.data() + at + mark.size(), nullptr, 10);
  }

  bool receive(std::string& into) {
    std::array<char, kPiece> room{};
    const auto count = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (count <= 0) return false;
    into.append(room.data(), static_cast<std::size_t>(count));
    return true;
  }

  bool send(std::string_view bytes) {
    begin_ = Clock::now();
    moved_ = 0;
    while (!bytes.empty()) {
      const auto count =
          ::send(socket_.get(), bytes.data(), std::min(bytes.size(), kPiece), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
      keep_to_the_rate(static_cast<std::size_t>(count));
    }
    return true;
  }

  void keep_to_the_rate(std::size_t bytes) {
    moved_ += static_cast<double>(bytes);
    std::this_thread::sleep_until(begin_ +
                                  std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(moved_ / bytes_per_second_)));
  }

  Descriptor socket_;
  double bytes_per_second_;
  const std::string& object_;
  Clock::time_point begin_;
  double moved_ = 0;
  std::thread thread_;
};

RateLimitedStore::RateLimitedStore(double bytes_per_second, std::string object)
    : bytes_per_second_(bytes_per_second),
      object_(std::move(object)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  // What the kernel takes in advance would count as moved.
  const int little = 64 * 1024;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listener_.get(), 64);
  socklen_t size = sizeof address;
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

RateLimitedStore::~RateLimitedStore() {
  ending_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  accepting_.join();
}

void RateLimitedStore::accept_all() {
  std::list<Connection> connections;
  while (!ending_) {
    Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) return;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections.emplace_back(std::move(socket), bytes_per_second_, object_);
  }
}

}  // namespace stepconf::bench
