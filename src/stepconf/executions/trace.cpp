#include "stepconf/executions/trace.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

#include "stepconf/deploy/wanted_function.h"
#include "stepconf/executions/decisions.h"
#include "stepconf/executions/function_calls.h"
#include "stepconf/executions/json_member.h"
#include "stepconf/executions/ways.h"
#include "stepconf/platform/service_errors.h"
#include "stepconf/pricing/bill.h"

namespace stepconf::executions {
namespace {

using executor::InstanceRecord;
using executor::StepRecord;

int whole_of(const Json& object, const char* name, int absent) {
  if (!object.is_object()) return absent;
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : absent;
}

int jobs_of(const FunctionCall& call) {
  const Json jobs = member(call.payload, "jobs");
  const bool batch = member(call.payload, "stepconf").is_object() && jobs.is_array();
  return batch ? static_cast<int>(jobs.size()) : 1;
}

// Where a call's iteration stands among those of its step.
std::vector<int> position_of(const Scope& scope) {
  std::vector<int> position;
  for (const OpenState& state : scope) position.push_back(state.iteration);
  return position;
}

// The calls of one step that belong to one decision and attempt.
struct Group {
  const workflow::Step* step = nullptr;
  std::optional<std::size_t> asked{};
  double ready = 0;
  int attempt = 1;
  std::vector<const FunctionCall*> calls{};
};

class Reader {
 public:
  Reader(const Told& told, const Deployed& deployed, const std::optional<Seconds>& slo)
      : told_(told),
        deployed_(deployed),
        slo_(slo),
        history_(told.events),
        calls_(function_calls(history_)),
        asked_(asked_decisions(history_, calls_, deployed.names.configurator())),
        decided_(history_, asked_),
        states_(states_by_name(deployed.machine)) {}

  ReadExecution read() {
    result_.connected = history_.connected();
    read_end();
    if (!result_.connected || told_.events.empty()) {
      result_.summary.cost_known = false;
      return std::move(result_);
    }
    make_groups();
    for (const auto& [key, group] : groups_) result_.summary.steps.push_back(record_of(group));
    auto& steps = result_.summary.steps;
    std::ranges::stable_sort(steps, {}, &StepRecord::ended);
    add_ways();
    add_costs();
    return std::move(result_);
  }

 private:
  Seconds since_start(double time) const {
    // Microseconds: seconds since 1970 have no finer ones.
    return Seconds(std::max(0.0, std::round((time - told_.execution.started) * 1e6) / 1e6));
  }

  double stopped() const {
    if (told_.execution.stopped > 0) return told_.execution.stopped;
    return told_.events.empty() ? told_.execution.started : told_.events.back().time;
  }

  void read_end() {
    executor::RunSummary& summary = result_.summary;
    const services::Execution& execution = told_.execution;
    summary.duration = since_start(stopped());
    if (execution.status == "SUCCEEDED") {
      summary.output = Json::parse(execution.output, nullptr, /*allow_exceptions=*/false);
      if (summary.output.is_discarded()) summary.output = nullptr;
      return;
    }
    summary.status = executor::RunStatus::failed;
    summary.error = execution.error;
    summary.cause = execution.cause;
    if (summary.error.empty())
      summary.error = execution.status == "TIMED_OUT" ? "States.Timeout" : execution.status;
    summary.step = failing_step();
  }

  // The innermost of the user's states that the last failure is about.
  std::string failing_step() const {
    for (std::size_t place = told_.events.size(); place-- > 0;) {
      const std::string& type = told_.events[place].type;
      if (type.starts_with("Execution") ||
          !(type.ends_with("Failed") || type.ends_with("TimedOut")))
        continue;
      const Scope& scope = history_.scope(place);
      for (auto state = scope.rbegin(); state != scope.rend(); ++state) {
        const auto found = states_.find(state->name);
        if (found == states_.end()) continue;
        return found->second->step.empty() ? found->second->full_name : found->second->step;
      }
    }
    return {};
  }

  // The user's step that a call is of; null where it is no step of the workflow, or the
  // configurator's.
  const workflow::Step* step_of(const FunctionCall& call) const {
    if (call.function.empty() || call.function == deployed_.names.configurator()) return nullptr;
    std::string name = services::text_of(member(call.payload, "stepconf"), "step");
    const Scope& scope = history_.scope(call.scheduled_at);
    if (name.empty() && !scope.empty()) {
      const auto state = states_.find(scope.back().name);
      if (state != states_.end()) name = state->second->step;
    }
    const auto id = deployed_.workflow.find(name);
    if (!id) return nullptr;
    const workflow::Step& step = deployed_.workflow.steps[static_cast<std::size_t>(*id)];
    const bool known = call.function == step.function ||
                       call.function == deployed_.names.function_copy(step.function);
    return known ? &step : nullptr;
  }

  double time_of(std::int64_t event) const {
    for (const services::HistoryEvent& each : told_.events) {
      if (each.id == event) return each.time;
    }
    return told_.execution.started;
  }

  void make_groups() {
    for (const FunctionCall& call : calls_) {
      const workflow::Step* step = step_of(call);
      if (!step) continue;
      const Scope& scope = history_.scope(call.scheduled_at);
      const auto asked = decided_.find(call.scheduled_at, step->name);
      // Without a decision, a step begins where the outermost Map around it does.
      const auto map = std::ranges::find(scope, std::string("Map"), &OpenState::type);
      const std::int64_t begun = map != scope.end() ? map->entered : scope.back().entered;
      const std::int64_t activation =
          asked ? static_cast<std::int64_t>(told_.events[asked_[*asked].scheduled_at].id) : begun;
      const auto [entry, fresh] =
          groups_.try_emplace(std::make_tuple(activation, step->name, call.attempt));
      Group& group = entry->second;
      if (fresh) {
        group.step = step;
        group.attempt = call.attempt;
        group.asked = asked;
        group.ready = asked ? asked_[*asked].entered : time_of(begun);
        // What is tried again is ready when it is.
        if (scope.back().retries > 0) {
          group.asked.reset();
          group.ready = call.scheduled;
        }
      }
      group.calls.push_back(&call);
    }
  }

  InstanceRecord instance_of(const FunctionCall& call, int index) {
    InstanceRecord instance;
    instance.index = index;
    instance.jobs = jobs_of(call);
    instance.status = call.status;
    instance.dispatched = since_start(call.scheduled);
    instance.ended = since_start(call.ended.value_or(stopped()));
    instance.started = since_start(call.started.value_or(call.scheduled));
    const auto report = told_.reports.find(call.request_id);
    instance.reported = report != told_.reports.end() && !call.request_id.empty();
    if (!instance.reported) {
      if (!call.request_id.empty()) result_.unreported.push_back(call.request_id);
      return instance;
    }
    instance.started = std::max(instance.dispatched, instance.ended - report->second.duration);
    instance.cold = report->second.init.has_value();
    instance.init = report->second.init.value_or(Seconds{0});
    instance.max_memory_mb = report->second.max_memory_mb;
    return instance;
  }

  MemoryMb memory_of(const Group& group) const {
    if (const auto size = deploy::size_of_alias(group.calls.front()->qualifier)) return *size;
    const auto report = told_.reports.find(group.calls.front()->request_id);
    if (report != told_.reports.end()) return {report->second.memory_mb};
    return {group.asked ? whole_of(asked_[*group.asked].answer, "memory_mb", 0) : 0};
  }

  StepRecord record_of(Group group) {
    std::ranges::stable_sort(group.calls, {}, [this](const FunctionCall* call) {
      return position_of(history_.scope(call->scheduled_at));
    });
    StepRecord record;
    record.execution = told_.execution.name;
    record.started_at =
        asl::Timestamp(std::chrono::milliseconds(std::llround(told_.execution.started * 1e3)));
    record.step = group.step->name;
    record.function = group.step->function;
    record.attempt = group.attempt;
    record.ready = record.decided = since_start(group.ready);
    if (slo_) record.time_left = *slo_ - record.ready;
    for (const FunctionCall* call : group.calls) {
      record.detail.push_back(instance_of(*call, static_cast<int>(record.detail.size())));
      record.jobs += record.detail.back().jobs;
      record.ended = std::max(record.ended, record.detail.back().ended);
    }
    record.configuration = {
        memory_of(group), static_cast<int>(group.calls.size()),
        std::max(1, whole_of(member(group.calls.front()->payload, "stepconf"), "processes", 1))};
    if (group.asked) add_decision(asked_[*group.asked], record);
    add_cost(group, record);
    return record;
  }

  void add_decision(const AskedDecision& asked, StepRecord& record) {
    record.decided = since_start(asked.answered);
    if (!asked.error.empty()) {
      record.reason = "the safe configuration: the configurator failed with " + asked.error;
      return;
    }
    record.configuration.instances =
        std::max(1, whole_of(asked.answer, "instances", record.configuration.instances));
    const auto logged = logged_decision(told_.decisions, told_.execution.arn, asked.step,
                                        since_start(asked.entered));
    if (!logged) {
      record.reason = member(asked.answer, "safe") == Json(true)
                          ? "the safe configuration, as the configurator answered"
                          : "as the configurator answered";
      return;
    }
    record.sub_slo = logged->sub_slo;
    record.reason = logged->reason;
    record.decision = logged->decision;
    if (!record.decision) return;
    record.decision->configuration = record.configuration;
    record.predicted = record.decision->duration;
    record.predicted_cost = record.decision->cost;
  }

  void add_cost(const Group& group, StepRecord& record) {
    if (deployed_.paper_cost) {
      record.cost =
          pricing::paper_cost(deployed_.prices, record.configuration.memory,
                              static_cast<int>(group.calls.size()), record.ended - record.ready);
      return;
    }
    std::vector<pricing::InstanceUse> uses;
    for (const FunctionCall* call : group.calls) {
      const auto report = told_.reports.find(call->request_id);
      if (!call->request_id.empty() && report != told_.reports.end()) {
        uses.push_back({.duration = report->second.billed});
      } else {
        // What was refused costs its transition alone.
        record.cost_known = record.cost_known && platform::is_service_error(call->status);
      }
    }
    record.cost = pricing::billed_cost(deployed_.prices, record.configuration.memory, uses,
                                       /*is_map=*/false);
    const bool first = group.attempt == 1;
    const int transitions = static_cast<int>(group.calls.size()) +
                            (first && group.step->is_map ? 1 : 0) + (group.asked ? 1 : 0);
    // One is in the bill already.
    record.cost += transition() * (transitions - 1);
    attributed_transitions_ += transitions;
    if (!group.asked) return;
    const AskedDecision& asked = asked_[*group.asked];
    const auto report = told_.reports.find(asked.request_id);
    if (asked.request_id.empty() || report == told_.reports.end()) {
      record.cost_known = false;
      if (!asked.request_id.empty()) result_.unreported.push_back(asked.request_id);
      return;
    }
    record.cost +=
        pricing::instance_cost(deployed_.prices, {report->second.memory_mb}, report->second.billed);
  }

  Usd transition() const {
    const bool billed = deployed_.prices.orchestrator == pricing::Orchestrator::standard;
    return Usd{billed ? deployed_.prices.usd_per_transition : 0};
  }

  // Each way stands with the step that it follows.
  void add_ways() {
    const std::vector<WayTaken> ways = ways_taken(history_, deployed_.machine);
    auto& steps = result_.summary.steps;
    StepRecord alone;
    for (const WayTaken& way : ways) {
      const Seconds time = since_start(told_.events[way.at].time);
      StepRecord* record = steps.empty() ? &alone : &steps.front();
      for (StepRecord& each : steps) {
        if (each.ended <= time) record = &each;
      }
      ++record->choices[way.state][way.next];
    }
    if (alone.choices.empty()) return;
    alone.execution = told_.execution.name;
    alone.started_at =
        asl::Timestamp(std::chrono::milliseconds(std::llround(told_.execution.started * 1e3)));
    result_.ways_left = std::move(alone);
  }

  void add_costs() {
    executor::RunSummary& summary = result_.summary;
    for (const StepRecord& record : summary.steps) {
      summary.cost += record.cost;
      summary.cost_known = summary.cost_known && record.cost_known;
    }
    if (deployed_.paper_cost) return;
    // Every entry into a state is a transition, and so is every retry.
    int all = 0;
    for (std::size_t place = 0; place < told_.events.size(); ++place) {
      if (enters_state(told_.events[place])) ++all;
    }
    for (const FunctionCall& call : calls_) {
      if (!history_.scope(call.scheduled_at).empty() &&
          history_.scope(call.scheduled_at).back().retries > 0)
        ++all;
    }
    summary.cost += transition() * std::max(0, all - attributed_transitions_);
    if (deployed_.prices.orchestrator == pricing::Orchestrator::express)
      summary.cost += Usd{deployed_.prices.usd_per_execution};
  }

  const Told& told_;
  const Deployed& deployed_;
  const std::optional<Seconds> slo_;
  const Scopes history_;
  const std::vector<FunctionCall> calls_;
  const std::vector<AskedDecision> asked_;
  const DecisionsBefore decided_;
  const std::map<std::string, const asl::State*> states_;
  std::map<std::tuple<std::int64_t, std::string, int>, Group> groups_;
  int attributed_transitions_ = 0;
  ReadExecution result_;
};

}  // namespace

ReadExecution read_execution(const Told& told, const Deployed& deployed,
                             const std::optional<Seconds>& slo) {
  return Reader(told, deployed, slo).read();
}

std::map<std::string, std::vector<std::string>> requests_by_function(
    const std::vector<services::HistoryEvent>& events) {
  const Scopes history(events);
  std::map<std::string, std::vector<std::string>> requests;
  for (const FunctionCall& call : function_calls(history)) {
    std::vector<std::string>& of_function = requests[call.function];
    if (!call.request_id.empty()) of_function.push_back(call.request_id);
  }
  return requests;
}

}  // namespace stepconf::executions
