// The ways of a choice are known by their steps. A node that has a choice's ways among its parts
// has each of them as one part, or as several: a way that is a Parallel lies among the parts of the
// Parallel around it, a way that is a series among those of the series. Inner choices are grouped
// before those around them, so that a way is always made of whole parts.
#include "stepconf/workflow/choice_tree.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace stepconf::workflow {
namespace {

using Tree = SeriesParallelTree;
using Kind = Tree::Kind;

constexpr double kTieRounding = 1e-9;

// A part and how many steps it has.
struct Part {
  Tree tree;
  int size = 0;
};

StepId any_step(const Tree& tree) {
  return tree.kind == Kind::kStep ? tree.step : any_step(tree.parts.front());
}

Tree joined(Kind kind, std::vector<Tree> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Tree tree;
  tree.kind = kind;
  tree.parts = std::move(parts);
  return tree;
}

class Grouper {
 public:
  explicit Grouper(const Workflow& workflow) : workflow_(workflow) {
    // By size: a choice inside another one's way has no more steps. Of equals, the inner one is
    // behind the outer one.
    std::vector<std::size_t> sizes;
    for (const Choice& choice : workflow.choices) {
      std::size_t size = 0;
      for (const Way& way : choice.ways) size += way.steps.size();
      sizes.push_back(size);
    }
    grouped_.assign(sizes.size(), 0);
    order_.resize(sizes.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_, [&](std::size_t a, std::size_t b) {
      return std::pair(sizes[a], b) < std::pair(sizes[b], a);
    });
  }

  // Groups choices in `tree`; gives it with its number of steps.
  Part group(Tree tree) {
    if (tree.kind == Kind::kStep) return wrapped(Kind::kSeries, {{std::move(tree), 1}});
    std::vector<Part> parts;
    for (Tree& part : tree.parts) parts.push_back(group(std::move(part)));
    return wrapped(tree.kind, std::move(parts));
  }

  // Makes the probabilities of the choices on the way to each step multiply to the step's;
  // `reached` is their product so far.
  Tree weighed(Tree tree, double reached) const {
    if (tree.kind == Kind::kStep) {
      const double probability = workflow_.steps[tree.step].probability;
      if (probability >= reached * (1 - kTieRounding)) return tree;
      return {Kind::kChoice, -1, {std::move(tree)}, {probability / reached}};
    }
    for (std::size_t i = 0; i < tree.parts.size(); ++i) {
      double inside = reached;
      if (tree.kind == Kind::kChoice) {
        // Absolute until now.
        inside = tree.probabilities[i];
        tree.probabilities[i] = std::min(1.0, inside / reached);
      }
      tree.parts[i] = weighed(std::move(tree.parts[i]), inside);
    }
    return tree;
  }

 private:
  // Groups the choices whose ways are among `parts`.
  Part wrapped(Kind kind, std::vector<Part> parts) {
    int size = 0;
    for (const Part& part : parts) size += part.size;
    for (const std::size_t index : order_) {
      if (!grouped_[index]) {
        grouped_[index] = group_ways(workflow_.choices[index], kind, parts);
      }
    }
    std::vector<Tree> trees;
    for (Part& part : parts) trees.push_back(std::move(part.tree));
    return {joined(kind, std::move(trees)), size};
  }

  // Finds the parts that make up `steps` together; empty where none do. In a series they must
  // follow one another.
  static std::vector<std::size_t> parts_of(const std::vector<StepId>& steps, Kind kind,
                                           const std::vector<Part>& parts) {
    std::vector<std::size_t> found;
    int size = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!std::ranges::binary_search(steps, any_step(parts[i].tree))) continue;
      if (kind == Kind::kSeries && !found.empty() && found.back() + 1 != i) return {};
      // A part that holds a step of the way and more than the way has: the sizes then differ.
      found.push_back(i);
      size += parts[i].size;
    }
    return size == static_cast<int>(steps.size()) ? found : std::vector<std::size_t>{};
  }

  static bool group_ways(const Choice& choice, Kind kind, std::vector<Part>& parts) {
    std::vector<std::vector<std::size_t>> ways;
    Tree node;
    node.kind = Kind::kChoice;
    for (const Way& way : choice.ways) {
      if (way.steps.empty()) continue;
      ways.push_back(parts_of(way.steps, kind, parts));
      if (ways.back().empty() || !all_in(way.steps, ways.back(), parts)) return false;
      node.probabilities.push_back(choice.probability * way.share);
    }
    // Several ways never follow one another.
    if (kind == Kind::kSeries && ways.size() > 1) return false;
    std::vector<char> taken(parts.size(), 0);
    int size = 0;
    for (const std::vector<std::size_t>& way : ways) {
      std::vector<Tree> trees;
      for (const std::size_t i : way) {
        taken[i] = 1;
        size += parts[i].size;
        trees.push_back(std::move(parts[i].tree));
      }
      node.parts.push_back(joined(kind, std::move(trees)));
    }
    // In the place of its first part.
    std::vector<Part> rest;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!taken[i]) {
        rest.push_back(std::move(parts[i]));
      } else if (!node.parts.empty()) {
        rest.push_back({std::move(node), size});
        node.parts.clear();
      }
    }
    parts = std::move(rest);
    return true;
  }

  static bool all_in(const std::vector<StepId>& steps, const std::vector<std::size_t>& way,
                     const std::vector<Part>& parts) {
    return std::ranges::all_of(way, [&](std::size_t i) { return is_in(parts[i].tree, steps); });
  }

  static bool is_in(const Tree& tree, const std::vector<StepId>& steps) {
    if (tree.kind == Kind::kStep) return std::ranges::binary_search(steps, tree.step);
    return std::ranges::all_of(tree.parts, [&](const Tree& part) { return is_in(part, steps); });
  }

  const Workflow& workflow_;
  std::vector<std::size_t> order_;
  std::vector<char> grouped_;
};

}  // namespace

std::optional<SeriesParallelTree> series_parallel_tree(const Workflow& workflow) {
  std::optional<Tree> tree = series_parallel_tree(workflow.graph);
  if (!tree) return tree;
  Grouper grouper(workflow);
  return grouper.weighed(grouper.group(std::move(*tree)).tree, 1);
}

}  // namespace stepconf::workflow
