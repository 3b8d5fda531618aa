#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stepconf/net/http.h"

// Private to net/: HTTP/1.1 as bytes. The parser behind it (Boost.Beast) is compiled in wire.cpp
// alone.

namespace stepconf::net {

/// What the bytes received so far amount to.
enum class Progress { kIncomplete, kComplete, kMalformed };

/// Cuts a stream of bytes into requests.
class RequestReader {
 public:
  explicit RequestReader(std::size_t max_body_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Gives room for the next bytes, valid until `received` says how many were put there.
  std::span<char> room();
  void received(std::size_t bytes);
  /// Tells whether bytes wait that `parse` has not used.
  bool has_rest() const;
  /// Uses the bytes received. After kMalformed nothing but `status` and `reason` may be called.
  Progress parse();
  /// Tells, once a request, that the client waits for "100 Continue" before it sends the body.
  bool wants_continue();
  /// After kComplete: tells whether the client wants the connection kept.
  bool keep_alive() const;
  /// After kComplete: gives the request and turns to the next one.
  Request take();
  /// After kMalformed: the HTTP status to answer, and why.
  int status() const;
  const std::string& reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads one response.
class ResponseReader {
 public:
  /// `method` is the request's: a response to HEAD has no body.
  explicit ResponseReader(std::string_view method);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  std::span<char> room();
  void received(std::size_t bytes);
  /// Tells whether a byte has ever been received.
  bool begun() const;
  /// Uses the bytes received; interim responses (1xx) are skipped.
  Progress parse();
  /// The same at the end of the stream, where a response without a length is complete.
  Progress parse_end();
  bool keep_alive() const;
  Response take();
  const std::string& reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes everything of a message before its body. Control characters in names and values become
/// blanks; Content-Length and Connection are set here, whatever `headers` says.
std::string request_head(const Request& request, std::string_view host, int port);
std::string response_head(const Response& response, bool keep_alive);

}  // namespace stepconf::net
