#include "stepconf/percentile/chains.h"

#include <algorithm>
#include <limits>

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;

class LayOut {
 public:
  explicit LayOut(const Problem& problem) : problem_(problem) {
    chains_.places.resize(problem.alternatives.size());
    add_chain(problem.tree, -1, -1, false);
  }

  Chains take() { return std::move(chains_); }

 private:
  int add_chain(const Tree& tree, int parent, int parent_element, bool is_way) {
    const int id = static_cast<int>(chains_.chains.size());
    chains_.chains.push_back(
        {.parent = parent, .parent_element = parent_element, .is_way = is_way});
    if (tree.kind == Kind::kSeries) {
      for (const Tree& part : tree.parts) add_element(id, part);
    } else {
      add_element(id, tree);
    }
    return id;
  }

  void add_element(int id, const Tree& tree) {
    if (tree.kind == Kind::kSeries) {
      for (const Tree& part : tree.parts) add_element(id, part);
      return;
    }
    const int place = static_cast<int>(chains_.chains[id].elements.size());
    chains_.chains[id].elements.push_back({.kind = tree.kind, .step = tree.step});
    if (tree.kind == Kind::kStep) {
      chains_.places[tree.step] = {id, place};
      add_step(chains_.chains[id], tree.step);
      return;
    }
    const bool choice = tree.kind == Kind::kChoice;
    double fastest = 0, cheapest = 0, usd = 0;
    for (std::size_t i = 0; i < tree.parts.size(); ++i) {
      const int child = add_chain(tree.parts[i], id, place, choice);
      Chain& chain = chains_.chains[id];
      const Chain& below = chains_.chains[child];
      chain.elements[place].chains.push_back(child);
      chain.steps.insert(chain.steps.end(), below.steps.begin(), below.steps.end());
      fastest = std::max(fastest, below.fastest_seconds);
      cheapest = std::max(cheapest, below.cheapest_seconds);
      usd += below.cheapest_usd * (choice ? tree.probabilities[i] : 1.0);
    }
    Chain& chain = chains_.chains[id];
    chain.elements[place].probabilities = tree.probabilities;
    chain.fastest_seconds += fastest;
    chain.cheapest_seconds += cheapest;
    chain.cheapest_usd += usd;
  }

  void add_step(Chain& chain, workflow::StepId step) {
    chain.steps.push_back(step);
    const std::vector<Alternative>& alternatives = problem_.alternatives[step];
    if (alternatives.empty()) return;
    double fastest = std::numeric_limits<double>::infinity();
    const Alternative* cheapest = &alternatives.front();
    for (const Alternative& alternative : alternatives) {
      fastest = std::min(fastest, alternative.mean_seconds());
      if (alternative.usd < cheapest->usd) cheapest = &alternative;
    }
    chain.fastest_seconds += fastest;
    chain.cheapest_seconds += cheapest->seconds(kBins - 1);
    chain.cheapest_usd += cheapest->usd;
  }

  const Problem& problem_;
  Chains chains_;
};

}  // namespace

Chains lay_out(const Problem& problem) { return LayOut(problem).take(); }

}  // namespace stepconf::percentile
