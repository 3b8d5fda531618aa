#pragma once

#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "stepconf/net/server.h"
#include "stepconf/wrapper/child_process.h"

namespace stepconf::wrapper {

/// What the wrapper sent for an event, or for its initialisation.
struct Reply {
  bool ok = false;
  std::string body;
  std::string error_type;
};

/// Lambda's Runtime API as the wrapper meets it, and the wrapper itself under it.
class FakeLambda {
 public:
  /// Starts stepconf-wrapper with these arguments behind its name.
  explicit FakeLambda(const std::vector<std::string>& arguments,
                      const std::vector<std::pair<std::string, std::string>>& variables = {});
  ~FakeLambda();
  FakeLambda(const FakeLambda&) = delete;
  FakeLambda& operator=(const FakeLambda&) = delete;

  /// Hands over an event and waits for the answer. Throws Error where none comes.
  Reply invoke(const std::string& event);
  /// Hands over an event.
  void send(const std::string& event);
  /// Waits for the answer to it.
  Reply answer();
  /// Gives the invocations from now on so long; else their deadline has passed already.
  void limit(Seconds time) { limit_ = time; }
  /// Waits for the report of a failed initialisation.
  Reply init_error();
  /// Stops answering for good.
  void disappear();
  /// Closes all connections; new ones are taken when it returns.
  void drop_connections();
  /// Waits until the wrapper asks for an event.
  void wait_for_next();

  ChildProcess& process() { return *process_; }
  /// Everything the wrapper writes on stdout until it ends.
  std::string log();

 private:
  void serve(const net::Request& request, const net::Responder& responder);
  void hand_over();

  net::Loop loop_;
  std::optional<net::Server> server_;
  std::optional<net::Responder> waiting_;
  std::deque<std::string> events_;
  std::promise<Reply> answer_;
  std::promise<Reply> init_error_;
  std::optional<std::promise<void>> next_;
  int requests_ = 0;
  std::optional<Seconds> limit_;
  std::thread thread_;
  std::unique_ptr<ChildProcess> process_;
};

/// The path of a program of this build.
std::string program(const std::string& name);

}  // namespace stepconf::wrapper
