#include "stepconf/workflow/from_asl.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/workflow/choice_shares.h"

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

void collect_choices(const States& states, std::vector<std::string_view>& names) {
  for (const State& state : states.states) {
    if (asl::successors(state).size() > 1 || !state.catchers.empty())
      names.push_back(state.full_name);
    for (const States& inner : state.inner) collect_choices(inner, names);
  }
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
    collect_choices(machine.states(), choices_);
    std::ranges::sort(waits_);
    std::ranges::sort(choices_);
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
    for (const auto& [name, shares] : hints.choices)
      check(choices_, "choices", name, "Choice state, and no state with Catch,");
  }

  struct Shares {
    std::vector<double> shares;
    SharesAre are = SharesAre::assumed;
    int executions = 0;
  };

  // The share of executions on each of the ways on from a state.
  Shares shares(const State& state, const std::vector<std::string>& ways) const {
    const bool catches = !state.catchers.empty();
    if (const auto given = hints_.choices.find(state.full_name); given != hints_.choices.end()) {
      const std::string where = fmt::format("{}: choices: {}", source_, state.full_name);
      return {given_shares(ways, catches, given->second, where), SharesAre::given};
    }
    const auto learnt = hints_.learnt_choices.find(state.full_name);
    if (learnt != hints_.learnt_choices.end()) {
      if (auto shares = learnt_shares(ways, catches, learnt->second))
        return {*std::move(shares), SharesAre::learnt, learnt->second.executions};
    }
    return {default_shares(ways.size(), catches)};
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
  std::vector<std::string_view> choices_;
};

class Builder {
 public:
  Builder(const asl::StateMachine& machine, const PlanningHints& hints)
      : machine_(machine), hints_(machine, hints) {}

  Workflow build() {
    for (const asl::StepInfo& info : machine_.steps()) infos_.emplace(info.name, &info);
    add_scope(machine_.states(), {{}, 1.0}, 1);
    workflow_.graph = Graph(static_cast<int>(workflow_.steps.size()));
    for (const auto& [from, to] : edges_) workflow_.graph.add_edge(from, to);
    std::erase_if(workflow_.choices, [](const Choice& choice) {
      return std::ranges::all_of(choice.ways, [](const Way& way) { return way.steps.empty(); });
    });
    return std::move(workflow_);
  }

 private:
  // What leads to a state: the steps behind which it stands, and the share of executions that come
  // to it.
  struct Arrival {
    Ends ends;
    double probability = 0;
  };

  // What is known of a state while its scope is added.
  struct Visit {
    Arrival arriving;
    StepId first = 0, past = 0;
    // The ways on: the state each leads to, absent where the scope ends, and its share.
    std::vector<std::optional<std::size_t>> targets;
    std::vector<double> shares;
    // Index into Workflow::choices; absent where there is but one way on.
    std::optional<std::size_t> choice;
  };

  // Adds the scope's steps behind `before`; gives the steps behind which the scope ends.
  Ends add_scope(const States& scope, const Arrival& before, std::int64_t jobs) {
    std::vector<Visit> visits(scope.states.size());
    visits[scope.start].arriving = before;
    Ends ends;
    for (const std::size_t at : scope.order) {
      Visit& visit = visits[at];
      visit.first = static_cast<StepId>(workflow_.steps.size());
      const Ends after = add_state(scope.states[at], visit.arriving, jobs);
      visit.past = static_cast<StepId>(workflow_.steps.size());
      go_on(scope.states[at], visit);
      for (std::size_t way = 0; way < visit.targets.size(); ++way) {
        if (!visit.targets[way]) {
          ends = merge(ends, after);
          continue;
        }
        Arrival& target = visits[*visit.targets[way]].arriving;
        target.ends = merge(target.ends, after);
        target.probability += visit.arriving.probability * visit.shares[way];
      }
      visit.arriving.ends.clear();
    }
    note_steps_of_ways(scope, visits);
    return ends.empty() ? before.ends : ends;
  }

  // Finds the ways on from `state`.
  void go_on(const State& state, Visit& visit) {
    std::vector<std::string> names;
    const auto lead = [&](std::optional<std::size_t> target, const std::string& name) {
      if (std::ranges::find(visit.targets, target) != visit.targets.end()) return;
      visit.targets.push_back(target);
      names.push_back(name);
    };
    if (const auto* choice = std::get_if<asl::Choice>(&state.kind)) {
      for (const asl::Choice::Rule& rule : choice->rules) lead(rule.next, rule.next_name);
      if (choice->otherwise) lead(choice->otherwise, choice->default_name);
    } else if (!std::holds_alternative<asl::Fail>(state.kind)) {
      lead(state.next, state.next ? state.next_name : "End");
      for (const asl::Catcher& catcher : state.catchers) lead(catcher.next, catcher.next_name);
    }
    if (names.size() < 2) {
      visit.shares.assign(names.size(), 1.0);
      return;
    }
    auto [shares, are, executions] = hints_.shares(state, names);
    visit.shares = std::move(shares);
    visit.choice = workflow_.choices.size();
    Choice& ways = workflow_.choices.emplace_back();
    ways.shares_are = are;
    ways.executions = executions;
    ways.name = state.full_name;
    ways.probability = visit.arriving.probability;
    for (std::size_t i = 0; i < names.size(); ++i)
      ways.ways.push_back({std::move(names[i]), visit.shares[i], {}});
  }

  // A state is on a way if all that leads to it comes from the way. O(states) for each way.
  void note_steps_of_ways(const States& scope, const std::vector<Visit>& visits) {
    std::vector<int> leading_to(visits.size(), 0);
    ++leading_to[scope.start];
    for (const Visit& visit : visits) {
      for (const auto& target : visit.targets) {
        if (target) ++leading_to[*target];
      }
    }
    for (const Visit& visit : visits) {
      if (!visit.choice) continue;
      for (std::size_t i = 0; i < visit.targets.size(); ++i) {
        std::vector<StepId>& steps = workflow_.choices[*visit.choice].ways[i].steps;
        std::map<std::size_t, int> met;
        std::vector<std::size_t> on;
        const auto lead = [&](const std::optional<std::size_t>& target) {
          if (target && ++met[*target] == leading_to[*target]) on.push_back(*target);
        };
        lead(visit.targets[i]);
        for (std::size_t next = 0; next < on.size(); ++next) {
          const Visit& reached = visits[on[next]];
          for (StepId step = reached.first; step < reached.past; ++step) steps.push_back(step);
          for (const auto& target : reached.targets) lead(target);
        }
        std::ranges::sort(steps);
      }
    }
  }

  Ends add_state(const State& state, const Arrival& before, std::int64_t jobs) {
    if (!state.step.empty()) return {add_step(state, before, jobs)};
    if (std::holds_alternative<asl::Wait>(state.kind)) return {add_wait(state, before)};
    if (state.inner.empty()) return before.ends;
    if (std::holds_alternative<asl::Map>(state.kind)) jobs = multiply(jobs, state);
    Ends ends;
    for (const States& inner : state.inner) ends = merge(ends, add_scope(inner, before, jobs));
    return ends;
  }

  StepId add_step(const State& state, const Arrival& before, std::int64_t jobs) {
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

  StepId add_wait(const State& state, const Arrival& before) {
    Step step;
    step.name = state.full_name;
    step.foreign_duration = hints_.foreign(state);
    return add(std::move(step), before);
  }

  StepId add(Step step, const Arrival& before) {
    // Ways that come together again sum to 1 but for rounding.
    step.probability = before.probability > 1 - 1e-9 ? 1 : before.probability;
    const auto id = static_cast<StepId>(workflow_.steps.size());
    if (edges_.size() + before.ends.size() > kMostEdges) {
      throw InvalidInput(fmt::format(
          "{}: the steps have more than {} edges; put a Wait or Task state between wide Parallels",
          machine_.source(), kMostEdges));
    }
    for (const StepId from : before.ends) edges_.emplace_back(from, id);
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
