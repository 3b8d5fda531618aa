// Whatever stands in a definition in the Amazon States Language: it is refused, or read; then a
// workflow is made of it, and an execution of it goes on event by event and ends once.
#include "stepconf/asl/state_machine.h"

#include <algorithm>
#include <deque>
#include <variant>

#include "stepconf/asl/execution.h"
#include "stepconf/base/error.h"
#include "stepconf/workflow/from_asl.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

// A Retry may go on for a hundred million attempts.
constexpr int kMostEvents = 300;

// Every third call fails; the others return their event.
asl::Event answer(const asl::Invoke& invoke) {
  if (invoke.token % 3 == 0) return asl::InvocationFailed{invoke.token, "Fault", "{}"};
  return asl::InvocationSucceeded{invoke.token, invoke.event};
}

struct Pending {
  asl::Event event;
  Seconds due{0};
};

void execute(const asl::StateMachine& machine) {
  const Json input = parse_json(R"({"items": [1, [2], null, "x"], "n": 3})", "input");
  asl::Execution execution(machine, input, {.id = "e", .name = "n"});
  std::deque<Pending> pending;
  Seconds now{0};
  int ends = 0;
  const auto take = [&](const std::vector<asl::Command>& commands) {
    fuzz::expect(commands.empty() || ends == 0, "nothing is commanded after the end");
    for (const asl::Command& command : commands) {
      if (const auto* invoke = std::get_if<asl::Invoke>(&command)) {
        pending.push_back({answer(*invoke), now});
      } else if (const auto* wait = std::get_if<asl::WaitUntil>(&command)) {
        pending.push_back({asl::TimeReached{wait->token}, wait->due});
      } else {
        ++ends;
      }
    }
  };
  take(execution.start(now));
  for (int i = 0; i < kMostEvents && !pending.empty(); ++i) {
    const auto next = std::ranges::min_element(pending, {}, &Pending::due);
    const Pending event = std::move(*next);
    pending.erase(next);
    now = std::max(now, event.due);
    take(execution.handle(event.event, now));
  }
  fuzz::expect(ends == 1 || !pending.empty(), "an execution that waits for nothing has ended");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto machine = asl::StateMachine::parse(fuzz::text(data, size), "m.asl.json");
    const workflow::Workflow workflow = workflow::from_state_machine(machine, {});
    for (const asl::StepInfo& info : machine.steps()) {
      const auto same = [&](const workflow::Step& step) { return step.name == info.name; };
      fuzz::expect(std::ranges::any_of(workflow.steps, same), "every step is in the workflow");
    }
    execute(machine);
  } catch (const InvalidInput&) {
  }
  return 0;
}
