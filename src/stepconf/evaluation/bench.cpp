#include "stepconf/evaluation/bench.h"

#include <fmt/format.h>

namespace stepconf::evaluation {

std::string counted(std::size_t count, const std::string& one, const std::string& several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

std::vector<Json> events_for(const Events& events, const std::string& function, int count) {
  const std::vector<Json>& known = events.at(function);
  std::vector<Json> result;
  for (std::size_t at = 0; result.size() < static_cast<std::size_t>(count); ++at) {
    result.push_back(known[at % known.size()]);
  }
  return result;
}

}  // namespace stepconf::evaluation
