#include "stepconf/net/client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <utility>

#include "stepconf/net/context.h"
#include "stepconf/net/text.h"
#include "stepconf/net/wire.h"

namespace stepconf::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

struct Pending {
  Request request;
  std::optional<Seconds> timeout;
  std::function<void(ExchangeResult)> done;
  bool retried = false;
};

/// One TCP connection; replaced, never reused, once it fails.
struct Channel {
  explicit Channel(asio::io_context& io) : socket(io) {}
  Socket socket;
  Protocol::endpoint server;
  std::unique_ptr<ResponseReader> reader;
  std::string head;
  bool used = false;
};

}  // namespace

class Client::Connection : public std::enable_shared_from_this<Client::Connection> {
 public:
  Connection(Loop& loop, std::string host, int port)
      : loop_(loop), host_(std::move(host)), port_(port) {}

  void send(Pending pending) {
    queue_.push_back(std::move(pending));
    if (queue_.size() == 1) begin();
  }

  void when_gone(std::function<void()> gone) { gone_ = std::move(gone); }

  void close() {
    closed_ = true;
    gone_ = nullptr;
    timer_.reset();
    drop_channel();
    queue_.clear();
  }

 private:
  void begin() {
    const Pending& pending = queue_.front();
    if (pending.timeout && !pending.retried) {
      timer_ = loop_.after(*pending.timeout, [weak = weak_from_this(), limit = *pending.timeout] {
        if (const auto self = weak.lock()) self->finish({{}, timed_out(limit)});
      });
    }
    if (channel_ && !closed_by_peer(channel_->socket.native_handle())) return write(channel_);
    drop_channel();
    connect();
  }

  void connect() {
    error_code failure;
    std::vector<Protocol::endpoint> endpoints;
    const auto address = asio::ip::make_address(host_, failure);
    if (!failure) {
      endpoints.emplace_back(address, static_cast<std::uint16_t>(port_));
    } else {
      // Names are rare here (localhost), so looking one up may block.
      asio::ip::basic_resolver<Protocol, Executor> resolver(loop_.context().io);
      const auto found = resolver.resolve(host_, std::to_string(port_), failure);
      for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    }
    if (endpoints.empty()) {
      return loop_.post([weak = weak_from_this(), host = host_] {
        if (const auto self = weak.lock()) self->finish({{}, "cannot resolve the host " + host});
      });
    }
    channel_ = std::make_shared<Channel>(loop_.context().io);
    auto candidates = std::make_shared<std::vector<Protocol::endpoint>>(std::move(endpoints));
    asio::async_connect(channel_->socket, candidates->begin(), candidates->end(),
                        [self = shared_from_this(), channel = channel_, candidates](
                            const error_code& refused, const auto&) {
                          if (channel != self->channel_) return;
                          if (refused) return self->finish({{}, describe(refused.value())});
                          error_code ignored;
                          channel->server = channel->socket.remote_endpoint(ignored);
                          close_on_exec(channel->socket.native_handle());
                          channel->socket.set_option(Protocol::no_delay(true), ignored);
                          self->write(channel);
                        });
  }

  void write(const std::shared_ptr<Channel>& channel) {
    Request& request = queue_.front().request;
    channel->head = request_head(request, host_, port_);
    channel->reader = std::make_unique<ResponseReader>(request.method);
    // Kept by the operation: a time-out may drop the request while its bytes are still being sent.
    const auto body = std::make_shared<std::string>();
    if (may_retry()) {
      *body = request.body;
    } else {
      *body = std::move(request.body);
    }
    const std::array buffers{asio::buffer(channel->head), asio::buffer(*body)};
    asio::async_write(channel->socket, buffers,
                      [self = shared_from_this(), channel, body](const error_code&, std::size_t) {
                        // A failure shows in the read too, with the early answer there may be.
                      });
    read(channel);
  }

  void read(const std::shared_ptr<Channel>& channel) {
    const auto room = channel->reader->room();
    channel->socket.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this(), channel](const error_code& failure, std::size_t bytes) {
          if (channel == self->channel_) self->on_read(channel, failure, bytes);
        });
  }

  void on_read(const std::shared_ptr<Channel>& channel, const error_code& failure,
               std::size_t bytes) {
    ResponseReader& reader = *channel->reader;
    reader.received(bytes);
    if (failure && !reader.begun() && may_retry()) {
      queue_.front().retried = true;
      return begin_again();
    }
    if (failure && failure != asio::error::eof) return finish({{}, describe(failure.value())});
    const Progress progress = failure ? reader.parse_end() : reader.parse();
    if (progress == Progress::kIncomplete) return read(channel);
    if (progress == Progress::kMalformed) return finish({{}, reader.reason()});
    channel->used = true;
    const bool keep = !failure && reader.keep_alive();
    ExchangeResult result{reader.take(), {}};
    if (!keep) drop_channel();
    finish(std::move(result));
  }

  // A request on a kept connection may cross the server's closing it. Only one that changes nothing
  // is sent again then: the server may have begun to work on it.
  bool may_retry() const {
    const Pending& pending = queue_.front();
    const bool harmless = pending.request.method == "GET" || pending.request.method == "HEAD";
    return harmless && channel_->used && !pending.retried;
  }

  void begin_again() {
    drop_channel();
    begin();
  }

  void finish(ExchangeResult result) {
    if (closed_) return;
    timer_.reset();
    if (!result.response) drop_channel();
    const auto done = std::move(queue_.front().done);
    queue_.pop_front();
    const auto self = shared_from_this();
    queue_.empty() ? watch_idle() : begin();
    done(std::move(result));
  }

  void drop_channel() {
    if (!channel_) return;
    error_code ignored;
    channel_->socket.close(ignored);
    channel_.reset();
  }

  void watch_idle() {
    if (!gone_ || !channel_) return;
    channel_->socket.async_wait(Socket::wait_read, [weak = weak_from_this(),
                                                    channel = channel_](const error_code& failure) {
      const auto self = weak.lock();
      if (!self || failure || channel != self->channel_ || !self->queue_.empty()) return;
      if (closed_by_peer(channel->socket.native_handle())) self->look_for_server();
    });
  }

  // Servers may close idle connections, so only one that takes no new one is gone.
  void look_for_server() {
    const auto server = channel_->server;
    drop_channel();
    const auto probe = std::make_shared<Channel>(loop_.context().io);
    probe->socket.async_connect(server,
                                [weak = weak_from_this(), probe](const error_code& refused) {
                                  const auto self = weak.lock();
                                  if (self && refused && self->gone_)
                                    std::exchange(self->gone_, nullptr)();
                                });
  }

  Loop& loop_;
  std::string host_;
  int port_;
  std::deque<Pending> queue_;
  std::shared_ptr<Channel> channel_;
  std::unique_ptr<Handle> timer_;
  std::function<void()> gone_;
  bool closed_ = false;
};

Client::Client(Loop& loop, std::string host, int port)
    : connection_(std::make_shared<Connection>(loop, std::move(host), port)) {}
Client::~Client() { connection_->close(); }

void Client::send(Request request, std::optional<Seconds> timeout,
                  std::function<void(ExchangeResult)> done) {
  connection_->send({std::move(request), timeout, std::move(done)});
}

void Client::when_gone(std::function<void()> gone) { connection_->when_gone(std::move(gone)); }

}  // namespace stepconf::net
