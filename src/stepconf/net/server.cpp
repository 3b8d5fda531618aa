#include "stepconf/net/server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <unordered_set>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/net/context.h"
#include "stepconf/net/wire.h"

namespace stepconf::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// One connection. A read is always outstanding, also while a request waits for its answer: so the
/// end of the connection is noticed at once.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  /// `serve` is called for each request with the number that its answer has to quote.
  using Serve = std::function<void(Request, std::shared_ptr<Session>, std::uint64_t)>;

  Session(Socket socket, std::size_t max_body_bytes, Serve serve,
          std::function<void(Session*)> ended)
      : socket_(std::move(socket)),
        max_drained_bytes_(4 * max_body_bytes),
        reader_(max_body_bytes),
        serve_(std::move(serve)),
        ended_(std::move(ended)) {}

  void start() { read(); }

  void close() {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    socket_.close(ignored);
    if (const auto ended = std::exchange(ended_, nullptr)) ended(this);
  }

  bool waits_for(std::uint64_t number) const { return !closed_ && waiting_ && number_ == number; }

  void answer(std::uint64_t number, Response response) {
    if (!waits_for(number)) return;
    waiting_ = false;
    write(std::move(response), keep_alive_);
  }

 private:
  void read() {
    // While a request is at work only its end is of interest: pipelined bytes wait in the kernel.
    if (closed_ || reading_ || (busy_ && reader_.has_rest())) return;
    reading_ = true;
    const auto room = reader_.room();
    socket_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](const error_code& failure, std::size_t bytes) {
          self->reading_ = false;
          self->on_read(failure, bytes);
        });
  }

  void on_read(const error_code& failure, std::size_t bytes) {
    if (failure) return close();
    if (draining_) return drain(bytes);
    reader_.received(bytes);
    parse();
  }

  void parse() {
    if (closed_) return;
    if (!busy_) {
      switch (reader_.parse()) {
        case Progress::kMalformed:
          return refuse();
        case Progress::kComplete:
          return dispatch();
        case Progress::kIncomplete:
          if (reader_.wants_continue()) send_continue();
      }
    }
    read();
  }

  void dispatch() {
    busy_ = waiting_ = true;
    keep_alive_ = reader_.keep_alive();
    Request request = reader_.take();
    without_body_ = request.method == "HEAD";
    read();
    serve_(std::move(request), shared_from_this(), ++number_);
  }

  // The client waits for these few bytes, so the socket has room for them.
  void send_continue() {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    ::send(socket_.native_handle(), kContinue.data(), kContinue.size(),
           MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  void refuse() {
    busy_ = draining_ = true;
    write({.status = reader_.status(),
           .headers = {{{"Content-Type", "text/plain"}}},
           .body = reader_.reason() + "\n"},
          false);
  }

  // What the client still sends is read and dropped: closing at once would reset the connection
  // and could destroy the answer before the client reads it.
  void drain(std::size_t bytes) {
    drained_bytes_ += bytes;
    if (drained_bytes_ > max_drained_bytes_) return close();
    read_to_drop();
  }

  void read_to_drop() {
    if (closed_ || reading_) return;
    reading_ = true;
    socket_.async_read_some(
        asio::buffer(dropped_),
        [self = shared_from_this()](const error_code& failure, std::size_t bytes) {
          self->reading_ = false;
          self->on_read(failure, bytes);
        });
  }

  void write(Response response, bool keep_alive) {
    head_ = response_head(response, keep_alive);
    body_ = without_body_ ? std::string() : std::move(response.body);
    const std::array buffers{asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(
        socket_, buffers,
        [self = shared_from_this(), keep_alive](const error_code& failure, std::size_t) {
          if (failure) return self->close();
          self->on_written(keep_alive);
        });
  }

  void on_written(bool keep_alive) {
    if (closed_) return;
    std::string().swap(body_);  // assigning would keep the room
    if (keep_alive) {
      busy_ = false;
      if (!reading_) parse();
      return;
    }
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    draining_ = true;
    if (!reading_) read_to_drop();
  }

  Socket socket_;
  const std::size_t max_drained_bytes_;
  RequestReader reader_;
  Serve serve_;
  std::function<void(Session*)> ended_;
  std::string head_;
  std::string body_;
  std::array<char, 1024> dropped_{};
  std::size_t drained_bytes_ = 0;
  std::uint64_t number_ = 0;
  bool reading_ = false;
  bool busy_ = false;
  bool waiting_ = false;
  bool keep_alive_ = true;
  bool without_body_ = false;
  bool draining_ = false;
  bool closed_ = false;
};

}  // namespace

class Responder::Exchange {
 public:
  Exchange(std::weak_ptr<Session> session, std::uint64_t number)
      : session_(std::move(session)), number_(number) {}

  void send(Response response) {
    if (const auto session = session_.lock()) session->answer(number_, std::move(response));
  }
  bool open() const {
    const auto session = session_.lock();
    return session && session->waits_for(number_);
  }

 private:
  std::weak_ptr<Session> session_;
  std::uint64_t number_;
};

Responder::Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
void Responder::send(Response response) const { exchange_->send(std::move(response)); }
bool Responder::open() const { return exchange_->open(); }

class Server::Listener : public std::enable_shared_from_this<Server::Listener> {
 public:
  Listener(Loop& loop, const ServerOptions& options, Handler handler)
      : io_(loop.context().io),
        acceptor_(io_),
        pause_(io_),
        max_body_bytes_(options.max_body_bytes),
        handler_(std::make_shared<Handler>(std::move(handler))) {
    const auto check = [&options](const error_code& failure) {
      if (failure) {
        throw Error(fmt::format("cannot listen on {} port {}: {}", options.address, options.port,
                                failure.message()));
      }
    };
    error_code failure;
    const auto address = asio::ip::make_address(options.address, failure);
    check(failure);
    const Protocol::endpoint endpoint(address, static_cast<std::uint16_t>(options.port));
    acceptor_.open(endpoint.protocol(), failure);
    check(failure);
    close_on_exec(acceptor_.native_handle());
    acceptor_.set_option(Acceptor::reuse_address(true), failure);
    check(failure);
    acceptor_.bind(endpoint, failure);
    check(failure);
    acceptor_.listen(Acceptor::max_listen_connections, failure);
    check(failure);
    port_ = acceptor_.local_endpoint().port();
  }

  int port() const { return port_; }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& failure, Socket socket) {
      if (self->closed_) return;
      if (failure) return self->accept_later();
      self->adopt(std::move(socket));
      self->accept();
    });
  }

  // Posted, so that a connection comes first that has been accepted but not adopted yet.
  void when_quiet(std::function<void()> told) {
    quiet_ = std::move(told);
    asio::post(io_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->tell_if_quiet();
    });
  }

  void close() {
    closed_ = true;
    quiet_ = nullptr;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    handler_.reset();
    for (const auto& session : std::exchange(sessions_, {})) session->close();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void adopt(Socket socket) {
    error_code ignored;
    close_on_exec(socket.native_handle());
    socket.set_option(Protocol::no_delay(true), ignored);
    const auto weak = weak_from_this();
    auto session = std::make_shared<Session>(
        std::move(socket), max_body_bytes_,
        [weak](Request request, const std::shared_ptr<Session>& from, std::uint64_t number) {
          if (const auto self = weak.lock()) self->serve(std::move(request), from, number);
        },
        [weak](Session* ended) {
          const auto self = weak.lock();
          if (!self) return;
          self->sessions_.erase(ended->shared_from_this());
          self->tell_if_quiet();
        });
    sessions_.insert(session);
    session->start();
  }

  void serve(Request request, const std::shared_ptr<Session>& from, std::uint64_t number) {
    // The handler may destroy the server, and with it its own function object.
    const auto handler = handler_;
    if (!handler) return;
    const Responder responder(std::make_shared<Responder::Exchange>(from, number));
    try {
      (*handler)(std::move(request), responder);
    } catch (const Error& error) {
      responder.send({.status = 500,
                      .headers = {{{"Content-Type", "text/plain"}}},
                      .body = std::string(error.what()) + "\n"});
    }
  }

  void tell_if_quiet() {
    if (!quiet_ || !sessions_.empty()) return;
    pollfd backlog{acceptor_.native_handle(), POLLIN, 0};
    if (::poll(&backlog, 1, 0) == 0) std::exchange(quiet_, nullptr)();
  }

  // Out of descriptors, for one: the connection stays in the backlog, so trying at once would spin.
  void accept_later() {
    pause_.expires_after(std::chrono::milliseconds(10));
    pause_.async_wait([self = shared_from_this()](const error_code& failure) {
      if (!failure && !self->closed_) self->accept();
    });
  }

  asio::io_context& io_;
  Acceptor acceptor_;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> pause_;
  std::size_t max_body_bytes_;
  std::shared_ptr<Handler> handler_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::function<void()> quiet_;
  int port_ = 0;
  bool closed_ = false;
};

Server::Server(Loop& loop, const ServerOptions& options, Handler handler)
    : listener_(std::make_shared<Listener>(loop, options, std::move(handler))) {
  listener_->accept();
}
Server::~Server() { listener_->close(); }
int Server::port() const { return listener_->port(); }
void Server::when_quiet(std::function<void()> told) { listener_->when_quiet(std::move(told)); }

}  // namespace stepconf::net
