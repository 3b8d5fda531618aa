#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "stepconf/optimizer/global_cache.h"

namespace stepconf::cache {

/// The global cache of an execution whose decisions are all made in one process: `run`, `plan`,
/// simulation. Not to be shared between threads; gone with the object.
class InMemoryCache final : public optimizer::GlobalCache {
 public:
  /// By step, null where nothing was stored; may be shorter than there are steps.
  using SubGraphs = std::vector<std::shared_ptr<const optimizer::SubGraph>>;

  InMemoryCache() = default;
  /// Goes on from what another one held.
  explicit InMemoryCache(SubGraphs sub_graphs) : sub_graphs_(std::move(sub_graphs)) {}

  const SubGraphs& sub_graphs() const { return sub_graphs_; }

  Entry find(workflow::StepId step) override;
  [[nodiscard]] bool store(std::uint64_t version,
                           std::vector<optimizer::SubGraph> sub_graphs) override;

 private:
  std::uint64_t version_ = 0;
  // By step; sub-graphs to which no step belongs any more are freed.
  SubGraphs sub_graphs_;
};

}  // namespace stepconf::cache
