#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <utility>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/net/client.h"
#include "stepconf/net/text.h"
#include "stepconf/net/wire.h"

// Plain sockets: a function's runtime is started often, and an event loop would only cost it time.

namespace stepconf::net {
namespace {

using Clock = std::chrono::steady_clock;

struct Deadline {
  std::optional<Seconds> limit;
  Clock::time_point start = Clock::now();

  // Milliseconds for poll(); -1 waits without limit.
  int left() const {
    if (!limit) return -1;
    const Seconds rest = *limit - (Clock::now() - start);
    return static_cast<int>(std::clamp(std::ceil(rest.count() * 1000.0), 0.0, 2e9));
  }
};

struct AddressList {
  addrinfo* first = nullptr;
  AddressList() = default;
  ~AddressList() {
    if (first) ::freeaddrinfo(first);
  }
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;
};

}  // namespace

class BlockingClient::Connection {
 public:
  Connection(std::string host, int port) : host_(std::move(host)), port_(port) {}

  Response exchange(const Request& request, std::optional<Seconds> timeout) {
    const Deadline deadline{timeout};
    const bool kept = socket_ && !closed_by_peer(socket_.get());
    if (!kept) connect(deadline);
    bool begun = false;
    try {
      return transfer(request, deadline, begun);
    } catch (const Error&) {
      socket_.reset();
      // See Client: only a request that changes nothing is sent again.
      if (!kept || begun || request.method != "GET" || deadline.left() == 0) throw;
    }
    connect(deadline);
    try {
      return transfer(request, deadline, begun);
    } catch (const Error&) {
      socket_.reset();
      throw;
    }
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(fmt::format("http://{}:{}: {}", host_, port_, why));
  }

  void await(short events, const Deadline& deadline) const {
    pollfd wanted{.fd = socket_.get(), .events = events, .revents = 0};
    while (true) {
      const int ready = ::poll(&wanted, 1, deadline.left());
      if (ready > 0) return;
      if (ready == 0) fail(timed_out(*deadline.limit));
      if (errno != EINTR) fail(describe(errno));
    }
  }

  void connect(const Deadline& deadline) {
    AddressList addresses;
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (const int failure =
            ::getaddrinfo(host_.c_str(), std::to_string(port_).c_str(), &hints, &addresses.first)) {
      fail(fmt::format("cannot resolve the host: {}", ::gai_strerror(failure)));
    }
    int failure = 0;
    for (const addrinfo* at = addresses.first; at; at = at->ai_next) {
      failure = connect_to(*at, deadline);
      if (failure == 0) return;
    }
    socket_.reset();
    fail(describe(failure));
  }

  int connect_to(const addrinfo& address, const Deadline& deadline) {
    socket_ =
        Descriptor(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
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

  Response transfer(const Request& request, const Deadline& deadline, bool& begun) {
    send(request, deadline);
    ResponseReader reader(request.method);
    while (true) {
      const auto room = reader.room();
      const auto bytes = ::recv(socket_.get(), room.data(), room.size(), 0);
      if (bytes < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
          await(POLLIN, deadline);
        } else if (errno != EINTR) {
          fail(describe(errno));
        }
        continue;
      }
      reader.received(static_cast<std::size_t>(bytes));
      begun = begun || reader.begun();
      const Progress progress = bytes == 0 ? reader.parse_end() : reader.parse();
      if (progress == Progress::kMalformed) fail(reader.reason());
      if (progress == Progress::kComplete) {
        if (bytes == 0 || !reader.keep_alive()) socket_.reset();
        return reader.take();
      }
    }
  }

  void send(const Request& request, const Deadline& deadline) {
    std::string head = request_head(request, host_, port_);
    std::array<std::string_view, 2> parts{head, request.body};
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
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
          await(POLLOUT, deadline);
        } else if (errno == EPIPE || errno == ECONNRESET) {
          return;  // the server may have answered before it closed; reading tells
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

  std::string host_;
  int port_;
  Descriptor socket_;
};

BlockingClient::BlockingClient(std::string host, int port)
    : connection_(std::make_unique<Connection>(std::move(host), port)) {}
BlockingClient::~BlockingClient() = default;

Response BlockingClient::exchange(const Request& request, std::optional<Seconds> timeout) {
  return connection_->exchange(request, timeout);
}

}  // namespace stepconf::net
