#include <fmt/format.h>

#include <utility>

#include "stepconf/asl/data_flow.h"
#include "stepconf/asl/execution.h"
#include "stepconf/asl/failure.h"
#include "stepconf/asl/payload.h"

// What each type of state does when a branch comes to it. A StateFailure thrown here is the state's
// error.

namespace stepconf::asl {
namespace {

constexpr std::size_t kMostIterationBytes = 256 * 1024 * 1024;

Timestamp wall_clock(const ExecutionContext& about, Seconds now) {
  return about.start_time + std::chrono::duration_cast<std::chrono::milliseconds>(now);
}

}  // namespace

const Json& Execution::context(const Branch& branch, const Item* item) {
  context_["State"] = {{"Name", branch.state->name},
                       {"EnteredTime", format_timestamp(wall_clock(about_, branch.entered))},
                       {"RetryCount", branch.retry_count}};
  if (item == nullptr) {
    context_.erase("Map");
  } else {
    context_["Map"] = {{"Item", {{"Index", item->index}, {"Value", item->value}}}};
  }
  return context_;
}

// Counts the retries of the state and of everything around it: a Map tried again tries its jobs
// again.
int Execution::attempt(const Branch& branch) const {
  std::int64_t retries = branch.retry_count;
  for (BranchId id = branch.parent; id != 0; id = branches_.at(id).parent) {
    retries += branches_.at(id).retry_count;
  }
  return static_cast<int>(1 + retries);
}

void Execution::run(BranchId id, const Task& task) {
  Branch& branch = branches_.at(id);
  Json event = task_event(task, branch.state->flow, branch.input, context(branch));
  branch.answer = new_token(id);
  commands_.push_back(Invoke{branch.answer, branch.state->step, task.function.name,
                             std::move(event), attempt(branch)});
  if (task.timeout) timer(id, now_ + *task.timeout);
}

void Execution::answered(BranchId id, Json result) {
  Branch& branch = branches_.at(id);
  const Task& task = std::get<Task>(branch.state->kind);
  result = task_result(task, std::move(result));
  leave(id, state_output(branch.state->flow, branch.input, std::move(result), context(branch)));
}

// A timer is a Wait's end, a Task's time-out, or the moment of a retry.
void Execution::time_reached(BranchId id) {
  Branch& branch = branches_.at(id);
  branch.timer = 0;
  if (branch.answer != 0) {
    const Seconds limit = *std::get<Task>(branch.state->kind).timeout;
    fail(id,
         {kTimeout, fmt::format("The task took longer than {} s.", limit.count()), branch.where()});
  } else if (std::holds_alternative<Wait>(branch.state->kind)) {
    const DataFlow& flow = branch.state->flow;
    Json value = effective_input(flow, branch.input, context(branch));
    leave(id, apply_output_path(flow, std::move(value), context(branch)));
  } else {
    branch.entered = now_;
    make_ready(id);
  }
}

void Execution::run(BranchId id, const Map& map) {
  Branch& branch = branches_.at(id);
  Fork fork;
  fork.input = effective_input(branch.state->flow, branch.input, context(branch));
  fork.items = map_items(map, fork.input, context(branch));
  fork.results.resize(fork.items.size());
  fork.children.resize(fork.items.size());
  const bool bounded = map.max_concurrency > 0 && !map.is_step;
  fork.most_at_once = bounded ? static_cast<std::size_t>(map.max_concurrency) : fork.items.size();
  branch.fork = std::move(fork);
  continue_fork(id);
}

void Execution::run(BranchId id, const Parallel&) {
  Branch& branch = branches_.at(id);
  const Json input = work_input(branch.state->flow, branch.input, context(branch));
  Fork fork;
  for (const States& scope : branch.state->inner) {
    fork.children.push_back(begin_branch(id, fork.children.size(), scope, input, branch.item));
  }
  fork.begun = fork.children.size();
  fork.results.resize(fork.children.size());
  branch.fork = std::move(fork);
}

// Begins what may begin, and ends the state when everything has ended.
void Execution::continue_fork(BranchId id) {
  Branch& branch = branches_.at(id);
  Fork& fork = *branch.fork;
  if (const auto* map = std::get_if<Map>(&branch.state->kind)) {
    while (fork.begun < fork.results.size() && fork.begun - fork.ended < fork.most_at_once) {
      begin_iteration(id, *map);
    }
  }
  if (fork.ended < fork.results.size()) return;
  Json results = std::move(fork.results);
  branch.fork.reset();
  leave(id, state_output(branch.state->flow, branch.input, std::move(results), context(branch)));
}

void Execution::begin_iteration(BranchId id, const Map& map) {
  Branch& branch = branches_.at(id);
  Fork& fork = *branch.fork;
  const std::size_t index = fork.begun++;
  const auto item = std::make_shared<const Item>(Item{index, std::move(fork.items[index])});
  Json input = item->value;
  if (map.item_selector) {
    input = map.item_selector->evaluate({fork.input, context(branch, item.get())});
  }
  fork.input_bytes += check_payload(input, fmt::format("The input of iteration {}", index));
  if (fork.input_bytes > kMostIterationBytes) {
    throw StateFailure(
        kDataLimitExceeded,
        fmt::format("The inputs of the iterations are larger than {} bytes together.",
                    kMostIterationBytes));
  }
  fork.children[index] =
      begin_branch(id, index, branch.state->inner.front(), std::move(input), item);
}

void Execution::run(BranchId id, const Pass& pass) {
  Branch& branch = branches_.at(id);
  Json value = work_input(branch.state->flow, branch.input, context(branch));
  if (pass.result) value = *pass.result;
  leave(id, state_output(branch.state->flow, branch.input, std::move(value), context(branch)));
}

void Execution::run(BranchId id, const Choice& choice) {
  Branch& branch = branches_.at(id);
  const DataFlow& flow = branch.state->flow;
  Json value = effective_input(flow, branch.input, context(branch));
  std::optional<std::size_t> next = choice.otherwise;
  const std::string* name = &choice.default_name;
  for (const Choice::Rule& rule : choice.rules) {
    if (!rule.condition.holds({value, context_})) continue;
    next = rule.next;
    name = &rule.next_name;
    break;
  }
  if (!next) {
    throw StateFailure(kNoChoiceMatched,
                       fmt::format("No rule of the Choice state '{}' matches, and "
                                   "it has no Default.",
                                   branch.state->name));
  }
  Json output = apply_output_path(flow, std::move(value), context_);
  ++ways_[branch.state->full_name][*name];
  enter_state(branch, *next, std::move(output));
  make_ready(id);
}

void Execution::run(BranchId id, const Wait& wait) {
  const Branch& branch = branches_.at(id);
  const Json value = effective_input(branch.state->flow, branch.input, context(branch));
  timer(id, now_ + wait_duration(wait, value, context_, wall_clock(about_, now_)));
}

void Execution::run(BranchId id, const Succeed&) {
  const Branch& branch = branches_.at(id);
  const DataFlow& flow = branch.state->flow;
  Json value = effective_input(flow, branch.input, context(branch));
  leave(id, apply_output_path(flow, std::move(value), context_));
}

void Execution::run(BranchId id, const Fail& fail_state) {
  const Branch& branch = branches_.at(id);
  StateError error = fail_error(fail_state, branch.input, context(branch));
  error.where = branch.state->full_name;
  fail(id, std::move(error));
}

}  // namespace stepconf::asl
