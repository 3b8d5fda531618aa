#include "stepconf/configurator/event.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "stepconf/asl/timestamp.h"

namespace stepconf::configurator {
namespace {

// A Standard execution lasts a year at most.
constexpr std::chrono::hours kLongest{366 * 24};
constexpr int kMostJobs = 100'000'000;
constexpr double kMostBytes = 1e15;
// DynamoDB's partition keys.
constexpr std::size_t kLongestExecution = 2048;
// What is quoted of a value that is wrong.
constexpr std::size_t kQuoted = 80;

std::string quote(const Json& value) {
  const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > kQuoted ? text.substr(0, kQuoted) + "..." : text;
}

[[noreturn]] void refuse(const char* name, const Json& value, std::string_view right) {
  throw InvalidInput(fmt::format("the event's {} is {}, must be {}", name, quote(value), right));
}

// A member that is null counts as absent: JSONata and JSONPath both make such.
const Json* find(const Json& event, const char* name) {
  const auto found = event.find(name);
  return found == event.end() || found->is_null() ? nullptr : &*found;
}

const Json& need(const Json& event, const char* name, std::string_view right) {
  const Json* value = find(event, name);
  if (value == nullptr) throw InvalidInput(fmt::format("the event lacks {}: {}", name, right));
  return *value;
}

asl::Timestamp moment(const Json& event, const char* name) {
  constexpr std::string_view kRight = "a time such as \"2026-11-25T17:33:00.250Z\"";
  const Json& value = need(event, name, kRight);
  if (!value.is_string()) refuse(name, value, kRight);
  const auto time = asl::parse_timestamp(value.get_ref<const std::string&>());
  if (!time) refuse(name, value, kRight);
  return *time;
}

double number(const char* name, const Json& value, double least, double most,
              std::string_view right) {
  if (!value.is_number()) refuse(name, value, right);
  const auto result = value.get<double>();
  if (!std::isfinite(result) || result < least || result > most) refuse(name, value, right);
  return result;
}

double whole(const char* name, const Json& value, double least, double most) {
  const std::string right = fmt::format("a whole number from {:.0f} to {:.0f}", least, most);
  const double result = number(name, value, least, most, right);
  if (result != std::floor(result)) refuse(name, value, right);
  return result;
}

void read_clock(const Json& json, Event& event) {
  const auto since = moment(json, "entered") - moment(json, "started");
  if (since < std::chrono::milliseconds(0) || since > kLongest) {
    throw InvalidInput(fmt::format(
        "the event's entered is {} ms after started, must be at least 0 and at most a year",
        since.count()));
  }
  event.milliseconds = since.count();
}

void read_execution(const Json& json, Event& event) {
  constexpr std::string_view kRight = "the execution's ARN";
  const Json& value = need(json, "execution", kRight);
  if (!value.is_string() || value.get_ref<const std::string&>().empty() ||
      value.get_ref<const std::string&>().size() > kLongestExecution) {
    refuse("execution", value, kRight);
  }
  event.execution = value.get<std::string>();
}

void read_rest(const Json& json, Event& event) {
  if (const Json* slo = find(json, "slo"))
    event.slo = Seconds(number("slo", *slo, 1e-3, 1e9, "a number of seconds, more than 0"));
  if (const Json* cache = find(json, "cache")) {
    if (!cache->is_string()) refuse("cache", *cache, "what the last answer had as its cache");
    event.cache = cache->get<std::string>();
  }
  if (const Json* attempt = find(json, "attempt"))
    event.attempt = static_cast<int>(whole("attempt", *attempt, 1, 1e6));
}

// Needed for the safe configuration too, so read first.
void read_load(const Json& json, Event& event) {
  if (const Json* mode = find(json, "mode")) {
    if (mode->is_string()) event.mode = parse_mode(mode->get_ref<const std::string&>());
    // Whoever wrote it meant to change something; deciding as before would be the least safe.
    if (!event.mode) {
      event.mode = Mode::off;
      refuse("mode", *mode, "off, observe or on");
    }
  }
  if (const Json* jobs = find(json, "jobs"))
    event.jobs = static_cast<int>(whole("jobs", *jobs, 0, kMostJobs));
  const auto bytes = [&json](const char* name) -> std::optional<std::int64_t> {
    const Json* value = find(json, name);
    if (value == nullptr) return std::nullopt;
    return static_cast<std::int64_t>(whole(name, *value, 0, kMostBytes));
  };
  event.bytes = bytes("bytes");
  event.largest_bytes = bytes("largest_bytes");
}

}  // namespace

Event parse_event(const Json& json) {
  if (!json.is_object() || find(json, "step") == nullptr || !find(json, "step")->is_string()) {
    throw InvalidEvent(
        fmt::format("the event is {}, must be an object that names the step", quote(json)));
  }
  Event event;
  event.step = json.at("step").get<std::string>();
  try {
    read_load(json, event);
    read_execution(json, event);
    read_clock(json, event);
    read_rest(json, event);
  } catch (const InvalidInput& error) {
    event.fault = error.what();
  }
  return event;
}

}  // namespace stepconf::configurator
