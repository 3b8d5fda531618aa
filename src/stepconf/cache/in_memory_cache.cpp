#include "stepconf/cache/in_memory_cache.h"

#include <utility>

namespace stepconf::cache {

optimizer::GlobalCache::Entry InMemoryCache::find(workflow::StepId step) {
  const auto index = static_cast<std::size_t>(step);
  return {index < sub_graphs_.size() ? sub_graphs_[index] : nullptr, version_};
}

bool InMemoryCache::store(std::uint64_t version, std::vector<optimizer::SubGraph> sub_graphs) {
  if (version != version_) return false;
  ++version_;
  for (optimizer::SubGraph& sub_graph : sub_graphs) {
    const auto shared = std::make_shared<const optimizer::SubGraph>(std::move(sub_graph));
    for (const workflow::StepId step : shared->steps) {
      const auto index = static_cast<std::size_t>(step);
      if (index >= sub_graphs_.size()) sub_graphs_.resize(index + 1);
      sub_graphs_[index] = shared;
    }
  }
  return true;
}

}  // namespace stepconf::cache
