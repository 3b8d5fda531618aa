#include "stepconf/estimator/models.h"

#include <fmt/format.h>

#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::estimator {

const FunctionModel& Models::at(std::string_view function) const {
  if (const auto found = functions.find(std::string(function)); found != functions.end())
    return found->second;
  std::vector<std::string_view> known;
  for (const auto& [name, model] : functions) known.push_back(name);
  const std::string guess = nearest(function, known);
  throw InvalidInput(
      fmt::format("{}: has no model of the function \"{}\"{}", source, function,
                  guess.empty() ? "" : fmt::format(", the nearest is \"{}\"", guess)));
}

}  // namespace stepconf::estimator
