#include "stepconf/solver/open_nodes.h"

#include <algorithm>
#include <utility>

namespace stepconf::solver {
namespace {

constexpr std::size_t kMostBytes = std::size_t{200} << 20;

auto later(bool deepest_first) {
  return [deepest_first](const Node& a, const Node& b) {
    return deepest_first ? a.depth < b.depth : a.bound > b.bound;
  };
}

}  // namespace

void OpenNodes::push(Node node) {
  nodes_.push_back(std::move(node));
  std::push_heap(nodes_.begin(), nodes_.end(), later(deepest_first_));
}

Node OpenNodes::take() {
  const Relaxation::State& state = nodes_[0].state;
  const std::size_t bytes = nodes_.size() * 8 * (state.flow.size() + 2 * state.potential.size());
  const bool crowded = bytes > (deepest_first_ ? kMostBytes / 2 : kMostBytes);
  if (crowded != deepest_first_) {
    deepest_first_ = crowded;
    std::make_heap(nodes_.begin(), nodes_.end(), later(deepest_first_));
  }
  std::pop_heap(nodes_.begin(), nodes_.end(), later(deepest_first_));
  Node node = std::move(nodes_.back());
  nodes_.pop_back();
  return node;
}

void OpenNodes::assign(std::vector<Node> nodes) {
  nodes_ = std::move(nodes);
  deepest_first_ = false;
  std::make_heap(nodes_.begin(), nodes_.end(), later(false));
}

double OpenNodes::least_bound(double otherwise) const {
  for (const Node& node : nodes_) otherwise = std::min(otherwise, node.bound);
  return otherwise;
}

}  // namespace stepconf::solver
