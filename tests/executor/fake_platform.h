#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/platform/platform.h"

namespace stepconf::executor {

/// What a function of the FakePlatform does with one batch: how long it takes and what comes back.
struct FakeAnswer {
  Seconds duration{1};
  std::string status = "ok";
  Json payload;
  bool cold = false;
};

/// A platform with a clock of its own that jumps from event to event. Functions see the whole batch
/// event.
class FakePlatform final : public platform::Platform {
 public:
  using Function = std::function<FakeAnswer(const Json& event)>;

  std::map<std::string, Function> functions;
  std::vector<platform::Invocation> started;
  /// Times at which `wait_next` is interrupted.
  std::vector<Seconds> interruptions;
  /// By function; a function that is not in it is one of which the platform knows nothing.
  std::map<std::string, std::map<MemoryMb, int>> idle;

  Seconds now() const override { return now_; }

  void start(const platform::Invocation& invocation) override {
    started.push_back(invocation);
    const FakeAnswer answer = functions.at(invocation.function)(Json::parse(invocation.payload));
    platform::Completion completion;
    completion.id = invocation.id;
    completion.status = answer.status;
    completion.payload = answer.payload.dump();
    completion.dispatched = completion.started = now_;
    completion.ended = now_ + answer.duration;
    completion.billed = answer.duration;
    completion.cold = answer.cold;
    ends_.emplace(std::pair(completion.ended, sequence_++), completion);
  }

  std::optional<platform::Completion> wait_next(Seconds until) override {
    if (!interruptions.empty() && interruptions.front() <= until &&
        (ends_.empty() || interruptions.front() <= ends_.begin()->first.first)) {
      now_ = interruptions.front();
      interruptions.erase(interruptions.begin());
      return std::nullopt;
    }
    if (ends_.empty() || ends_.begin()->first.first > until) {
      now_ = until;
      return std::nullopt;
    }
    const platform::Completion completion = ends_.begin()->second;
    ends_.erase(ends_.begin());
    now_ = completion.ended;
    return completion;
  }

  std::optional<std::map<MemoryMb, int>> idle_sandboxes(const std::string& function) override {
    const auto found = idle.find(function);
    if (found == idle.end()) return std::nullopt;
    return found->second;
  }

  /// Answers each job with what `handler` makes of it, as the wrapper would; the batch takes
  /// `seconds_a_job` for each.
  static Function each_job(std::function<Json(const Json& job)> handler, double seconds_a_job = 1) {
    return [handler, seconds_a_job](const Json& event) {
      FakeAnswer answer;
      answer.payload = Json::array();
      for (const Json& job : event.at("jobs")) answer.payload.push_back(handler(job));
      answer.duration = Seconds(seconds_a_job * static_cast<double>(event.at("jobs").size()));
      return answer;
    };
  }

 private:
  Seconds now_{0};
  int sequence_ = 0;
  std::map<std::pair<Seconds, int>, platform::Completion> ends_;
};

}  // namespace stepconf::executor
