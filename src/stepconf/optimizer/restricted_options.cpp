#include "stepconf/optimizer/restricted_options.h"

#include <algorithm>

namespace stepconf::optimizer {
namespace {

using estimator::Option;

void keep_least(std::vector<Option>& options, int estimator::Configuration::* part) {
  if (options.empty()) return;
  int least = options.front().configuration.*part;
  for (const Option& option : options) least = std::min(least, option.configuration.*part);
  std::erase_if(options, [&](const Option& option) { return option.configuration.*part != least; });
}

}  // namespace

std::vector<Option> RestrictedOptions::options(const workflow::Step& step, int jobs) const {
  std::vector<Option> options = source_.options(step, jobs);
  if (step.is_foreign() || !step.batched) return options;
  if (restriction_.one_instance) keep_least(options, &estimator::Configuration::instances);
  if (restriction_.one_process) keep_least(options, &estimator::Configuration::processes);
  return options;
}

}  // namespace stepconf::optimizer
