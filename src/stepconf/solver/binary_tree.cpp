#include "stepconf/solver/binary_tree.h"

#include <span>

namespace stepconf::solver {
namespace {

using workflow::SeriesParallelTree;

int add(BinaryTree& result, const SeriesParallelTree& tree);

int add_parts(BinaryTree& result, std::span<const SeriesParallelTree> parts, bool series) {
  if (parts.size() == 1) return add(result, parts.front());
  const std::size_t half = parts.size() / 2;
  BinaryTree::Node node;
  node.series = series;
  node.first = add_parts(result, parts.first(half), series);
  node.second = add_parts(result, parts.subspan(half), series);
  result.nodes.push_back(node);
  return result.size() - 1;
}

int add(BinaryTree& result, const SeriesParallelTree& tree) {
  if (tree.kind != SeriesParallelTree::Kind::kStep)
    return add_parts(result, tree.parts, tree.kind == SeriesParallelTree::Kind::kSeries);
  BinaryTree::Node leaf;
  leaf.step = tree.step;
  result.nodes.push_back(leaf);
  return result.size() - 1;
}

}  // namespace

BinaryTree binary_tree(const SeriesParallelTree& tree) {
  BinaryTree result;
  add(result, tree);
  return result;
}

}  // namespace stepconf::solver
