#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "stepconf/net/loop.h"
#include "stepconf/platform/local/engine.h"

namespace stepconf::platform {

/// Keeps the events of asynchronous calls until a function has handled them, and tries again as
/// Lambda does (EventRetries). What fails, and what is given up, is told in the function's log. An
/// event keeps its request id. Lives in the loop's thread.
class EventQueue {
 public:
  /// Both must outlive it.
  EventQueue(net::Loop& loop, Engine& engine) : loop_(loop), engine_(engine) {}
  /// Tells which events have not been handled yet, and forgets them.
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Takes an event and calls the function. `call` has a request id.
  void add(Call call);

 private:
  struct Event {
    Call call;
    Seconds arrived{0};
    // How often the function failed, and how often there was no room for it.
    std::size_t failures = 0;
    int refusals = 0;
    std::unique_ptr<net::Handle> next_attempt;
  };

  void attempt(const std::string& request_id);
  void ended(const std::string& request_id, const Outcome& outcome);
  void tell(const Event& event, std::string_view what) const;

  net::Loop& loop_;
  Engine& engine_;
  std::map<std::string, Event> events_;
  // Calls under way outlive the queue.
  std::shared_ptr<bool> living_ = std::make_shared<bool>(true);
};

}  // namespace stepconf::platform
