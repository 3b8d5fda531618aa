#include "stepconf/workflow/from_asl.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::workflow {
namespace {

using asl::State;
using asl::States;

// Two Parallel states of a thousand branches each, one after the other, have this many.
constexpr std::size_t kMostEdges = 1'000'000;

// Steps after which something comes; sorted.
using Ends = std::vector<StepId>;

Ends merge(const Ends& a, const Ends& b) {
  Ends all;
  all.reserve(a.size() + b.size());
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

template <typename Kind>
void collect(const States& states, std::vector<std::string_view>& names) {
  for (const State& state : states.states) {
    if (std::holds_alternative<Kind>(state.kind)) names.push_back(state.full_name);
    for (const States& inner : state.inner) collect<Kind>(inner, names);
  }
}

class Hints {
 public:
  Hints(const asl::StateMachine& machine, const PlanningHints& hints)
      : source_(hints.source.empty() ? machine.source() : hints.source), hints_(hints) {
    collect<asl::Map>(machine.states(), maps_);
    collect<asl::Wait>(machine.states(), waits_);
    std::ranges::sort(maps_);
    std::ranges::sort(waits_);
    for (const auto& [name, jobs] : hints.jobs) {
      check(maps_, "jobs", name, "Map state");
      if (const auto* other = std::get_if<std::string>(&jobs)) {
        check(maps_, "jobs: " + name, *other, "Map state");
      } else if (std::get<int>(jobs) < 1) {
        throw InvalidInput(fmt::format("{}: jobs: {} is {}, must be at least 1", source_, name,
                                       std::get<int>(jobs)));
      }
    }
    for (const auto& [name, duration] : hints.foreign) {
      check(waits_, "foreign", name, "Wait state");
      if (!(duration >= Seconds(0))) {
        throw InvalidInput(fmt::format("{}: foreign: {} is {} s, must not be negative", source_,
                                       name, duration.count()));
      }
    }
  }

  int jobs(const std::string& map) const {
    const std::string* name = &map;
    for (std::size_t hops = 0; hops <= hints_.jobs.size(); ++hops) {
      const auto found = hints_.jobs.find(*name);
      if (found == hints_.jobs.end()) return 1;
      if (const int* number = std::get_if<int>(&found->second)) return *number;
      name = &std::get<std::string>(found->second);
    }
    throw InvalidInput(fmt::format(
        "{}: jobs: {} refers to itself by way of other states; give a number", source_, map));
  }

  Seconds foreign(const State& state) const {
    const auto found = hints_.foreign.find(state.full_name);
    if (found != hints_.foreign.end()) return found->second;
    return std::get<asl::Wait>(state.kind).seconds.value_or(Seconds(0));
  }

 private:
  void check(const std::vector<std::string_view>& known, std::string_view field,
             const std::string& name, std::string_view what) const {
    if (std::ranges::binary_search(known, std::string_view(name))) return;
    const std::string meant = nearest(name, known);
    throw InvalidInput(
        fmt::format("{}: {} names '{}', which is no {} of the definition{}", source_, field, name,
                    what, meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
  }

  std::string source_;
  const PlanningHints& hints_;
  std::vector<std::string_view> maps_;
  std::vector<std::string_view> waits_;
};

class Builder {
 public:
  Builder(const asl::StateMachine& machine, const PlanningHints& hints)
      : machine_(machine), hints_(machine, hints) {}

  Workflow build() {
    for (const asl::StepInfo& info : machine_.steps()) infos_.emplace(info.name, &info);
    add_scope(machine_.states(), {}, 1);
    workflow_.graph = Graph(static_cast<int>(workflow_.steps.size()));
    for (const auto& [from, to] : edges_) workflow_.graph.add_edge(from, to);
    return std::move(workflow_);
  }

 private:
  // Adds the scope's steps behind `before`; gives the steps behind which the scope ends.
  Ends add_scope(const States& scope, const Ends& before, std::int64_t jobs) {
    std::vector<Ends> arriving(scope.states.size());
    arriving[scope.start] = before;
    Ends ends;
    for (const std::size_t at : scope.order) {
      const State& state = scope.states[at];
      const Ends after = add_state(state, arriving[at], jobs);
      arriving[at].clear();
      std::vector<std::size_t> next = asl::successors(state);
      std::ranges::sort(next);
      const auto repeated = std::ranges::unique(next);
      next.erase(repeated.begin(), repeated.end());
      for (const std::size_t target : next) arriving[target] = merge(arriving[target], after);
      const bool fails = std::holds_alternative<asl::Fail>(state.kind);
      const bool chooses = std::holds_alternative<asl::Choice>(state.kind);
      if (!state.next && !fails && !chooses) ends = merge(ends, after);
    }
    return ends.empty() ? before : ends;
  }

  Ends add_state(const State& state, const Ends& before, std::int64_t jobs) {
    if (!state.step.empty()) return {add_step(state, before, jobs)};
    if (std::holds_alternative<asl::Wait>(state.kind)) return {add_wait(state, before)};
    if (state.inner.empty()) return before;
    if (std::holds_alternative<asl::Map>(state.kind)) jobs = multiply(jobs, state);
    Ends ends;
    for (const States& inner : state.inner) ends = merge(ends, add_scope(inner, before, jobs));
    return ends;
  }

  StepId add_step(const State& state, const Ends& before, std::int64_t jobs) {
    const asl::StepInfo& info = *infos_.at(state.step);
    Step step;
    step.name = info.name;
    step.function = info.function;
    step.jobs = static_cast<int>(info.is_map ? multiply(jobs, state) : jobs);
    step.is_map = info.is_map;
    step.batched = info.batched;
    step.why_not_batched = info.why_not_batched;
    step.max_concurrency = info.max_concurrency;
    return add(std::move(step), before);
  }

  StepId add_wait(const State& state, const Ends& before) {
    Step step;
    step.name = state.full_name;
    step.foreign_duration = hints_.foreign(state);
    return add(std::move(step), before);
  }

  StepId add(Step step, const Ends& before) {
    const auto id = static_cast<StepId>(workflow_.steps.size());
    if (edges_.size() + before.size() > kMostEdges) {
      throw InvalidInput(fmt::format(
          "{}: the steps have more than {} edges; put a Wait or Task state between wide Parallels",
          machine_.source(), kMostEdges));
    }
    for (const StepId from : before) edges_.emplace_back(from, id);
    workflow_.steps.push_back(std::move(step));
    return id;
  }

  std::int64_t multiply(std::int64_t jobs, const State& map) const {
    const std::int64_t all = jobs * hints_.jobs(map.full_name);
    if (all > std::numeric_limits<int>::max()) {
      throw InvalidInput(fmt::format("{}: jobs: {} has {} in all, which is too many",
                                     machine_.source(), map.full_name, all));
    }
    return all;
  }

  const asl::StateMachine& machine_;
  Hints hints_;
  std::map<std::string_view, const asl::StepInfo*> infos_;
  Workflow workflow_;
  std::vector<std::pair<StepId, StepId>> edges_;
};

}  // namespace

Workflow from_state_machine(const asl::StateMachine& machine, const PlanningHints& hints) {
  return Builder(machine, hints).build();
}

}  // namespace stepconf::workflow
