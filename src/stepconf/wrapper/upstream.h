#pragma once

#include <functional>
#include <string>

#include "stepconf/net/client.h"
#include "stepconf/net/loop.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/wrapper/invocation.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// The wrapper's own side towards Lambda: a client of the Runtime API.
class Upstream {
 public:
  /// Serves an event and calls the function given with what became of it.
  using Serve = std::function<void(Invocation, std::function<void(Outcome)>)>;

  /// `ended` is called with the process's exit status once the Runtime API is gone.
  Upstream(net::Loop& loop, const runtime::Endpoint& endpoint, Serve serve,
           std::function<void(int)> ended);

  /// Takes events and answers them, one at a time.
  void start() { next(); }
  /// Reports that the runtime cannot be initialised; then ends with status 1.
  void report_init_error(const Outcome& reason);

 private:
  void next();
  void on_next(net::ExchangeResult result);
  void answer(const std::string& request_id, Outcome outcome);
  void end(const std::string& why);

  net::Client client_;
  Serve serve_;
  std::function<void(int)> ended_;
  bool served_ = false;
};

}  // namespace stepconf::wrapper
