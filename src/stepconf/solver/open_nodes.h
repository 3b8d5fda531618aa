#pragma once

#include <vector>

#include "stepconf/solver/relaxation.h"

namespace stepconf::solver {

/// A part of the search that is still to be explored.
struct Node {
  /// Nothing in it costs less.
  double bound = 0;
  int depth = 0;
  Relaxation::State state{};
};

/// The nodes that wait: the least bound is taken first. Beyond 200 MB the deepest is, which lets
/// their number fall.
class OpenNodes {
 public:
  bool empty() const { return nodes_.empty(); }
  void push(Node node);
  /// Takes the next node out; there must be one.
  Node take();
  /// Replaces all nodes.
  void assign(std::vector<Node> nodes);
  /// Gives the least bound of all, `otherwise` where that is less.
  double least_bound(double otherwise) const;

 private:
  std::vector<Node> nodes_;
  bool deepest_first_ = false;
};

}  // namespace stepconf::solver
