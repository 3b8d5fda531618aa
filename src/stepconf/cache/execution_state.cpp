#include "stepconf/cache/execution_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "stepconf/base/error.h"
#include "stepconf/base/hash.h"
#include "stepconf/base/json.h"

namespace stepconf::cache {
namespace {

using optimizer::SubGraph;

constexpr std::string_view kSource = "the execution's state";
constexpr int kNone = -1;

[[noreturn]] void refuse(std::string_view what) {
  throw InvalidInput(fmt::format("{}: {}", kSource, what));
}

// What a reader can check beyond the form: a text that is damaged would be believed otherwise, for
// its numbers index tables.
std::string checksum(const Json& content) {
  return fmt::format("{:016x}", hash_text(content.dump()));
}

Json graphs_to_json(const ExecutionState& state, Json& graph_of) {
  Json graphs = Json::array();
  std::map<const SubGraph*, int> places;
  for (const auto& graph : state.sub_graphs) {
    if (!graph) {
      graph_of.push_back(kNone);
      continue;
    }
    const auto [place, added] = places.try_emplace(graph.get(), static_cast<int>(graphs.size()));
    if (added) graphs.push_back({graph->latest_finish.count(), graph->context, graph->steps});
    graph_of.push_back(place->second);
  }
  return graphs;
}

std::shared_ptr<const SubGraph> graph_from_json(const Json& json, int steps) {
  SubGraph graph{json.at(2).get<std::vector<workflow::StepId>>(), Seconds(json.at(0).get<double>()),
                 json.at(1).get<int>()};
  if (!std::isfinite(graph.latest_finish.count())) refuse("a latest finish is not finite");
  for (const workflow::StepId step : graph.steps) {
    if (step < 0 || step >= steps) refuse(fmt::format("the workflow has no step {}", step));
  }
  return std::make_shared<const SubGraph>(std::move(graph));
}

InMemoryCache::SubGraphs graphs_from_json(const Json& graphs, const Json& graph_of, int steps) {
  InMemoryCache::SubGraphs read;
  for (const Json& graph : graphs) read.push_back(graph_from_json(graph, steps));
  InMemoryCache::SubGraphs by_step;
  for (const Json& place : graph_of) {
    const int index = place.get<int>();
    by_step.push_back(index == kNone ? nullptr : read.at(static_cast<std::size_t>(index)));
    const auto step = static_cast<workflow::StepId>(by_step.size()) - 1;
    if (index != kNone &&
        std::ranges::find(by_step.back()->steps, step) == by_step.back()->steps.end()) {
      refuse(fmt::format("step {} is not in its own sub-graph", step));
    }
  }
  if (by_step.size() > static_cast<std::size_t>(steps))
    refuse("it has more steps than the workflow");
  return by_step;
}

PastDecision decision_from_json(const Json& json, int steps) {
  const PastDecision decision{
      json.at(0).get<int>(),
      json.at(1).get<int>(),
      json.at(2).get<int>(),
      json.at(3).get<std::int64_t>(),
      {{json.at(4).get<int>()}, json.at(5).get<int>(), json.at(6).get<int>()}};
  if (decision.step < 0 || decision.step >= steps || decision.jobs < 1)
    refuse("a decision is of no step");
  return decision;
}

}  // namespace

void ExecutionState::add(const PastDecision& decision) {
  if (decisions.size() >= kMostDecisions) decisions.erase(decisions.begin());
  decisions.push_back(decision);
}

const PastDecision* ExecutionState::find(const PastDecision& question) const {
  const auto found = std::ranges::find_if(
      decisions, [&](const PastDecision& past) { return past.repeats(question); });
  return found == decisions.end() ? nullptr : &*found;
}

std::string to_text(const ExecutionState& state, std::string_view plan) {
  Json graph_of = Json::array();
  Json graphs = graphs_to_json(state, graph_of);
  Json decisions = Json::array();
  for (const PastDecision& past : state.decisions) {
    const estimator::Configuration& chosen = past.configuration;
    decisions.push_back({past.step, past.attempt, past.jobs, past.milliseconds, chosen.memory.value,
                         chosen.instances, chosen.processes});
  }
  Json content{{"plan", plan},
               {"graphs", std::move(graphs)},
               {"graph_of", std::move(graph_of)},
               {"decisions", std::move(decisions)}};
  content["check"] = checksum(content);
  return content.dump();
}

ExecutionState parse_state(std::string_view text, std::string_view plan, int steps) {
  if (text.empty()) return {};
  Json content = parse_json(text, kSource);
  try {
    const std::string check = content.at("check").get<std::string>();
    content.erase("check");
    if (check != checksum(content)) refuse("it was damaged");
    if (content.at("plan").get<std::string>() != plan) return {};
    ExecutionState state;
    state.sub_graphs = graphs_from_json(content.at("graphs"), content.at("graph_of"), steps);
    for (const Json& past : content.at("decisions"))
      state.decisions.push_back(decision_from_json(past, steps));
    return state;
  } catch (const Json::exception& error) {
    refuse(error.what());
  } catch (const std::out_of_range& error) {
    refuse(error.what());
  }
}

}  // namespace stepconf::cache
