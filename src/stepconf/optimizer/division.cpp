// How Algorithm 2 shares out time on any DAG; docs/algorithms.md explains it with pictures.
//
// The heaviest chain of a sub-graph gets the sub-graph's time, in proportion to the weights. With
// `scale` seconds for each second of weight and `heaviest[x]` the weight of the heaviest chain from
// x on, a step x on the chain is planned to start at latest_finish - scale * heaviest[x]: that is
// the same as laying the sub-SLOs end to end from now. Beside the chain the same expression is the
// latest start that still leaves everything behind x its share. So one sweep gives every deadline
// needed: a component must end before the earliest of these times among the steps that it leads
// into.
#include "stepconf/optimizer/division.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "stepconf/base/error.h"

namespace stepconf::optimizer {
namespace {

// Groups of steps: those on the critical path, those that lead into none of its steps; any other
// number is the place on the path of the first step that they lead into.
constexpr int kOnPath = -1;
constexpr int kLeadsIntoNone = std::numeric_limits<int>::max();

void flatten(const std::vector<std::vector<workflow::StepId>>& lists, std::vector<int>& first,
             std::vector<workflow::StepId>& flat) {
  first.assign(1, 0);
  for (const std::vector<workflow::StepId>& list : lists) {
    flat.insert(flat.end(), list.begin(), list.end());
    first.push_back(static_cast<int>(flat.size()));
  }
}

}  // namespace

Divider::Divider(const workflow::Graph& graph)
    : rank_(graph.size()),
      is_member_(graph.size(), 0),
      heaviest_(graph.size()),
      next_(graph.size()),
      group_(graph.size()),
      place_on_path_(graph.size()),
      component_(graph.size()) {
  flatten(graph.successors, first_successor_, successors_);
  flatten(graph.predecessors, first_predecessor_, predecessors_);
  const std::vector<StepId> order = workflow::topological_order(graph);
  for (int i = 0; i < graph.size(); ++i) rank_[order[i]] = i;
}

std::vector<SubGraph> Divider::whole(Seconds latest_finish) {
  members_.resize(rank_.size());
  for (StepId step = 0; step < static_cast<int>(rank_.size()); ++step) members_[rank_[step]] = step;
  for (const StepId step : members_) {
    is_member_[step] = 1;
    group_[step] = kLeadsIntoNone;
  }
  std::vector<SubGraph> all = components(latest_finish.count(), 0);
  for (const StepId step : members_) is_member_[step] = 0;
  return all;
}

Division Divider::divide(const SubGraph& sub_graph, StepId step, Seconds now,
                         std::span<const double> seconds) {
  Division division;
  double latest = sub_graph.latest_finish.count();
  members_ = sub_graph.steps;
  if (std::find(members_.begin(), members_.end(), step) == members_.end()) {
    throw Error(fmt::format("the cache holds a sub-graph for step {} that lacks this step", step));
  }
  for (const StepId member : members_) is_member_[member] = 1;
  // Makes the part that holds `step` the sub-graph at hand and stores the others.
  const auto descend = [&](std::vector<SubGraph> parts) {
    for (const StepId member : members_) is_member_[member] = 0;
    for (SubGraph& part : parts) {
      const auto& steps = part.steps;
      if (std::find(steps.begin(), steps.end(), step) == steps.end()) {
        division.sub_graphs.push_back(std::move(part));
      } else {
        members_ = std::move(part.steps);
        latest = part.latest_finish.count();
      }
    }
    for (const StepId member : members_) is_member_[member] = 1;
  };

  bool stored = true;
  if (drop_ancestors(step)) {
    for (const StepId member : members_) group_[member] = kLeadsIntoNone;
    std::vector<SubGraph> parts = components(latest, 0);
    if (parts.size() > 1) {
      descend(std::move(parts));
      stored = false;
    }
  }
  for (;;) {
    const StepId entry = weigh(seconds);
    follow_path(entry);
    const double left = std::max(0.0, latest - now.count());
    const double scale = heaviest_[entry] > 0 ? left / heaviest_[entry] : 0;
    if (entry == step) {
      const double share = heaviest_[entry] > 0 ? seconds[step] / heaviest_[entry] : 1;
      division.sub_slo = Seconds(share * left);
    }
    const bool chain = path_.size() == members_.size();
    const bool alone = chain || sources() == 1;
    // A step that starts its whole sub-graph keeps it, so that a retry divides it anew.
    if (alone && !stored) division.sub_graphs.push_back({members_, Seconds(latest)});
    if (chain) break;
    division.sub_graphs.push_back(
        {{path_.begin() + (alone ? 1 : 0), path_.end()}, Seconds(latest)});
    group_what_lies_beside();
    std::vector<SubGraph> parts = components(latest, scale);
    if (entry == step) {
      for (SubGraph& part : parts) division.sub_graphs.push_back(std::move(part));
      break;
    }
    descend(std::move(parts));
    stored = false;
  }
  for (const StepId member : members_) is_member_[member] = 0;
  return division;
}

// Takes what must have ended before `step` could become ready out of the members: steps that are
// never asked about, foreign ones and those without jobs, and on a chain those already decided.
bool Divider::drop_ancestors(StepId step) {
  stack_.assign(1, step);
  bool dropped = false;
  while (!stack_.empty()) {
    const StepId last = stack_.back();
    stack_.pop_back();
    for (const StepId before : predecessors(last)) {
      if (!is_member_[before]) continue;
      is_member_[before] = 0;
      dropped = true;
      stack_.push_back(before);
    }
  }
  if (dropped) std::erase_if(members_, [&](StepId member) { return !is_member_[member]; });
  return dropped;
}

// Finds the heaviest chain from each member on and returns where the heaviest of all starts: the
// only source, or the first step behind the virtual entry. Ties go to the smaller id.
workflow::StepId Divider::weigh(std::span<const double> seconds) {
  StepId entry = -1;
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    const StepId step = *member;
    StepId next = -1;
    for (const StepId successor : successors(step)) {
      if (!is_member_[successor]) continue;
      if (next < 0 || heaviest_[successor] > heaviest_[next]) next = successor;
    }
    next_[step] = next;
    heaviest_[step] = seconds[step] + (next < 0 ? 0 : heaviest_[next]);
    bool source = true;
    for (const StepId before : predecessors(step)) source = source && !is_member_[before];
    if (!source) continue;
    if (entry < 0 || heaviest_[step] > heaviest_[entry] ||
        (heaviest_[step] == heaviest_[entry] && step < entry)) {
      entry = step;
    }
  }
  return entry;
}

int Divider::sources() const {
  int count = 0;
  for (const StepId step : members_) {
    bool source = true;
    for (const StepId before : predecessors(step)) source = source && !is_member_[before];
    count += source;
  }
  return count;
}

void Divider::follow_path(StepId entry) {
  path_.clear();
  for (StepId step = entry; step >= 0; step = next_[step]) {
    place_on_path_[step] = static_cast<int>(path_.size());
    path_.push_back(step);
  }
}

void Divider::group_what_lies_beside() {
  for (const StepId step : members_) group_[step] = kLeadsIntoNone;
  for (const StepId step : path_) group_[step] = kOnPath;
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    const StepId step = *member;
    if (group_[step] == kOnPath) continue;
    for (const StepId successor : successors(step)) {
      if (!is_member_[successor]) continue;
      const int reached =
          group_[successor] == kOnPath ? place_on_path_[successor] : group_[successor];
      group_[step] = std::min(group_[step], reached);
    }
  }
}

// Splits the members that are not on the path into weakly connected components of one group each,
// in topological order, each with its latest finish.
std::vector<SubGraph> Divider::components(double latest, double scale) {
  std::vector<SubGraph> result;
  for (const StepId step : members_) component_[step] = -1;
  for (const StepId first : members_) {
    if (component_[first] >= 0 || group_[first] == kOnPath) continue;
    const int component = static_cast<int>(result.size());
    double leads_into = 0;
    const auto reach = [&](StepId step) {
      if (component_[step] >= 0) return;
      component_[step] = component;
      stack_.push_back(step);
    };
    stack_.clear();
    reach(first);
    while (!stack_.empty()) {
      const StepId step = stack_.back();
      stack_.pop_back();
      for (const StepId after : successors(step)) {
        if (!is_member_[after]) continue;
        if (group_[after] == group_[step]) {
          reach(after);
        } else {
          leads_into = std::max(leads_into, heaviest_[after]);
        }
      }
      for (const StepId before : predecessors(step)) {
        if (is_member_[before] && group_[before] == group_[step]) reach(before);
      }
    }
    result.push_back({{}, Seconds(latest - scale * leads_into)});
  }
  // Member by member, so that each component comes out in topological order.
  for (const StepId step : members_) {
    if (group_[step] != kOnPath) result[component_[step]].steps.push_back(step);
  }
  return result;
}

}  // namespace stepconf::optimizer
