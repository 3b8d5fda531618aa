#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "stepconf/net/loop.h"
#include "stepconf/net/server.h"
#include "stepconf/wrapper/child_process.h"
#include "stepconf/wrapper/line_forwarder.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

class Copy;

/// Hears of what a copy does. A call may come from inside the copy: it must not be destroyed there.
class CopyListener {
 public:
  virtual ~CopyListener() = default;
  /// The copy waits for an event.
  virtual void on_idle(Copy& copy) = 0;
  /// The event that the copy worked on is answered, by the copy's own end too.
  virtual void on_answer(Copy& copy, Outcome outcome) = 0;
  /// The process has ended, for the reason given. Nothing follows.
  virtual void on_gone(Copy& copy, Outcome reason) = 0;
};

/// An event for a copy, as `next` hands it over.
struct CopyJob {
  std::string request_id;
  std::string event;
  /// The fields of the invocation that came to the wrapper; the request id is replaced.
  const net::Headers* headers = nullptr;
  /// Stands before the lines that the copy logs during the job.
  std::string log_prefix{};
};

/// One process of the wrapped runtime, with a Runtime API of its own on loopback, by whose port it
/// is told apart from its siblings.
class Copy {
 public:
  /// Starts `command`. Throws StartFailure where it cannot be executed.
  Copy(net::Loop& loop, std::span<const std::string> command, CopyListener& listener);
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  pid_t pid() const { return process_.pid(); }
  /// Tells whether the process has ever waited for an event: its initialisation is over.
  bool ready() const { return ready_; }
  /// Tells whether `work` may be called.
  bool idle() const { return waiting_ && waiting_->open() && !request_id_; }
  /// Hands over an event. The copy must be idle.
  void work(CopyJob job);

 private:
  void serve(net::Request request, const net::Responder& responder);
  void on_next(const net::Responder& responder);
  void on_response(net::Request request, std::string_view id, const net::Responder& responder);
  void on_error(net::Request request, std::string_view id, const net::Responder& responder);
  void answer(Outcome outcome);
  void on_end();

  CopyListener& listener_;
  net::Server server_;
  ChildProcess process_;
  LineForwarder stdout_;
  LineForwarder stderr_;
  bool ready_ = false;
  std::optional<net::Responder> waiting_;
  /// Of the event at work.
  std::optional<std::string> request_id_;
  std::optional<Outcome> init_failure_;
  std::unique_ptr<net::Handle> end_watch_;
};

}  // namespace stepconf::wrapper
