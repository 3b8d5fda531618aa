#include "stepconf/asl/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/payload.h"
#include "stepconf/base/hash.h"

// Control: branches and how they begin, go on, fail and end. What each type of state does is in
// execution_states.cpp.
//
// A branch is at one state at a time. Whatever can go on without the outside stands in `ready_` and
// is worked off by settle(), in the order in which it became ready; nothing calls itself, so
// neither long chains of Pass states nor deep nesting use up the stack.

namespace stepconf::asl {
namespace {

// What a function says of its error need not be UTF-8; JSON text has to be.
Json valid_text(const std::string& text) {
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

// A number from 0 to 1 for a retry. The machine has no random source, and the same execution is to
// go the same way again; what tells executions, jobs and attempts apart is enough to spread them.
double Execution::draw(BranchId id, std::int64_t attempt) const {
  return unit_draw(hash_text(fmt::format("{}/{}/{}/{}", about_.id, about_.name, id, attempt)));
}

Execution::Execution(StateMachine machine, Json input, ExecutionContext context)
    : machine_(std::move(machine)), about_(std::move(context)), input_(std::move(input)) {
  context_ = {
      {"Execution",
       {{"Id", about_.id},
        {"Name", about_.name},
        {"Input", input_},
        {"StartTime", format_timestamp(about_.start_time)}}},
      {"StateMachine", {{"Id", about_.state_machine_id}, {"Name", about_.state_machine_name}}}};
}

std::vector<Command> Execution::start(Seconds now) {
  if (started_) throw Error("the execution has been started already");
  started_ = true;
  now_ = now;
  if (payload_bytes(input_) > kMostPayloadBytes) {
    end(Failed{kDataLimitExceeded,
               fmt::format("The execution's input is larger than {} bytes or nested too deeply.",
                           kMostPayloadBytes),
               ""});
    return take_commands();
  }
  if (machine_.timeout()) {
    machine_timer_ = next_token_++;
    commands_.push_back(WaitUntil{machine_timer_, now_ + *machine_.timeout()});
  }
  begin_branch(0, 0, machine_.states(), std::move(input_), nullptr);
  settle();
  return take_commands();
}

std::vector<Command> Execution::handle(const Event& event, Seconds now) {
  const Token token = std::visit([](const auto& e) { return e.token; }, event);
  if (token == 0 || token >= next_token_) {
    throw Error(fmt::format("the execution never gave the token {}", token));
  }
  if (ended_) return {};
  now_ = std::max(now_, now);
  const bool is_time = std::holds_alternative<TimeReached>(event);
  if (token == machine_timer_ && is_time) {
    end(Failed{kTimeout,
               fmt::format("The execution took longer than {} s.", machine_.timeout()->count()),
               ""});
    return take_commands();
  }
  Branch* branch = waiting_for(token);
  if (branch != nullptr && token != (is_time ? branch->timer : branch->answer)) {
    throw Error(fmt::format("the token {} stands for {}, not for {}", token,
                            is_time ? "an invocation" : "a time",
                            is_time ? "a time" : "an invocation"));
  }
  const BranchId id = branch ? owners_.at(token) : 0;
  owners_.erase(token);
  if (branch == nullptr) return {};
  try {
    if (is_time) {
      time_reached(id);
    } else {
      branch->answer = branch->timer = 0;
      if (const auto* failure = std::get_if<InvocationFailed>(&event)) {
        fail(id, {failure->error, failure->cause, branch->where()});
      } else {
        answered(id, std::get<InvocationSucceeded>(event).result);
      }
    }
  } catch (const StateFailure& failure) {
    fail(id, {failure.error(), failure.what(), branch->where()});
  }
  settle();
  return take_commands();
}

Execution::BranchId Execution::begin_branch(BranchId parent, std::size_t position,
                                            const States& scope, Json input,
                                            std::shared_ptr<const Item> item) {
  const BranchId id = next_branch_++;
  Branch& branch = branches_[id];
  branch.parent = parent;
  branch.position = position;
  branch.scope = &scope;
  branch.item = std::move(item);
  enter_state(branch, scope.start, std::move(input));
  make_ready(id);
  return id;
}

void Execution::enter_state(Branch& branch, std::size_t state, Json input) {
  branch.state = &branch.scope->states[state];
  branch.input = std::move(input);
  branch.entered = now_;
  branch.retries.assign(branch.state->retry.size(), 0);
  branch.retry_count = 0;
  branch.fork.reset();
}

void Execution::make_ready(BranchId id) {
  branches_.at(id).ready = true;
  ready_.push_back(id);
}

void Execution::settle() {
  while (!ready_.empty() && !ended_) {
    const BranchId id = ready_.front();
    ready_.pop_front();
    // An error may have removed it since, or have given its state another thing to wait for.
    const auto found = branches_.find(id);
    if (found == branches_.end() || !found->second.ready) continue;
    found->second.ready = false;
    work(id);
  }
}

void Execution::work(BranchId id) {
  const Branch& branch = branches_.at(id);
  try {
    if (branch.fork) {
      continue_fork(id);
    } else {
      std::visit([this, id](const auto& kind) { run(id, kind); }, branch.state->kind);
    }
  } catch (const StateFailure& failure) {
    fail(id, {failure.error(), failure.what(), branch.where()});
  }
}

// The state of branch `id` is done.
void Execution::leave(BranchId id, Json output) {
  Branch& branch = branches_.at(id);
  if (!branch.state->catchers.empty())
    ++ways_[branch.state->full_name][branch.state->next ? branch.state->next_name : "End"];
  if (branch.state->next) {
    enter_state(branch, *branch.state->next, std::move(output));
    make_ready(id);
    return;
  }
  if (branch.parent == 0) {
    end(Succeeded{std::move(output)});
    return;
  }
  const BranchId parent = branch.parent;
  Fork& fork = *branches_.at(parent).fork;
  fork.results[branch.position] = std::move(output);
  ++fork.ended;
  branches_.erase(id);
  if (fork.ended == fork.results.size() || fork.begun < fork.results.size()) {
    make_ready(parent);
  }
}

// An error goes outwards until a state retries or catches it.
void Execution::fail(BranchId id, StateError error) {
  for (;;) {
    stop_children(id);
    try {
      if (retry(id, error) || caught(id, error)) return;
    } catch (const StateFailure& failure) {
      // The caught error has no place in the state's input.
      error = {failure.error(), failure.what(), branches_.at(id).where()};
    }
    const BranchId parent = branches_.at(id).parent;
    if (parent == 0) {
      end(Failed{error.error, error.cause, error.where});
      return;
    }
    id = parent;
    error.from_branch = std::holds_alternative<Parallel>(branches_.at(id).state->kind);
  }
}

bool Execution::retry(BranchId id, const StateError& error) {
  Branch& branch = branches_.at(id);
  const std::vector<Retrier>& retriers = branch.state->retry;
  const auto retrier = retrier_for(retriers, branch.retries, error);
  if (!retrier) return false;
  std::int64_t& attempts = branch.retries[*retrier];
  timer(id, now_ + retriers[*retrier].delay(attempts, draw(id, attempts)));
  ++attempts;
  ++branch.retry_count;
  return true;
}

bool Execution::caught(BranchId id, const StateError& error) {
  Branch& branch = branches_.at(id);
  const std::vector<Catcher>& catchers = branch.state->catchers;
  const auto catcher = std::ranges::find_if(
      catchers, [&](const Catcher& candidate) { return candidate.errors.match(error); });
  if (catcher == catchers.end()) return false;
  Json output = branch.input;
  if (catcher->result_path) {
    catcher->result_path->put(
        output, {{"Error", valid_text(error.error)}, {"Cause", valid_text(error.cause)}});
  }
  check_payload(output, "The state's output with the caught error");
  ++ways_[branch.state->full_name][catcher->next_name];
  enter_state(branch, catcher->next, std::move(output));
  make_ready(id);
  return true;
}

// Drops all branches inside the state of branch `id`; their tokens lose their owners' attention
// with them.
void Execution::stop_children(BranchId id) {
  Branch& branch = branches_.at(id);
  branch.answer = branch.timer = 0;
  branch.ready = false;
  if (!branch.fork) return;
  std::vector<BranchId> pending = std::move(branch.fork->children);
  branch.fork.reset();
  while (!pending.empty()) {
    const auto found = branches_.find(pending.back());
    pending.pop_back();
    if (found == branches_.end()) continue;
    if (found->second.fork) {
      const std::vector<BranchId>& inner = found->second.fork->children;
      pending.insert(pending.end(), inner.begin(), inner.end());
    }
    branches_.erase(found);
  }
}

void Execution::end(Command command) {
  ended_ = true;
  branches_.clear();
  owners_.clear();
  ready_.clear();
  commands_.clear();
  commands_.push_back(std::move(command));
}

Token Execution::new_token(BranchId id) {
  owners_.emplace(next_token_, id);
  return next_token_++;
}

void Execution::timer(BranchId id, Seconds due) {
  const Token token = new_token(id);
  branches_.at(id).timer = token;
  commands_.push_back(WaitUntil{token, due});
}

// Null where nothing waits for the token any more.
Execution::Branch* Execution::waiting_for(Token token) {
  const auto owner = owners_.find(token);
  if (owner == owners_.end()) return nullptr;
  const auto branch = branches_.find(owner->second);
  if (branch == branches_.end()) return nullptr;
  const bool waits = branch->second.answer == token || branch->second.timer == token;
  return waits ? &branch->second : nullptr;
}

// A branch that failed in the same moment may have dropped siblings whose calls were already
// listed.
std::vector<Command> Execution::take_commands() {
  std::erase_if(commands_, [this](const Command& command) {
    Token token = 0;
    if (const auto* invoke = std::get_if<Invoke>(&command)) token = invoke->token;
    if (const auto* wait = std::get_if<WaitUntil>(&command)) token = wait->token;
    return token != 0 && token != machine_timer_ && waiting_for(token) == nullptr;
  });
  return std::exchange(commands_, {});
}

}  // namespace stepconf::asl
