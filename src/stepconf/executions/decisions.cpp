#include "stepconf/executions/decisions.h"

#include <cmath>

#include "stepconf/base/error.h"
#include "stepconf/estimator/json_fields.h"
#include "stepconf/optimizer/decision_json.h"

namespace stepconf::executions {
namespace {

using services::text_of;

// The configurator counts in milliseconds, from the same events.
constexpr double kSameMoment = 0.002;

std::optional<double> number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

double entered_at(const Scopes& history, std::size_t place) {
  const Scope& scope = history.scope(place);
  if (scope.empty()) return history.events()[place].time;
  for (const services::HistoryEvent& event : history.events()) {
    if (event.id == scope.back().entered) return event.time;
  }
  return history.events()[place].time;
}

LoggedDecision read_line(const Json& line) {
  LoggedDecision logged;
  if (const auto sub_slo = number_of(line, "sub_slo_s")) logged.sub_slo = Seconds(*sub_slo);
  logged.reason = text_of(line, "reason");
  if (const std::string safe = text_of(line, "safe"); !safe.empty())
    logged.reason = "the safe configuration: " + safe;
  const std::string source = "the configurator's log";
  estimator::JsonFields fields(line, "$", source);
  logged.decision = optimizer::why_from_json(fields);
  if (!logged.decision) return logged;
  if (const auto predicted = number_of(line, "predicted_s"))
    logged.decision->duration = Seconds(*predicted);
  if (const auto predicted = number_of(line, "predicted_usd"))
    logged.decision->cost = Usd{*predicted};
  logged.decision->sub_slo = logged.sub_slo;
  return logged;
}

}  // namespace

std::vector<AskedDecision> asked_decisions(const Scopes& history,
                                           const std::vector<FunctionCall>& calls,
                                           const std::string& configurator) {
  std::vector<AskedDecision> asked;
  for (const FunctionCall& call : calls) {
    if (call.function != configurator) continue;
    asked.push_back({.step = text_of(call.payload, "step"),
                     .scheduled_at = call.scheduled_at,
                     .entered = entered_at(history, call.scheduled_at),
                     .answered = call.ended.value_or(call.scheduled),
                     .error = call.status == "ok" ? "" : call.status,
                     .answer = call.result,
                     .request_id = call.request_id});
  }
  return asked;
}

DecisionsBefore::DecisionsBefore(const Scopes& history, const std::vector<AskedDecision>& asked)
    : last_(history.events().size()) {
  std::map<std::size_t, std::size_t> asked_at;
  for (std::size_t i = 0; i < asked.size(); ++i) asked_at[asked[i].scheduled_at] = i;
  for (std::size_t place = 0; place < last_.size(); ++place) {
    if (history.before(place) < place) last_[place] = last_[history.before(place)];
    const auto found = asked_at.find(place);
    if (found != asked_at.end()) last_[place][asked[found->second].step] = found->second;
  }
}

std::optional<std::size_t> DecisionsBefore::find(std::size_t event, const std::string& step) const {
  const auto found = last_[event].find(step);
  return found == last_[event].end() ? std::nullopt : std::optional(found->second);
}

std::optional<LoggedDecision> logged_decision(const std::vector<Json>& lines,
                                              const std::string& execution_arn,
                                              const std::string& step, Seconds ready) {
  const Json* nearest = nullptr;
  double distance = kSameMoment;
  for (const Json& line : lines) {
    if (text_of(line, "execution") != execution_arn || text_of(line, "step") != step) continue;
    const auto at = number_of(line, "ready_s");
    if (!at || std::abs(*at - ready.count()) > distance) continue;
    distance = std::abs(*at - ready.count());
    nearest = &line;
  }
  if (!nearest) return std::nullopt;
  try {
    return read_line(*nearest);
  } catch (const InvalidInput&) {
    return std::nullopt;
  }
}

}  // namespace stepconf::executions
