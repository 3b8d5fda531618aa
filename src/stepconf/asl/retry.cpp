#include "stepconf/asl/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stepconf/asl/failure.h"

namespace stepconf::asl {
namespace {

// The service's bound for MaxDelaySeconds: one leap year.
constexpr std::int64_t kLongestDelay = 31'622'400;

ErrorNames parse_errors(Fields& fields, bool last) {
  const Json& list = fields.require("ErrorEquals", "an array of error names");
  if (!list.is_array() || list.empty()) {
    fields.refuse("ErrorEquals", "must be an array of at least one error name");
  }
  ErrorNames errors;
  for (const Json& name : list) {
    if (!name.is_string()) {
      fields.refuse("ErrorEquals", fmt::format("holds {}, which is no string", name.dump()));
    }
    errors.names.push_back(name.get<std::string>());
  }
  if (std::ranges::find(errors.names, kAll) != errors.names.end()) {
    if (errors.names.size() > 1) {
      fields.refuse("ErrorEquals", "has States.ALL beside other names; it must stand alone");
    }
    if (!last) fields.refuse("ErrorEquals", "has States.ALL; it may only stand in the last entry");
  }
  return errors;
}

template <typename Entry, typename Parse>
std::vector<Entry> parse_list(Fields& state, std::string_view name, Parse parse) {
  std::vector<Entry> entries;
  const Json* list = state.find(name);
  if (list == nullptr) return entries;
  if (!list->is_array()) state.refuse(name, "must be an array");
  for (std::size_t i = 0; i < list->size(); ++i) {
    Fields fields((*list)[i], state.place(), fmt::format("{}[{}].", name, i));
    const bool last = i + 1 == list->size();
    entries.push_back(parse(fields, parse_errors(fields, last)));
    fields.text("Comment");
    fields.finish();
  }
  return entries;
}

}  // namespace

bool ErrorNames::match(const StateError& error) const {
  if (error.error == kRuntime) return false;
  return std::ranges::any_of(names, [&](const std::string& name) {
    if (name == error.error) return true;
    if (error.error == kDataLimitExceeded) return false;
    if (name == kAll) return true;
    if (name == kTaskFailed) return error.error != kTimeout;
    return name == kBranchFailed && error.from_branch;
  });
}

Seconds Retrier::delay(std::int64_t attempt, double draw) const {
  const double longest = max_delay.value_or(Seconds(kLongestDelay)).count();
  const double seconds = interval.count() * std::pow(backoff_rate, static_cast<double>(attempt));
  return Seconds(std::min(seconds, longest) * (full_jitter ? draw : 1));
}

std::optional<std::size_t> retrier_for(std::span<const Retrier> retriers,
                                       std::span<const std::int64_t> attempts,
                                       const StateError& error) {
  const auto found = std::ranges::find_if(
      retriers, [&](const Retrier& candidate) { return candidate.errors.match(error); });
  const auto index = static_cast<std::size_t>(found - retriers.begin());
  if (index == retriers.size() || attempts[index] >= found->max_attempts) return std::nullopt;
  return index;
}

std::vector<Retrier> parse_retry(Fields& state) {
  return parse_list<Retrier>(state, "Retry", [](Fields& fields, ErrorNames errors) {
    Retrier retrier{.errors = std::move(errors), .max_delay = {}};
    retrier.interval = Seconds(
        static_cast<double>(fields.integer("IntervalSeconds", 1, kMostSeconds).value_or(1)));
    retrier.max_attempts = fields.integer("MaxAttempts", 0, kMostSeconds).value_or(3);
    retrier.backoff_rate = fields.number("BackoffRate", 1.0, 1e6).value_or(2.0);
    if (const auto most = fields.integer("MaxDelaySeconds", 1, kLongestDelay - 1)) {
      retrier.max_delay = Seconds(static_cast<double>(*most));
      if (*retrier.max_delay <= retrier.interval) {
        fields.refuse("MaxDelaySeconds", "must be greater than IntervalSeconds");
      }
    }
    if (const auto jitter = fields.text("JitterStrategy")) {
      retrier.full_jitter = *jitter == "FULL";
      if (!retrier.full_jitter && *jitter != "NONE") {
        fields.refuse("JitterStrategy", fmt::format("is '{}', must be FULL or NONE", *jitter));
      }
    }
    return retrier;
  });
}

std::vector<Catcher> parse_catch(Fields& state) {
  return parse_list<Catcher>(state, "Catch", [](Fields& fields, ErrorNames errors) {
    Catcher catcher{.errors = std::move(errors), .next_name = {}, .result_path = Path::parse("$")};
    catcher.next_name = fields.required_text("Next");
    if (const Json* path = fields.find("ResultPath")) {
      catcher.result_path = path->is_null() ? std::nullopt : fields.reference_path("ResultPath");
    }
    if (catcher.result_path && catcher.result_path->reads_context()) {
      fields.refuse("ResultPath", "must begin with a single $");
    }
    fields.unsupported("Assign", "variables cannot be used yet");
    fields.unsupported("Output", "it belongs to JSONata, which cannot be used yet");
    return catcher;
  });
}

}  // namespace stepconf::asl
