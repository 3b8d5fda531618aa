#include "stepconf/asl/state_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "stepconf/asl/parse_state.h"

namespace stepconf::asl {
namespace {

void count_names(const States& states, std::map<std::string, int>& count) {
  for (const State& state : states.states) {
    ++count[state.name];
    for (const States& inner : state.inner) count_names(inner, count);
  }
}

// Gives every state its unique name, and every Task and step Map its step.
class Naming {
 public:
  Naming(const States& states, std::string source) : source_(std::move(source)) {
    count_names(states, count_);
  }

  void assign(States& states, const std::string& enclosing) {
    for (State& state : states.states) {
      const std::string path = enclosing.empty() ? state.name : enclosing + "/" + state.name;
      state.full_name = count_[state.name] > 1 ? path : state.name;
      if (!taken_.insert(state.full_name).second) {
        Place{source_, state.name}.refuse(
            "", fmt::format("shares the name '{}' with another state; rename one of them",
                            state.full_name));
      }
      for (States& inner : state.inner) assign(inner, path);
      if (std::holds_alternative<Task>(state.kind)) state.step = state.full_name;
      const auto* map = std::get_if<Map>(&state.kind);
      if (map == nullptr || !map->is_step) continue;
      state.step = state.full_name;
      state.inner.front().states.front().step = state.full_name;
    }
  }

 private:
  std::string source_;
  std::map<std::string, int> count_;
  std::set<std::string> taken_;
};

// `map` is the innermost enclosing Map of several states.
void list_steps(const States& states, const State* map, std::vector<StepInfo>& steps) {
  for (const std::size_t at : states.order) {
    const State& state = states.states[at];
    const auto* own = std::get_if<Map>(&state.kind);
    if (state.step.empty()) {
      for (const States& inner : state.inner) list_steps(inner, own ? &state : map, steps);
      continue;
    }
    StepInfo step{
        .name = state.step, .function = {}, .is_map = own != nullptr, .why_not_batched = {}};
    const Task& task = std::get<Task>(own ? state.inner.front().states.front().kind : state.kind);
    step.function = task.function.name;
    if (own != nullptr) step.max_concurrency = own->max_concurrency;
    if (map != nullptr) {
      step.why_not_batched = fmt::format(
          "it runs inside the Map '{}', whose iterations have several states", map->full_name);
    } else if (own != nullptr && task.timeout) {
      step.why_not_batched = "TimeoutSeconds of the inner Task holds for each job alone";
    }
    step.batched = step.why_not_batched.empty();
    steps.push_back(std::move(step));
  }
}

}  // namespace

StateMachine StateMachine::parse(std::string_view text, std::string_view source) {
  const Json json = parse_json(text, source);
  const Place place{std::string(source), ""};
  Fields fields(json, place);
  auto content = std::make_shared<Content>();
  content->source = place.source;
  check_query_language(fields);
  fields.text("Comment");
  if (const auto version = fields.text("Version"); version && *version != "1.0") {
    fields.refuse("Version", fmt::format("is '{}', must be 1.0", *version));
  }
  if (const auto timeout = fields.integer("TimeoutSeconds", 1, kMostSeconds)) {
    content->timeout = Seconds(static_cast<double>(*timeout));
  }
  content->states = parse_states(fields, place);
  fields.finish();
  Naming(content->states, place.source).assign(content->states, "");
  list_steps(content->states, nullptr, content->steps);
  StateMachine machine;
  machine.content_ = std::move(content);
  return machine;
}

const StepInfo* StateMachine::find_step(std::string_view name) const {
  const auto found = std::ranges::find(content_->steps, name, &StepInfo::name);
  return found == content_->steps.end() ? nullptr : &*found;
}

}  // namespace stepconf::asl
