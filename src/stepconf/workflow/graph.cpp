#include "stepconf/workflow/graph.h"

#include <algorithm>
#include <string>

namespace stepconf::workflow {
namespace {

void insert_sorted(std::vector<StepId>& steps, StepId step) {
  const auto place = std::lower_bound(steps.begin(), steps.end(), step);
  if (place == steps.end() || *place != step) steps.insert(place, step);
}

// Kahn's algorithm; shorter than the graph where a cycle keeps steps from becoming ready.
std::vector<StepId> steps_in_ready_order(const Graph& graph) {
  std::vector<StepId> order;
  order.reserve(graph.size());
  std::vector<int> open(graph.size());
  for (StepId step = 0; step < graph.size(); ++step) {
    open[step] = static_cast<int>(graph.predecessors[step].size());
    if (open[step] == 0) order.push_back(step);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const StepId successor : graph.successors[order[next]]) {
      if (--open[successor] == 0) order.push_back(successor);
    }
  }
  return order;
}

}  // namespace

void Graph::add_edge(StepId from, StepId to) {
  insert_sorted(successors[from], to);
  insert_sorted(predecessors[to], from);
}

std::vector<StepId> find_cycle(const Graph& graph) {
  const std::vector<StepId> order = steps_in_ready_order(graph);
  if (static_cast<int>(order.size()) == graph.size()) return {};
  std::vector<bool> stuck(graph.size(), true);
  for (const StepId step : order) stuck[step] = false;
  // Every stuck step has a stuck predecessor, so walking backwards must meet a step again.
  StepId step = static_cast<StepId>(std::find(stuck.begin(), stuck.end(), true) - stuck.begin());
  std::vector<int> seen_at(graph.size(), -1);
  std::vector<StepId> walk;
  while (seen_at[step] < 0) {
    seen_at[step] = static_cast<int>(walk.size());
    walk.push_back(step);
    step = *std::find_if(graph.predecessors[step].begin(), graph.predecessors[step].end(),
                         [&](StepId predecessor) { return stuck[predecessor]; });
  }
  std::vector<StepId> cycle(walk.begin() + seen_at[step], walk.end());
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  return cycle;
}

std::vector<StepId> topological_order(const Graph& graph) {
  std::vector<StepId> order = steps_in_ready_order(graph);
  if (static_cast<int>(order.size()) == graph.size()) return order;
  std::string cycle;
  for (const StepId step : find_cycle(graph)) cycle += std::to_string(step) + " -> ";
  throw InvalidWorkflow("the steps form a cycle: " + cycle + "...; a workflow has none");
}

std::vector<StepId> critical_path(const Graph& graph, std::span<const double> seconds,
                                  StepId entry) {
  const std::vector<StepId> order = topological_order(graph);
  std::vector<double> heaviest(graph.size());
  std::vector<StepId> next(graph.size(), -1);
  for (auto step = order.rbegin(); step != order.rend(); ++step) {
    for (const StepId successor : graph.successors[*step]) {
      if (next[*step] < 0 || heaviest[successor] > heaviest[next[*step]]) next[*step] = successor;
    }
    heaviest[*step] = seconds[*step] + (next[*step] < 0 ? 0.0 : heaviest[next[*step]]);
  }
  std::vector<StepId> path;
  for (StepId step = entry; step >= 0; step = next[step]) path.push_back(step);
  return path;
}

std::vector<std::vector<StepId>> weakly_connected_components(const Graph& graph,
                                                             std::span<const StepId> subset) {
  std::vector<StepId> members(subset.begin(), subset.end());
  std::sort(members.begin(), members.end());
  std::vector<bool> waiting(graph.size(), false);
  for (const StepId step : members) waiting[step] = true;
  std::vector<std::vector<StepId>> components;
  for (const StepId first : members) {
    if (!waiting[first]) continue;
    waiting[first] = false;
    std::vector<StepId> component = {first};
    const auto take = [&](StepId step) {
      if (!waiting[step]) return;
      waiting[step] = false;
      component.push_back(step);
    };
    for (std::size_t i = 0; i < component.size(); ++i) {
      const StepId step = component[i];
      for (const StepId neighbour : graph.successors[step]) take(neighbour);
      for (const StepId neighbour : graph.predecessors[step]) take(neighbour);
    }
    std::sort(component.begin(), component.end());
    components.push_back(std::move(component));
  }
  return components;
}

}  // namespace stepconf::workflow
