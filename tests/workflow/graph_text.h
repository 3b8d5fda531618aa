#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/workflow/graph.h"

namespace stepconf::workflow::testing {

/// Gives the id of a step named by one small letter: "a" is 0, "b" is 1.
inline StepId step(std::string_view name) { return name.front() - 'a'; }

/// Gives the ids of steps named by small letters: "a b d".
inline std::vector<StepId> steps(const std::string& names) {
  std::vector<StepId> ids;
  std::istringstream words(names);
  for (std::string word; words >> word;) ids.push_back(step(word));
  return ids;
}

/// Builds a graph from chains of steps named by small letters: "a -> b -> d, a -> c -> d". It has
/// every step up to the last letter that occurs.
inline Graph graph(const std::string& chains) {
  const char last = *std::max_element(chains.begin(), chains.end());
  Graph result(last - 'a' + 1);
  StepId previous = -1;
  for (const char c : chains) {
    if (c == ',') previous = -1;
    if (c < 'a' || c > 'z') continue;
    const StepId next = c - 'a';
    if (previous >= 0) result.add_edge(previous, next);
    previous = next;
  }
  return result;
}

/// Lists weights, one a step.
inline std::vector<double> seconds(std::initializer_list<double> values) { return values; }

}  // namespace stepconf::workflow::testing
