#pragma once

#include <functional>
#include <map>
#include <string>

#include "stepconf/base/json.h"

namespace stepconf::machine {

/// Calls `use` with each text of `state` that names the state to go to: Next, Default, and Next of
/// Choices and Catch. What is no text is passed over.
void for_each_target(OrderedJson& state, const std::function<void(OrderedJson&)>& use);

/// Finds for each state of a scope the last state that every way from StartAt to it has passed: its
/// immediate dominator. The first state has none, nor have states that no way leads to. O(V * E) at
/// worst, O(E) for graphs without loops. Cooper, Harvey and Kennedy, "A simple, fast dominance
/// algorithm".
std::map<std::string, std::string> always_before(const OrderedJson& scope);

}  // namespace stepconf::machine
