#include "stepconf/estimator/configuration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "stepconf/base/error.h"

namespace stepconf::estimator {

std::string to_string(const Configuration& configuration) {
  return fmt::format("{}x{}x{}", configuration.memory.value, configuration.instances,
                     configuration.processes);
}

Configuration parse_configuration(std::string_view text, std::string_view what) {
  std::array<int, 3> parts{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [rest, error] = std::from_chars(at, end, parts[i]);
    const bool last = i + 1 == parts.size();
    if (error != std::errc{} || parts[i] < 1 ||
        (last ? rest != end : rest == end || *rest != 'x')) {
      throw InvalidInput(
          fmt::format("{} is \"{}\", must be MEMORYxINSTANCESxPROCESSES, each a whole number of at "
                      "least 1, as in 1024x4x1",
                      what, text));
    }
    at = last ? rest : rest + 1;
  }
  return {MemoryMb{parts[0]}, parts[1], parts[2]};
}

Split split(int jobs, int instances) {
  // Not (jobs + instances - 1) / instances, which can overflow.
  const int jobs_per_instance = (jobs - 1) / instances + 1;
  return {jobs_per_instance, (jobs - 1) / jobs_per_instance + 1};
}

}  // namespace stepconf::estimator
