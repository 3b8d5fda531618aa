#pragma once

#include <functional>
#include <memory>
#include <string>

#include "stepconf/net/http.h"
#include "stepconf/net/loop.h"

namespace stepconf::net {

/// Answers one request, now or later, once. Copies answer the same request. To be used in the
/// loop's thread.
class Responder {
 public:
  class Exchange;
  explicit Responder(std::shared_ptr<Exchange> exchange);
  /// Sends the answer; without effect where the client is gone.
  void send(Response response) const;
  /// Tells whether the client still waits.
  bool open() const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

/// Gets each request, in the loop's thread. An Error that it throws is answered 500 with its
/// message.
using Handler = std::function<void(Request, Responder)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  /// 0 takes a free one.
  int port = 0;
  /// Larger bodies are answered 413 and the connection is closed.
  std::size_t max_body_bytes = 64u << 20;
};

/// An HTTP/1.1 server with kept-alive connections, for loopback. Asynchronous: thousands of
/// requests may wait for their answer (the Runtime API's `next` blocks without limit). Malformed
/// requests are answered 400 and never reach the handler.
class Server {
 public:
  /// Listens from now on. Throws Error that names the address, the port and the system's reason (a
  /// busy port, for one).
  Server(Loop& loop, const ServerOptions& options, Handler handler);
  /// Stops listening and closes all connections.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  /// Calls `told` once, later, as soon as every connection that clients have made by now or make
  /// until then has been served and has ended. A second call replaces the first.
  void when_quiet(std::function<void()> told);

 private:
  class Listener;
  std::shared_ptr<Listener> listener_;
};

}  // namespace stepconf::net
