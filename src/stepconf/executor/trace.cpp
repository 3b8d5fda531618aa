#include "stepconf/executor/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "stepconf/estimator/json_fields.h"
#include "stepconf/optimizer/decision_json.h"

namespace stepconf::executor {
namespace {

using estimator::JsonFields;

// Far beyond any platform's limits, and far from where squares and products overflow.
constexpr double kMostSeconds = 1e9;
constexpr double kMostUsd = 1e9;
constexpr int kMostMemoryMb = 1 << 24;
constexpr int kMostParallelism = 1'000'000;
constexpr int kMostTimes = 1'000'000'000;

Seconds seconds(JsonFields& fields, const std::string& name) {
  return Seconds(fields.number(name, 0, kMostSeconds));
}

// A number, or null, or nothing.
std::optional<double> optional_number(JsonFields& fields, const std::string& name, double least,
                                      double most) {
  if (!fields.has(name) || fields.any(name).is_null()) return std::nullopt;
  return fields.number(name, least, most);
}

// Nothing is computed from these: without an SLO a step may take as long as numbers go.
std::optional<Seconds> optional_seconds(JsonFields& fields, const std::string& name) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto number = optional_number(fields, name, -kMost, kMost);
  return number ? std::optional(Seconds(*number)) : std::nullopt;
}

int whole(JsonFields& fields, const std::string& name, int most) {
  const int value = fields.whole(name, 1);
  if (value > most) fields.fail(name, fmt::format("is {}, must be at most {}", value, most));
  return value;
}

std::string name(JsonFields& fields, const std::string& member) {
  std::string text = fields.text(member);
  if (text.empty()) fields.fail(member, "is empty, must be a name");
  return text;
}

asl::Timestamp timestamp(JsonFields& fields, const std::string& name) {
  const std::string text = fields.text(name);
  const auto time = asl::parse_timestamp(text);
  if (!time) {
    fields.fail(name,
                fmt::format("is \"{}\", must be a time such as 2026-11-25T17:33:00.250Z", text));
  }
  return *time;
}

void require_order(JsonFields& fields, const std::string& name, Seconds time,
                   const std::string& earlier, Seconds since) {
  if (time >= since) return;
  fields.fail(name,
              fmt::format("is {}, must be at least {} ({})", time.count(), earlier, since.count()));
}

InstanceRecord read_instance(JsonFields fields, Seconds ready) {
  InstanceRecord instance;
  instance.status = name(fields, "status");
  instance.jobs = whole(fields, "jobs", kMostParallelism);
  instance.started = seconds(fields, "started_s");
  instance.ended = seconds(fields, "ended_s");
  // What was aborted has no times, or not all of them.
  if (instance.status != "aborted") {
    require_order(fields, "started_s", instance.started, "the step's ready_s", ready);
    require_order(fields, "ended_s", instance.ended, "started_s", instance.started);
  }
  if (fields.has("index")) instance.index = fields.whole("index", 0);
  if (fields.has("dispatched_s")) instance.dispatched = seconds(fields, "dispatched_s");
  // Null where the function's own report was not known.
  instance.reported = !fields.has("cold") || !fields.any("cold").is_null();
  if (instance.reported && fields.has("cold")) instance.cold = fields.boolean("cold");
  if (fields.has("failed_jobs")) instance.failed_jobs = fields.whole("failed_jobs", 0);
  if (instance.reported && fields.has("init_s")) instance.init = seconds(fields, "init_s");
  if (!instance.reported && fields.has("init_s")) fields.any("init_s");
  const auto memory = optional_number(fields, "max_memory_mb", 0, kMostMemoryMb);
  if (instance.reported) instance.max_memory_mb = static_cast<int>(memory.value_or(0));
  return instance;
}

asl::WaysTaken read_choices(const Json& choices, const std::string& path,
                            const std::string& place) {
  asl::WaysTaken taken;
  const JsonFields states(choices, path, place);
  for (const auto& [state, member] : choices.items()) {
    JsonFields ways(member, states.path(state), place);
    for (const auto& [way, times] : member.items())
      taken[state][way] = whole(ways, way, kMostTimes);
  }
  return taken;
}

StepRecord read_record(JsonFields fields, const std::string& place) {
  if (fields.whole("schema", 1) != 1) fields.fail("schema", "is not known, must be 1");
  StepRecord record;
  record.execution = name(fields, "execution");
  if (fields.has("started_at")) record.started_at = timestamp(fields, "started_at");
  if (fields.has("choices"))
    record.choices = read_choices(fields.any("choices"), fields.path("choices"), place);
  if (!fields.has("step") && !record.choices.empty()) return record;
  record.step = name(fields, "step");
  if (fields.has("function")) record.function = name(fields, "function");
  if (fields.has("attempt")) record.attempt = fields.whole("attempt", 1);
  record.configuration.memory = MemoryMb{whole(fields, "memory_mb", kMostMemoryMb)};
  if (fields.has("instances"))
    record.configuration.instances = whole(fields, "instances", kMostParallelism);
  record.configuration.processes = whole(fields, "processes", kMostParallelism);
  record.sub_slo = optional_seconds(fields, "sub_slo_s");
  record.time_left = optional_seconds(fields, "time_left_s");
  record.ready = seconds(fields, "ready_s");
  if (fields.has("decided_s")) record.decided = seconds(fields, "decided_s");
  if (fields.has("ended_s")) record.ended = seconds(fields, "ended_s");
  record.predicted = optional_seconds(fields, "predicted_s");
  record.cost_known = !fields.has("cost_usd") || !fields.any("cost_usd").is_null();
  record.cost = Usd{optional_number(fields, "cost_usd", 0, kMostUsd).value_or(0)};
  if (const auto cost = optional_number(fields, "predicted_usd", 0, kMostUsd))
    record.predicted_cost = Usd{*cost};
  if (fields.has("reason")) record.reason = fields.text("reason");
  record.decision = optimizer::why_from_json(fields);
  if (fields.has("oversubscribed")) record.oversubscribed = fields.boolean("oversubscribed");
  for (std::size_t i = 0; const Json& entry : fields.array("detail")) {
    const std::string path = fmt::format("{}[{}]", fields.path("detail"), i++);
    record.detail.push_back(read_instance(JsonFields(entry, path, place), record.ready));
  }
  if (fields.has("jobs")) record.jobs = fields.whole("jobs", 0);
  return record;
}

}  // namespace

std::vector<TraceLine> parse_trace(std::string_view text, const std::string& source) {
  std::vector<TraceLine> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json value = parse_json_line(line, source, number);
    const std::string place = fmt::format("{}:{}", source, number);
    lines.push_back({number, read_record(JsonFields(value, "$", place), place)});
  }
  return lines;
}

}  // namespace stepconf::executor
