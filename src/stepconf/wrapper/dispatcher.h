#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/net/http.h"
#include "stepconf/net/loop.h"
#include "stepconf/wrapper/copy.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// An event as Lambda hands it to the wrapper.
struct Invocation {
  std::string request_id;
  net::Headers headers;
  std::string event;
};

/// Serves events with copies of the wrapped runtime: the jobs of a batch with as many as it asks
/// for and memory allows, any other event with one. The next job goes to the copy that is idle
/// longest. Copies start when they are needed, stay warm, and are replaced when they die.
class Dispatcher final : public CopyListener {
 public:
  /// `memory_mb`: what the function may use; absent where that is not known.
  Dispatcher(net::Loop& loop, std::vector<std::string> command, std::optional<double> memory_mb);
  ~Dispatcher() override;

  /// Starts the first copy. `ready` is called when it waits for its first event, or with the reason
  /// why it never will.
  void warm_up(std::function<void(std::optional<Outcome>)> ready);

  /// Serves one event; `done` is called once, when no job of it is at work any more. One at a time.
  /// A job that fails where errors are not collected keeps those from starting that have not yet.
  void serve(Invocation invocation, std::function<void(Outcome)> done);

 private:
  struct Work;

  void on_idle(Copy& copy) override;
  void on_answer(Copy& copy, Outcome outcome) override;
  void on_gone(Copy& copy, Outcome reason) override;

  void proceed();
  void assign(Copy& copy);
  void settle(std::size_t job, Outcome outcome);
  void finish();
  void start_missing_copies();
  std::optional<Outcome> start_copy();
  int allowed_processes(int wanted);
  void bury(Copy& copy);

  net::Loop& loop_;
  std::vector<std::string> command_;
  std::optional<double> memory_mb_;
  std::vector<std::unique_ptr<Copy>> copies_;
  /// The longest idle one first.
  std::deque<Copy*> idle_;
  /// Copies that have ended, until the call from inside them returns.
  std::vector<std::unique_ptr<Copy>> ended_;
  std::unique_ptr<net::Handle> burial_;
  std::function<void(std::optional<Outcome>)> warmed_up_;
  std::unique_ptr<Work> work_;
};

}  // namespace stepconf::wrapper
