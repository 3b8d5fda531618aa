#include "stepconf/compiled/compiled_options.h"

#include <algorithm>
#include <tuple>
#include <variant>

namespace stepconf::compiled {

const PreparedOptions* CompiledOptions::find(const workflow::Step& step, int jobs) const {
  if (step.is_foreign()) return nullptr;
  const auto key = [](const auto& kind) {
    return std::tie(kind.function, kind.is_map, kind.batched, kind.max_concurrency);
  };
  const auto found =
      std::ranges::lower_bound(plan_.prepared, key(step), {},
                               [&](const PreparedKind& prepared) { return key(prepared.kind); });
  if (found == plan_.prepared.end() || key(found->kind) != key(step)) return nullptr;
  const PreparedOptions* prepared = found->find(jobs);
  // What cannot run with more jobs may run with these.
  return prepared && !prepared->options.empty() ? prepared : nullptr;
}

std::vector<estimator::Option> CompiledOptions::options(const workflow::Step& step,
                                                        int jobs) const {
  const PreparedOptions* prepared = find(step, jobs);
  if (!prepared) return plan_.options->options(step, jobs);
  std::vector<estimator::Option> result = prepared->options;
  // A table's rows stand whatever the jobs.
  if (!std::holds_alternative<estimator::Table>(plan_.options->models().at(step.function))) {
    for (estimator::Option& option : result)
      option.configuration.instances = std::min(option.configuration.instances, jobs);
  }
  return result;
}

int CompiledOptions::considered(const workflow::Step& step, int jobs) const {
  const PreparedOptions* prepared = find(step, jobs);
  return prepared ? prepared->considered : plan_.options->considered(step, jobs);
}

estimator::Evaluation CompiledOptions::evaluate(
    const workflow::Step& step, int jobs, const estimator::Configuration& configuration) const {
  return plan_.options->evaluate(step, jobs, configuration);
}

}  // namespace stepconf::compiled
