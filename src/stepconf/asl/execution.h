#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/asl/flow.h"
#include "stepconf/asl/state_machine.h"

namespace stepconf::asl {

/// What `$$` says of the execution as a whole, and the wall-clock time at which Flow's `now` is 0.
struct ExecutionContext {
  std::string id{};
  std::string name{};
  std::string state_machine_id{};
  std::string state_machine_name{};
  Timestamp start_time{};
};

/// One execution of a state machine, as a pure Flow: equal events at equal times give equal
/// commands.
///
/// A Map that is a step puts the Invokes of all its iterations into one list of commands, whatever
/// its MaxConcurrency (see StepInfo); for any other Map the machine starts no more iterations than
/// that. Each attempt of a Retry is an Invoke of its own. Where a branch or an iteration fails and
/// nothing catches it there, its siblings are dropped, and their late events have no effect. Sizes
/// of inputs and outputs, and the nesting of data, are bounded (payload.h); all inputs of one Map's
/// iterations together by 256 MiB.
///
/// Not to be shared between threads.
class Execution final : public Flow {
 public:
  Execution(StateMachine machine, Json input, ExecutionContext context);

  std::vector<Command> start(Seconds now) override;
  /// Throws Error for a token that was never given, or before `start`.
  std::vector<Command> handle(const Event& event, Seconds now) override;
  WaysTaken take_ways() override { return std::exchange(ways_, {}); }

 private:
  using BranchId = std::uint64_t;

  /// What a Map's iteration is about; shared by all states inside.
  struct Item {
    std::size_t index = 0;
    Json value;
  };

  /// A running Parallel or Map.
  struct Fork {
    std::vector<Json> results;
    std::vector<BranchId> children;
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::size_t most_at_once = 0;
    std::size_t input_bytes = 0;
    /// A Map's effective input and its items.
    Json input;
    Json items;
  };

  /// One run through the states of a scope: the machine's own, a branch of a Parallel, or an
  /// iteration of a Map.
  struct Branch {
    BranchId parent = 0;
    std::size_t position = 0;
    const States* scope = nullptr;
    const State* state = nullptr;
    Json input;
    std::shared_ptr<const Item> item;
    Seconds entered{0};
    /// Retries so far, by Retrier and in all.
    std::vector<std::int64_t> retries;
    std::int64_t retry_count = 0;
    /// What the state waits for: a function's answer, a time; 0 where nothing.
    Token answer = 0;
    Token timer = 0;
    /// Whether it can go on at once; only then its place in `ready_` counts.
    bool ready = false;
    std::optional<Fork> fork;

    /// The step or state that an error of this branch arises in.
    const std::string& where() const {
      return state->step.empty() ? state->full_name : state->step;
    }
  };

  // Control (execution.cpp).
  int attempt(const Branch& branch) const;
  BranchId begin_branch(BranchId parent, std::size_t position, const States& scope, Json input,
                        std::shared_ptr<const Item> item);
  void enter_state(Branch& branch, std::size_t state, Json input);
  void make_ready(BranchId id);
  void settle();
  void work(BranchId id);
  void leave(BranchId id, Json output);
  void fail(BranchId id, StateError error);
  bool retry(BranchId id, const StateError& error);
  bool caught(BranchId id, const StateError& error);
  double draw(BranchId id, std::int64_t attempt) const;
  void stop_children(BranchId id);
  void end(Command command);
  Token new_token(BranchId id);
  void timer(BranchId id, Seconds due);
  std::vector<Command> take_commands();
  Branch* waiting_for(Token token);

  // States (execution_states.cpp).
  void run(BranchId id, const Task& task);
  void run(BranchId id, const Map& map);
  void run(BranchId id, const Parallel& parallel);
  void run(BranchId id, const Pass& pass);
  void run(BranchId id, const Choice& choice);
  void run(BranchId id, const Wait& wait);
  void run(BranchId id, const Succeed& succeed);
  void run(BranchId id, const Fail& fail);
  void continue_fork(BranchId id);
  void begin_iteration(BranchId id, const Map& map);
  void answered(BranchId id, Json result);
  void time_reached(BranchId id);
  const Json& context(const Branch& branch, const Item* item);
  const Json& context(const Branch& branch) { return context(branch, branch.item.get()); }

  StateMachine machine_;
  ExecutionContext about_;
  Json input_;
  Json context_;
  Seconds now_{0};
  bool started_ = false;
  bool ended_ = false;
  Token next_token_ = 1;
  BranchId next_branch_ = 1;
  Token machine_timer_ = 0;
  std::map<BranchId, Branch> branches_;
  std::map<Token, BranchId> owners_;
  /// Branches that may go on at once, in the order in which they became ready.
  std::deque<BranchId> ready_;
  std::vector<Command> commands_;
  WaysTaken ways_;
};

}  // namespace stepconf::asl
