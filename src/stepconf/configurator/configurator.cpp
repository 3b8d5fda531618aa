#include "stepconf/configurator/configurator.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace stepconf::configurator {
namespace {

// In each round one of those who compete for an execution gets through; this many never do.
constexpr int kMostRounds = 200;

Seconds since_start(std::int64_t milliseconds) {
  return Seconds(static_cast<double>(milliseconds) / 1e3);
}

JobBytes bytes_of(const Event& event) { return {event.bytes, event.largest_bytes}; }

void run_safely(Verdict& verdict, const DeployedStep& step, std::string why) {
  verdict.why_safe = std::move(why);
  // The safe configuration has a function, as parse_deployment checks.
  verdict.dispatch =
      dispatch(step, step.safe, verdict.jobs, bytes_of(verdict.event)).value_or(Dispatch{});
}

// A strategy that remembers is told what happened before by the questions of then.
optimizer::Decision decide_on(cache::Transaction& transaction, optimizer::Policy& policy,
                              const cache::ExecutionState& state,
                              const cache::PastDecision& asked) {
  const auto strategy = policy.begin(transaction);
  const auto ask = [&](const cache::PastDecision& question) {
    return strategy->decide({question.step, question.jobs, since_start(question.milliseconds)});
  };
  if (policy.remembers()) {
    for (const cache::PastDecision& past : state.decisions) ask(past);
  }
  return ask(asked);
}

}  // namespace

bool Verdict::late() const {
  return (time_left && *time_left < Seconds(0)) ||
         (decision && decision->constraint == optimizer::Constraint::catch_up);
}

Json answer(const Verdict& verdict) {
  const Dispatch& dispatch = verdict.dispatch;
  Json json{{"function", dispatch.function},
            {"memory_mb", dispatch.memory.value},
            {"size", dispatch.size},
            {"instances", dispatch.instances},
            {"processes", dispatch.processes},
            {"concurrency", dispatch.concurrency},
            {"safe", !verdict.why_safe.empty()}};
  if (verdict.cache) json["cache"] = *verdict.cache;
  return json;
}

Configurator::Configurator(Deployment deployment, std::optional<compiled::CompiledPlan> plan,
                           std::string plan_name, std::string why_no_plan)
    : deployment_(std::move(deployment)),
      plan_name_(std::move(plan_name)),
      why_no_plan_(std::move(why_no_plan)) {
  if (!plan) return;
  plan_ = std::make_unique<const compiled::CompiledPlan>(std::move(*plan));
  policies_.emplace(*plan_);
}

bool Configurator::needs_table() const {
  if (!plan_ || deployment_.cache.kind != CacheSettings::Kind::dynamodb) return false;
  return optimizer::find_strategy(plan_->goal.strategy).decides == optimizer::Decides::at_each_step;
}

void Configurator::warm_up() {
  if (!policies_ || plan_->workflow.steps.empty()) return;
  try {
    policies_->get(plan_->goal.slo, 0, plan_->workflow.steps.front().jobs);
  } catch (const Error&) {
    return;
  }
}

std::optional<Seconds> Configurator::slo_of(const Event& event) const {
  if (event.slo || !plan_) return event.slo;
  return plan_->goal.slo;
}

Verdict Configurator::decide(Event event, Mode standing, cache::ConditionalTable* table) {
  const auto found = deployment_.steps.find(event.step);
  if (found == deployment_.steps.end()) {
    throw InvalidEvent(
        fmt::format("step \"{}\" is not part of deployment \"{}\"", event.step, deployment_.name));
  }
  const DeployedStep& step = found->second;
  Verdict verdict{.event = std::move(event)};
  verdict.mode = verdict.event.mode.value_or(standing);
  const auto id = plan_ ? plan_->workflow.find(verdict.event.step) : std::nullopt;
  const int expected = id ? plan_->workflow.steps[static_cast<std::size_t>(*id)].jobs : 1;
  verdict.jobs = step.kind == StepKind::task ? 1 : verdict.event.jobs.value_or(expected);
  if (deployment_.cache.kind == CacheSettings::Kind::execution) verdict.cache = verdict.event.cache;
  if (verdict.event.fault.empty()) {
    if (const auto slo = slo_of(verdict.event))
      verdict.time_left = *slo - since_start(verdict.event.milliseconds);
  }
  try {
    decide_into(verdict, step, table);
  } catch (const std::exception& error) {
    run_safely(verdict, step, error.what());
  }
  return verdict;
}

void Configurator::decide_into(Verdict& verdict, const DeployedStep& step,
                               cache::ConditionalTable* table) {
  if (verdict.mode == Mode::off) {
    const std::string& fault = verdict.event.fault;
    return run_safely(verdict, step, fault.empty() ? "off" : fault);
  }
  if (!verdict.event.fault.empty()) return run_safely(verdict, step, verdict.event.fault);
  if (verdict.jobs == 0) return run_safely(verdict, step, "no jobs");
  if (!plan_) return run_safely(verdict, step, why_no_plan_);
  const auto id = plan_->workflow.find(verdict.event.step);
  if (!id) return run_safely(verdict, step, "the plan does not have the step");

  if (needs_table()) {
    if (table == nullptr) return run_safely(verdict, step, "the table cannot be reached");
    consult(verdict, *id, *table);
  } else {
    cache::TravellingTexts travelling(verdict.event.cache);
    consult(verdict, *id, travelling);
    if (verdict.cache) verdict.cache = travelling.written();
  }
  if (verdict.mode == Mode::observe) return run_safely(verdict, step, "observed only");
  const auto chosen = dispatch(step, *verdict.chosen, verdict.jobs, bytes_of(verdict.event));
  if (!chosen) {
    return run_safely(
        verdict, step,
        fmt::format("no function was deployed with {} MB", verdict.chosen->memory.value));
  }
  verdict.dispatch = *chosen;
}

void Configurator::consult(Verdict& verdict, workflow::StepId step,
                           cache::ConditionalTable& table) {
  const Event& event = verdict.event;
  optimizer::Policy& policy = policies_->get(slo_of(event), step, verdict.jobs);
  cache::PastDecision asked{step, event.attempt, verdict.jobs, event.milliseconds, {}, 0};
  cache::ConditionalTable::Contents contents = table.read(event.execution);
  while (verdict.rounds < kMostRounds) {
    const cache::ExecutionState state =
        cache::parse_state(contents, plan_name_, plan_->workflow.graph.size());
    if (const cache::PastDecision* past = state.find(asked)) {
      verdict.repeated = true;
      verdict.decision.reset();
      verdict.chosen = past->configuration;
      return;
    }
    ++verdict.rounds;
    cache::Transaction transaction(state.sub_graphs);
    verdict.decision = decide_on(transaction, policy, state, asked);
    verdict.chosen = asked.configuration = verdict.decision->configuration;
    auto winner = table.apply(event.execution, cache::change_of(contents, state, transaction, asked,
                                                                plan_name_, policy.remembers()));
    if (!winner) return;
    contents = std::move(*winner);
  }
  throw cache::Unavailable(fmt::format("others were faster {} times", kMostRounds));
}

}  // namespace stepconf::configurator
