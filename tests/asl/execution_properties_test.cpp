#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "tests/asl/machines.h"

namespace stepconf::asl {
namespace {

using testing::Driver;
using testing::machine;
using testing::task;

TEST(Execution, KeepsTheOrderOfAMapForAnyOrderOfCompletions) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& items) {
    Driver driver(
        machine(
            R"("A": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": )" +
            task("f") + "}}}"),
        Json(items).dump());
    driver.start();
    RC_ASSERT(driver.invokes.size() == items.size());
    std::vector<std::size_t> order(items.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::vector<std::pair<int, std::size_t>> keyed;
    for (const std::size_t i : order) keyed.emplace_back(*rc::gen::arbitrary<int>(), i);
    std::ranges::sort(keyed);
    for (const auto& [key, i] : keyed) driver.succeed(i, driver.invokes[i].event.dump());
    RC_ASSERT(driver.outcome == Json(items).dump());
  }));
}

// Nested forks, retries, catches and time-outs under events in any order.
const char kEverything[] = R"({"StartAt": "A", "TimeoutSeconds": 1000, "States": {
  "A": {"Type": "Parallel", "Branches": [
      {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "End": true,
        "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}],
        "ItemProcessor": {"StartAt": "T", "States": {
          "T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 3, "Next": "N",
                "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2}],
                "Catch": [{"ErrorEquals": ["Soft"], "Next": "N"}]},
          "N": {"Type": "Map", "ItemsPath": "$$.Execution.Input.items", "End": true, "ItemProcessor": {"StartAt": "U", "States": {
            "U": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:g", "End": true}}}}}}}}},
      {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "Next": "X"},
        "X": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:h", "End": true}}}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Z"}], "Next": "Z"},
  "Z": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:z", "End": true}}})";

struct Pending {
  bool is_time;
  Seconds due;
};

TEST(Execution, EndsOnceForAnyOrderOfEvents) {
  const StateMachine everything = StateMachine::parse(kEverything, "m.json");
  EXPECT_TRUE(rc::check([&](const std::vector<std::uint8_t>& choices) {
    Execution execution(everything, Json::parse(R"({"items": [1, 2, 3]})"), {});
    std::map<Token, Pending> pending;
    std::vector<Token> used;
    int ends = 0;
    Seconds now{0};
    const auto take = [&](const std::vector<Command>& commands) {
      RC_ASSERT(ends == 0 || commands.empty());
      for (const Command& command : commands) {
        if (const auto* invoke = std::get_if<Invoke>(&command))
          pending[invoke->token] = {false, {}};
        if (const auto* wait = std::get_if<WaitUntil>(&command)) {
          RC_ASSERT(wait->due >= now);
          pending[wait->token] = {true, wait->due};
        }
        ends +=
            std::holds_alternative<Succeeded>(command) || std::holds_alternative<Failed>(command);
      }
    };
    take(execution.start(now));
    // Choices drawn first steer, then every pending event is delivered until none is left.
    for (std::size_t step = 0; !pending.empty(); ++step) {
      RC_ASSERT(step < 2000U);
      const std::uint8_t choice = step < choices.size() ? choices[step] : 0;
      auto event = pending.begin();
      std::advance(event, choice % pending.size());
      const Token token = event->first;
      const Pending what = event->second;
      pending.erase(event);
      if (what.is_time) {
        now = std::max(now, what.due);
        take(execution.handle(TimeReached{token}, now));
      } else if (choice % 5 == 3) {
        take(execution.handle(InvocationFailed{token, choice % 2 ? "Boom" : "Soft", "c"}, now));
      } else {
        take(execution.handle(InvocationSucceeded{token, Json::object()}, now));
      }
      used.push_back(token);
      if (choice % 7 == 0) {
        // A token answered before has no effect, whatever it stood for.
        const Token again = used[choice % used.size()];
        take(execution.handle(TimeReached{again}, now));
      }
    }
    RC_ASSERT(ends == 1);
  }));
}

}  // namespace
}  // namespace stepconf::asl
