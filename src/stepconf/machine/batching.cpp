#include "stepconf/machine/batching.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/machine/platform_errors.h"
#include "stepconf/wrapper/iteration.h"

namespace stepconf::machine {
namespace {

// How long a job may wait for its retries, as far as the wrapper makes them; no more than a bit
// over `enough`.
Seconds longest_waits(std::span<const asl::Retrier> retriers, Seconds enough) {
  Seconds sum{0};
  for (const asl::Retrier& retrier : retriers) {
    if (std::ranges::all_of(retrier.errors.names, is_platform_error)) continue;
    for (std::int64_t attempt = 0; attempt < retrier.max_attempts && sum <= enough; ++attempt) {
      sum += retrier.delay(attempt, 1);
    }
  }
  return sum;
}

std::string why_not_served(const Json& entry, Seconds timeout) {
  try {
    const auto iteration = wrapper::Iteration::parse(entry, "the Map");
    const Seconds waits = longest_waits(iteration.retry(), timeout);
    if (waits < timeout) return "";
    return fmt::format(
        "Retry of the inner Task may wait for {:g} s or longer, and an invocation of the function "
        "ends after {:g} s",
        waits.count(), timeout.count());
  } catch (const InvalidInput& error) {
    return fmt::format("the wrapper cannot apply the inner Task: {}", error.what());
  }
}

}  // namespace

Batching batching_of(const Json& map, QueryLanguage machine, Seconds timeout) {
  const Json& task = *only_task(map, machine);
  const QueryLanguage language = language_of(map, machine);
  if (language_of(task, machine) != language) {
    return {.why_not = "the Map and its inner Task are in different query languages"};
  }
  for (const char* field : {"ItemReader", "ItemBatcher", "ResultWriter", "MaxConcurrencyPath"}) {
    if (map.contains(field)) return {.why_not = fmt::format("the Map has {}", field)};
  }
  if (task.contains("TimeoutSeconds")) {
    return {.why_not =
                "TimeoutSeconds of the inner Task holds for each job alone, and no function "
                "can fail with an error called States.Timeout"};
  }
  Batching batching = language == QueryLanguage::jsonata ? jsonata_batching(map, task)
                                                         : json_path_batching(map, task);
  if (batching.why_not.empty()) batching.why_not = why_not_served(batching.entry, timeout);
  return batching;
}

std::string items_expression(const Json& map, QueryLanguage machine) {
  return language_of(map, machine) == QueryLanguage::jsonata ? jsonata_items(map)
                                                             : json_path_items(map);
}

}  // namespace stepconf::machine
