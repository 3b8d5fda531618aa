#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/net/http.h"
#include "stepconf/net/loop.h"
#include "stepconf/net/origin.h"

namespace stepconf::net {

/// The outcome of an exchange: a response of whatever status, or why there is none.
struct ExchangeResult {
  std::optional<Response> response;
  /// Set where there is no response: "connection refused", "timed out after 2 s", ...
  std::string failure;
};

/// A kept-alive HTTP/1.1 connection to one server, asynchronous. Requests are sent one after
/// another in the order of `send`; a connection that the server closed between two requests is
/// opened again once.
class Client {
 public:
  Client(Loop& loop, std::string host, int port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `timeout` counts from the request's turn; absent: waits as long as it takes. `done` is called
  /// in the loop's thread, never from inside `send`, and not at all where the client is destroyed
  /// first.
  void send(Request request, std::optional<Seconds> timeout,
            std::function<void(ExchangeResult)> done);
  /// Calls `gone` once when the server is found to be gone between two requests: it has closed the
  /// kept connection and refuses a new one. A server that closes each connection after a request is
  /// not watched.
  void when_gone(std::function<void()> gone);

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;
};

/// Reports a server that does not prove that it is the one called; trying again does not help.
class Untrusted : public Error {
  using Error::Error;
};

/// Reports that no connection stands: nothing of the request was sent.
class Unreachable : public Error {
  using Error::Error;
};

/// The same, blocking, for programs that do one thing at a time (a function's runtime) and for
/// threads that do; with TLS too. Throws Error where there is no response, Unreachable where the
/// request was not sent.
///
/// TLS trusts the certificates in the file that AWS_CA_BUNDLE names, else the system's, read when
/// the process first connects to a secure origin. The server's name is verified: throws Untrusted
/// where it is not the certificate's, or the certificate is not trusted.
class BlockingClient {
 public:
  /// `connect_limit` bounds the time until the connection, with its TLS, stands; absent: the
  /// exchange's own limit does.
  explicit BlockingClient(Origin origin, std::optional<Seconds> connect_limit = std::nullopt);
  BlockingClient(std::string host, int port);
  ~BlockingClient();
  BlockingClient(const BlockingClient&) = delete;
  BlockingClient& operator=(const BlockingClient&) = delete;

  /// `timeout` counts from the call; absent: waits as long as it takes.
  Response exchange(const Request& request, std::optional<Seconds> timeout);

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace stepconf::net
