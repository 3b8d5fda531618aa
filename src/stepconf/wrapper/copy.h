#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/net/loop.h"
#include "stepconf/net/server.h"
#include "stepconf/wrapper/child_process.h"
#include "stepconf/wrapper/line_forwarder.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

class Copy;

/// How a copy ended.
struct CopyEnd {
  /// Whether it was at work on an event, which has no answer now.
  bool at_work = false;
  /// Whether Copy::kill ended it.
  bool by_us = false;
  /// Whether SIGKILL ended it.
  bool killed = false;
  /// The most memory that it held, in MB.
  double peak_mb = 0;
  /// What happened, as Lambda says it.
  std::string message;
  /// What the runtime reported of its initialisation.
  std::optional<Outcome> init_failure;
};

/// Hears of what a copy does. A call may come from inside the copy: it must not be destroyed there.
class CopyListener {
 public:
  virtual ~CopyListener() = default;
  /// The copy waits for an event.
  virtual void on_idle(Copy& copy) = 0;
  /// The event that the copy worked on is answered.
  virtual void on_answer(Copy& copy, Outcome outcome) = 0;
  /// The process has ended. Nothing follows.
  virtual void on_gone(Copy& copy, const CopyEnd& end) = 0;
};

/// An event for a copy, as `next` hands it over.
struct CopyJob {
  std::string request_id;
  std::string event;
  /// The fields of the invocation that came to the wrapper; the request id is replaced.
  const net::Headers* headers = nullptr;
  /// The job's index, with which the lines are marked that the copy logs; absent: they are not.
  std::optional<std::size_t> index{};
};

struct CopyOptions {
  std::vector<std::string> command;
  /// Whether lines of the log that are JSON objects are marked by a member, for they are read by
  /// programs (AWS_LAMBDA_LOG_FORMAT=JSON).
  bool json_logs = false;
};

/// One process of the wrapped runtime, with a Runtime API of its own on loopback, by whose port it
/// is told apart from its siblings.
class Copy {
 public:
  /// Starts the command. Throws StartFailure where it cannot be executed.
  Copy(net::Loop& loop, const CopyOptions& options, CopyListener& listener);
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  pid_t pid() const { return process_.pid(); }
  /// Tells whether the process has ever waited for an event: its initialisation is over.
  bool ready() const { return ready_; }
  /// Tells whether `work` may be called.
  bool idle() const { return waiting_ && waiting_->open() && !request_id_; }
  /// Hands over an event. The copy must be idle.
  void work(CopyJob job);
  /// Asks the process to end.
  void terminate() const { process_.terminate(); }
  /// Kills the process; of what it still says only its end is listened to.
  void kill();
  /// Passes on the lines logged by now.
  void flush_log();

 private:
  void serve(net::Request request, const net::Responder& responder);
  void on_next(const net::Responder& responder);
  void on_response(net::Request request, std::string_view id, const net::Responder& responder);
  void on_error(net::Request request, std::string_view id, const net::Responder& responder);
  void answer(Outcome outcome);
  void on_end();
  void report_end();

  net::Loop& loop_;
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
  bool killed_ = false;
  /// Once the process has ended; reported when its last words are heard.
  std::optional<ProcessEnd> end_;
  bool end_reported_ = false;
  std::unique_ptr<net::Handle> end_watch_;
  std::unique_ptr<net::Handle> last_words_;
};

}  // namespace stepconf::wrapper
