#include "stepconf/estimator/models.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::estimator {

double ModelError::beyond_measured(const InstanceLoad& load) const {
  double nearest = 0;
  for (const InstanceLoad& known : loads) nearest = std::max(nearest, Similarity{}(known, load));
  const double rest = elsewhere * elsewhere - measured * measured;
  return std::sqrt(std::max(0.0, rest * (1 - nearest * nearest)));
}

const FunctionModel& Models::at(std::string_view function) const {
  if (const auto found = functions.find(std::string(function)); found != functions.end())
    return found->second;
  std::vector<std::string_view> known;
  for (const auto& [name, model] : functions) known.push_back(name);
  const std::string guess = nearest(function, known);
  throw InvalidInput(fmt::format("{}: has no model of the function \"{}\"{}", source, function,
                                 guess.empty() ? "; `stepconf profile` and `stepconf fit` make one"
                                               : fmt::format(", the nearest is \"{}\"", guess)));
}

}  // namespace stepconf::estimator
