#include "stepconf/platform/local/event_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stepconf::platform {

EventQueue::~EventQueue() {
  for (const auto& [request_id, event] : events_) {
    tell(event, "has not been handled, and is lost with this server");
  }
}

void EventQueue::add(Call call) {
  const std::string request_id = call.request_id;
  Event event;
  event.arrived = engine_.now();
  event.call = std::move(call);
  events_.insert_or_assign(request_id, std::move(event));
  attempt(request_id);
}

void EventQueue::attempt(const std::string& request_id) {
  Call call = events_.at(request_id).call;
  call.dispatched = engine_.now();
  engine_.invoke(std::move(call),
                 [this, request_id, living = std::weak_ptr(living_)](const Outcome& outcome) {
                   if (!living.expired()) ended(request_id, outcome);
                 });
}

void EventQueue::ended(const std::string& request_id, const Outcome& outcome) {
  if (outcome.completion.ok()) {
    events_.erase(request_id);
    return;
  }
  const EventRetries& retries = engine_.options().event_retries;
  Event& event = events_.at(request_id);
  const std::string failure =
      fmt::format("failed ({}: {})", outcome.completion.status, outcome.completion.error_message);
  Seconds delay{0};
  bool again = true;
  if (outcome.refused) {
    delay = std::min(retries.first_refusal * std::pow(2.0, event.refusals), retries.last_refusal);
    ++event.refusals;
    again = engine_.now() + delay - event.arrived <= retries.longest_age;
  } else {
    again = event.failures < retries.after_failure.size();
    if (again) delay = retries.after_failure[event.failures];
    ++event.failures;
  }
  if (!again) {
    tell(event, failure + " and is dropped");
    events_.erase(request_id);
    return;
  }
  tell(event, fmt::format("{} and is tried again in {}", failure, format_duration(delay)));
  event.next_attempt = loop_.after(delay, [this, request_id] { attempt(request_id); });
}

void EventQueue::tell(const Event& event, std::string_view what) const {
  const auto& log = engine_.options().log;
  if (log) log(event.call.function, fmt::format("event {} {}", event.call.request_id, what));
}

}  // namespace stepconf::platform
