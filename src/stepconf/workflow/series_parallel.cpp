// A partial order is series-parallel exactly where it contains no N, and then it comes apart in one
// of two ways (Valdes, Tarjan, Lawler: The recognition of series parallel digraphs, 1982). Join any
// two steps of which one must wait for the other. Where that graph falls into components, they run
// in parallel. Join the other pairs instead: where that graph falls into components, they run one
// after another, since between two of them every pair is ordered, and all pairs in the same way.
// Neither: no series-parallel order. Rows of bits make the search for components cheap enough to
// do it anew at each level.
#include "stepconf/workflow/series_parallel.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace stepconf::workflow {
namespace {

class Bits {
 public:
  explicit Bits(int size) : words_((size + 63) / 64) {}

  void set(int i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void reset(int i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  Bits& operator|=(const Bits& other) {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] |= other.words_[w];
    return *this;
  }

  // Moves the bits that are set both here and in `mask` (or here and not in it) to the end of
  // `out`.
  void take(const Bits& mask, bool inverted, std::vector<int>& out) {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      std::uint64_t taken = words_[w] & (inverted ? ~mask.words_[w] : mask.words_[w]);
      words_[w] &= ~taken;
      for (; taken != 0; taken &= taken - 1) {
        out.push_back(static_cast<int>(w) * 64 + std::countr_zero(taken));
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

using Members = std::vector<StepId>;

class Recogniser {
 public:
  explicit Recogniser(const Graph& graph) : size_(graph.size()) {
    order_ = topological_order(graph);
    ordered_.assign(size_, Bits(size_));
    std::vector<Bits> after(size_, Bits(size_));
    for (auto step = order_.rbegin(); step != order_.rend(); ++step) {
      for (const StepId successor : graph.successors[*step]) {
        after[*step].set(successor);
        after[*step] |= after[successor];
      }
    }
    for (StepId step = 0; step < size_; ++step) {
      ordered_[step] |= after[step];
      Bits all = after[step];
      std::vector<int> later;
      all.take(after[step], false, later);
      for (const StepId l : later) ordered_[l].set(step);
    }
  }

  std::optional<SeriesParallelTree> recognise() const {
    if (size_ == 0) return std::nullopt;
    return tree(order_);
  }

 private:
  using Tree = SeriesParallelTree;

  // `members` stand in topological order.
  std::optional<Tree> tree(const Members& members) const {
    if (members.size() == 1) return Tree{Tree::Kind::kStep, members.front(), {}, {}};
    Tree result;
    result.kind = Tree::Kind::kParallel;
    std::vector<Members> parts = components(members, false);
    if (parts.size() == 1) {
      result.kind = Tree::Kind::kSeries;
      parts = components(members, true);
    }
    if (parts.size() == 1) return std::nullopt;
    if (result.kind == Tree::Kind::kParallel) {
      std::sort(parts.begin(), parts.end(), [](const Members& a, const Members& b) {
        return *std::min_element(a.begin(), a.end()) < *std::min_element(b.begin(), b.end());
      });
    }
    for (const Members& part : parts) {
      std::optional<Tree> subtree = tree(part);
      if (!subtree) return std::nullopt;
      result.parts.push_back(std::move(*subtree));
    }
    return result;
  }

  // Components of the graph that joins ordered pairs (or, inverted, the other pairs), by their
  // first member; each keeps the members' order.
  std::vector<Members> components(const Members& members, bool inverted) const {
    Bits waiting(size_);
    for (const StepId step : members) waiting.set(step);
    std::vector<int> component_of(size_, -1);
    int count = 0;
    std::vector<int> reached;
    for (const StepId first : members) {
      if (component_of[first] >= 0) continue;
      waiting.reset(first);
      reached.assign(1, first);
      for (std::size_t i = 0; i < reached.size(); ++i) {
        component_of[reached[i]] = count;
        waiting.take(ordered_[reached[i]], inverted, reached);
      }
      ++count;
    }
    std::vector<Members> parts(count);
    for (const StepId step : members) parts[component_of[step]].push_back(step);
    return parts;
  }

  int size_;
  std::vector<StepId> order_;
  // ordered_[a] has b where one of them must wait for the other.
  std::vector<Bits> ordered_;
};

}  // namespace

std::optional<SeriesParallelTree> series_parallel_tree(const Graph& graph) {
  return Recogniser(graph).recognise();
}

}  // namespace stepconf::workflow
