#include "stepconf/cache/execution_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "stepconf/base/hash.h"
#include "stepconf/base/json.h"

namespace stepconf::cache {
namespace {

using optimizer::SubGraph;
using workflow::StepId;

// So many digits of a plan's hash tell plans of one deployment apart.
constexpr std::size_t kPlanDigits = 12;
constexpr std::string_view kPart = "part/";
constexpr std::string_view kDecision = "decision/";

std::string prefix_of(std::string_view plan) {
  return fmt::format("{}/", plan.substr(0, kPlanDigits));
}

std::string part_name(std::string_view plan, StepId step) {
  return fmt::format("{}{}{}", prefix_of(plan), kPart, step);
}

std::string decision_name(std::string_view plan, const PastDecision& decision) {
  return fmt::format("{}{}{}/{}/{}/{}", prefix_of(plan), kDecision, decision.step, decision.attempt,
                     decision.jobs, decision.milliseconds);
}

// A text that was damaged would be believed otherwise, and its numbers index tables.
std::string seal(std::string_view name, const Json& content) {
  const std::string text = content.dump();
  return fmt::format("{} {:016x}", text, hash_text(text, hash_text(name)));
}

[[noreturn]] void refuse(std::string_view name, std::string_view what) {
  throw InvalidInput(fmt::format("the execution's state: {}: {}", name, what));
}

Json unseal(const std::string& name, const std::string& text) {
  const auto end = text.rfind(' ');
  const std::string content = text.substr(0, end);
  if (end == std::string::npos ||
      text.substr(end + 1) != fmt::format("{:016x}", hash_text(content, hash_text(name)))) {
    refuse(name, "was damaged");
  }
  return parse_json(content, name);
}

std::string sealed(const std::string& name, const SubGraph& graph) {
  return seal(name, {graph.latest_finish.count(), graph.context, graph.steps});
}

std::string sealed(const std::string& name, const PastDecision& decision) {
  const estimator::Configuration& chosen = decision.configuration;
  return seal(name, {decision.number, chosen.memory.value, chosen.instances, chosen.processes});
}

// A whole number from `least` on; conversions of others are not defined.
int whole(const std::string& name, const Json& json, int least) {
  const bool fits = json.is_number_integer() && json.get<std::int64_t>() >= least &&
                    json.get<std::int64_t>() < std::numeric_limits<int>::max();
  if (!fits) refuse(name, "has a number out of range");
  return json.get<int>();
}

std::shared_ptr<const SubGraph> graph_of(const std::string& name, const Json& json, StepId step,
                                         int steps) {
  SubGraph graph{{}, Seconds(json.at(0).get<double>()), whole(name, json.at(1), 0)};
  for (const Json& member : json.at(2)) graph.steps.push_back(whole(name, member, 0));
  const auto known = [steps](StepId member) { return member < steps; };
  if (!std::isfinite(graph.latest_finish.count()) || !std::ranges::all_of(graph.steps, known) ||
      std::ranges::find(graph.steps, step) == graph.steps.end()) {
    refuse(name, "is no sub-graph of that step");
  }
  return std::make_shared<const SubGraph>(std::move(graph));
}

// The whole numbers of a name such as "3/1/64/1750"; none where it is anything else.
std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers(1, 0);
  for (const char c : text) {
    if (c == '/') {
      numbers.push_back(0);
    } else if (c >= '0' && c <= '9' && numbers.back() < 1'000'000'000'000) {
      numbers.back() = 10 * numbers.back() + (c - '0');
    } else {
      return {};
    }
  }
  return numbers;
}

class Reader {
 public:
  Reader(std::string_view plan, int steps) : prefix_(prefix_of(plan)), steps_(steps) {}

  void add(const std::string& name, const std::string& text) {
    if (!name.starts_with(prefix_)) return;
    std::string_view rest = std::string_view(name).substr(prefix_.size());
    const bool is_part = rest.starts_with(kPart);
    if (!is_part && !rest.starts_with(kDecision)) return;
    rest.remove_prefix(is_part ? kPart.size() : kDecision.size());
    const auto numbers = numbers_in(rest);
    if (numbers.size() != (is_part ? 1U : 4U) || numbers[0] >= steps_) refuse(name, "is no step's");
    try {
      const Json json = unseal(name, text);
      is_part ? add_part(name, json, static_cast<StepId>(numbers[0]))
              : add_decision(name, json, numbers);
    } catch (const Json::exception& error) {
      refuse(name, error.what());
    }
  }

  ExecutionState take() {
    std::ranges::stable_sort(state_.decisions, {}, &PastDecision::number);
    return std::move(state_);
  }

 private:
  void add_part(const std::string& name, const Json& json, StepId step) {
    const auto index = static_cast<std::size_t>(step);
    if (index >= state_.sub_graphs.size()) state_.sub_graphs.resize(index + 1);
    state_.sub_graphs[index] = graph_of(name, json, step, steps_);
  }

  void add_decision(const std::string& name, const Json& json,
                    const std::vector<std::int64_t>& numbers) {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    if (numbers[1] < 1 || numbers[1] > kMost || numbers[2] < 1 || numbers[2] > kMost)
      refuse(name, "answers no question");
    state_.decisions.push_back(
        {static_cast<StepId>(numbers[0]),
         static_cast<int>(numbers[1]),
         static_cast<int>(numbers[2]),
         numbers[3],
         {{whole(name, json.at(1), 1)}, whole(name, json.at(2), 1), whole(name, json.at(3), 1)},
         whole(name, json.at(0), 0)});
  }

  std::string prefix_;
  int steps_;
  ExecutionState state_;
};

}  // namespace

const PastDecision* ExecutionState::find(const PastDecision& question) const {
  const auto found = std::ranges::find_if(decisions, [&](const PastDecision& past) {
    return past.step == question.step && past.attempt == question.attempt &&
           past.jobs == question.jobs && past.milliseconds == question.milliseconds;
  });
  return found == decisions.end() ? nullptr : &*found;
}

optimizer::GlobalCache::Entry Transaction::find(StepId step) {
  read_.insert(step);
  return cache_.find(step);
}

bool Transaction::store(std::uint64_t version, std::vector<SubGraph> sub_graphs) {
  std::set<StepId> steps;
  for (const SubGraph& graph : sub_graphs) steps.insert(graph.steps.begin(), graph.steps.end());
  if (!cache_.store(version, std::move(sub_graphs))) return false;
  written_.merge(steps);
  return true;
}

ExecutionState parse_state(const ConditionalTable::Contents& contents, std::string_view plan,
                           int steps) {
  Reader reader(plan, steps);
  for (const auto& [name, text] : contents.texts) reader.add(name, text);
  return reader.take();
}

ConditionalTable::Change change_of(const ConditionalTable::Contents& contents,
                                   const ExecutionState& state, const Transaction& transaction,
                                   PastDecision decided, std::string_view plan,
                                   bool on_everything) {
  ConditionalTable::Change change;
  if (on_everything) change.version = contents.version;
  for (const StepId step : transaction.read()) {
    const std::string name = part_name(plan, step);
    const auto found = contents.texts.find(name);
    change.rests_on[name] = found == contents.texts.end() ? "" : found->second;
  }
  for (const StepId step : transaction.written()) {
    const std::string name = part_name(plan, step);
    change.set[name] = sealed(name, *transaction.sub_graphs()[static_cast<std::size_t>(step)]);
  }
  decided.number = state.decisions.empty() ? 0 : state.decisions.back().number + 1;
  const std::string name = decision_name(plan, decided);
  change.rests_on[name] = "";
  change.set[name] = sealed(name, decided);
  for (std::size_t i = 0; i + kMostDecisions <= state.decisions.size(); ++i)
    change.removed.push_back(decision_name(plan, state.decisions[i]));
  return change;
}

}  // namespace stepconf::cache
