#include "stepconf/machine/load.h"

#include <fmt/format.h>

#include "stepconf/configurator/dispatch.h"
#include "stepconf/machine/jsonata.h"

namespace stepconf::machine {
namespace {

// $string writes control characters as \u00XX, so what is not from space to tilde is beyond ASCII,
// or a DEL; it has one to four bytes. $length counts characters, not UTF-16 units.
std::string bytes_of(const std::string& value) {
  return fmt::format(
      "($stepconf_text := $string({}); $length($stepconf_text) + 3 * "
      "$length($replace($stepconf_text, /[ -~]+/, '')))",
      value);
}

std::string shared_parts(const Batching& batching) {
  std::string parts = batching.shared_input;
  if (!batching.shared_context.is_null()) {
    const auto as_it_is = [](std::span<const std::string>, std::size_t&) {
      return std::optional<std::string>("$states");
    };
    const auto context = template_as_expression(Json(batching.shared_context), as_it_is);
    if (context) parts += (parts.empty() ? "" : ", ") + *context;
  }
  return parts.empty() ? "" : "[" + parts + "]";
}

}  // namespace

std::string boxed_jobs(const Batching& batching, const std::string& items) {
  return fmt::format("[$map({}, function($stepconf_job, $stepconf_index) {{ {{'job': {}}} }})]",
                     items, batching.job);
}

Load load_of(const Batching& batching) {
  Load load{.items = batching.items, .bytes = bytes_of(boxed_jobs(batching, batching.items))};
  const std::string shared = shared_parts(batching);
  if (!shared.empty()) {
    load.bytes =
        fmt::format("$ceil({} * {} / $max([1, {} - {}]))", load.bytes,
                    configurator::kMostBatchBytes, configurator::kMostBatchBytes, bytes_of(shared));
  }
  return load;
}

}  // namespace stepconf::machine
