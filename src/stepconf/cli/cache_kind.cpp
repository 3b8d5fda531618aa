#include "stepconf/cli/cache_kind.h"

#include "stepconf/optimizer/strategies.h"

namespace stepconf::cli {

configurator::CacheSettings::Kind cache_kind(const Workspace& workspace, const std::string& cache,
                                             const std::string& strategy) {
  using Kind = configurator::CacheSettings::Kind;
  if (cache == "dynamodb") return Kind::dynamodb;
  if (cache == "execution") return Kind::execution;
  if (cache == "none" || !workspace.options) return Kind::none;
  const auto& known = optimizer::find_strategy(strategy_of(workspace, strategy));
  return known.decides == optimizer::Decides::beforehand ? Kind::none : Kind::dynamodb;
}

}  // namespace stepconf::cli
