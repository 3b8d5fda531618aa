#include "stepconf/machine/transitions.h"

#include <algorithm>
#include <vector>

namespace stepconf::machine {
namespace {

// A scope's states by number, in the order in which a depth-first walk from StartAt leaves them:
// the first state has the highest number.
struct Walk {
  std::vector<std::string> names;
  std::vector<std::vector<int>> before;
};

using Targets = std::map<std::string, std::vector<std::string>>;

Targets targets_of(const OrderedJson& scope) {
  Targets targets;
  for (const auto& [name, state] : scope.at("States").items()) {
    OrderedJson copy = state;
    for_each_target(copy, [&targets = targets[name]](const OrderedJson& target) {
      targets.push_back(target.get<std::string>());
    });
  }
  return targets;
}

Walk walk_from(const std::string& start, const Targets& targets) {
  Walk walk;
  std::map<std::string, int> number;
  struct Visit {
    std::string name;
    std::size_t next = 0;
  };
  std::vector<Visit> path{{start}};
  number[start] = -1;
  while (!path.empty()) {
    Visit& here = path.back();
    const std::vector<std::string>& ways = targets.at(here.name);
    if (here.next == ways.size()) {
      number[here.name] = static_cast<int>(walk.names.size());
      walk.names.push_back(here.name);
      path.pop_back();
      continue;
    }
    const std::string& to = ways[here.next++];
    if (targets.contains(to) && number.emplace(to, -1).second) path.push_back({to});
  }
  walk.before.resize(walk.names.size());
  for (const auto& [name, from] : number) {
    for (const std::string& to : targets.at(name)) {
      if (targets.contains(to)) {
        walk.before[static_cast<std::size_t>(number.at(to))].push_back(from);
      }
    }
  }
  return walk;
}

int meet(const std::vector<int>& dominators, int a, int b) {
  while (a != b) {
    int& lower = a < b ? a : b;
    lower = dominators[static_cast<std::size_t>(lower)];
  }
  return a;
}

}  // namespace

void for_each_target(OrderedJson& state, const std::function<void(OrderedJson&)>& use) {
  if (!state.is_object()) return;
  const auto use_member = [&](OrderedJson& owner, const char* member) {
    if (!owner.is_object()) return;
    const auto found = owner.find(member);
    if (found != owner.end() && found->is_string()) use(*found);
  };
  use_member(state, "Next");
  use_member(state, "Default");
  for (const char* list : {"Catch", "Choices"}) {
    const auto found = state.find(list);
    if (found == state.end() || !found->is_array()) continue;
    for (OrderedJson& entry : *found) use_member(entry, "Next");
  }
}

std::map<std::string, std::string> always_before(const OrderedJson& scope) {
  const auto start = scope.find("StartAt");
  const Targets targets = targets_of(scope);
  if (start == scope.end() || !start->is_string() || !targets.contains(start->get<std::string>())) {
    return {};
  }
  const Walk walk = walk_from(start->get<std::string>(), targets);
  const int first = static_cast<int>(walk.names.size()) - 1;
  constexpr int kUnknown = -1;
  std::vector<int> dominators(walk.names.size(), kUnknown);
  dominators.back() = first;
  for (bool changed = true; changed;) {
    changed = false;
    for (int state = first - 1; state >= 0; --state) {
      int dominator = kUnknown;
      for (const int from : walk.before[static_cast<std::size_t>(state)]) {
        if (dominators[static_cast<std::size_t>(from)] == kUnknown) continue;
        dominator = dominator == kUnknown ? from : meet(dominators, dominator, from);
      }
      int& known = dominators[static_cast<std::size_t>(state)];
      changed = changed || known != dominator;
      known = dominator;
    }
  }
  std::map<std::string, std::string> result;
  for (int state = 0; state < first; ++state) {
    const auto dominator = static_cast<std::size_t>(dominators[static_cast<std::size_t>(state)]);
    result[walk.names[static_cast<std::size_t>(state)]] = walk.names[dominator];
  }
  return result;
}

}  // namespace stepconf::machine
