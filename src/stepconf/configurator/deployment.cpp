#include "stepconf/configurator/deployment.h"

#include <fmt/format.h>

#include <charconv>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/estimator/json_fields.h"

namespace stepconf::configurator {
namespace {

using estimator::JsonFields;

constexpr int kMostMemoryMb = 10240;
constexpr double kMostResultBytes = 1e9;
constexpr double kLongestLimit = 60;
constexpr double kLongestKept = 366 * 86400.0;

StepKind parse_kind(JsonFields& fields) {
  const std::string text = fields.text("kind");
  if (text == "task") return StepKind::task;
  if (text == "map") return StepKind::map;
  if (text == "distributed") return StepKind::distributed;
  fields.fail("kind", fmt::format("is \"{}\", must be task, map or distributed", text));
}

MemoryMb memory_of(JsonFields& fields, const std::string& name) {
  int value = 0;
  const char* end = name.data() + name.size();
  const auto [stop, failure] = std::from_chars(name.data(), end, value);
  if (failure != std::errc() || stop != end || value < 1 || value > kMostMemoryMb)
    fields.fail(name,
                fmt::format("must be named by a memory size in MB, at most {}", kMostMemoryMb));
  return {value};
}

std::map<MemoryMb, std::string> parse_functions(JsonFields& step) {
  const Json& by_size = step.any("functions");
  JsonFields fields = step.object("functions");
  std::map<MemoryMb, std::string> functions;
  for (const auto& entry : by_size.items()) {
    const MemoryMb memory = memory_of(fields, entry.key());
    functions[memory] = fields.text(entry.key());
    if (functions[memory].empty()) fields.fail(entry.key(), "is empty");
  }
  return functions;
}

estimator::Configuration parse_safe(JsonFields fields) {
  const estimator::Configuration safe{
      {fields.whole("memory_mb", 1)}, fields.whole("instances", 1), fields.whole("processes", 1)};
  fields.done();
  return safe;
}

DeployedStep parse_step(JsonFields fields) {
  DeployedStep step;
  step.kind = parse_kind(fields);
  if (fields.has("batched")) step.batched = fields.boolean("batched");
  if (fields.has("max_concurrency")) step.max_concurrency = fields.whole("max_concurrency", 0);
  if (fields.has("result_bytes"))
    step.result_bytes =
        static_cast<std::int64_t>(fields.number("result_bytes", 0, kMostResultBytes));
  step.functions = parse_functions(fields);
  step.safe = parse_safe(fields.object("safe"));
  if (!step.functions.contains(step.safe.memory)) {
    fields.fail("safe",
                fmt::format("has {} MB, for which there is no function", step.safe.memory.value));
  }
  fields.done();
  return step;
}

CacheSettings parse_cache(JsonFields fields) {
  CacheSettings cache;
  const std::string kind = fields.text("kind");
  if (kind == "execution") {
    cache.kind = CacheSettings::Kind::execution;
  } else if (kind == "dynamodb") {
    cache.kind = CacheSettings::Kind::dynamodb;
    cache.table = fields.text("table");
    if (cache.table.empty()) fields.fail("table", "is empty");
    if (fields.has("limit_s"))
      cache.limit = Seconds(fields.number("limit_s", 0.001, kLongestLimit));
    if (fields.has("keep_s")) cache.keep = Seconds(fields.number("keep_s", 1, kLongestKept));
  } else if (kind != "none") {
    fields.fail("kind", fmt::format("is \"{}\", must be none, execution or dynamodb", kind));
  }
  fields.done();
  return cache;
}

}  // namespace

std::optional<Mode> parse_mode(std::string_view text) {
  for (const Mode mode : {Mode::off, Mode::observe, Mode::on}) {
    if (text == to_string(mode)) return mode;
  }
  return std::nullopt;
}

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::off:
      return "off";
    case Mode::observe:
      return "observe";
    case Mode::on:
      return "on";
  }
  return "";
}

Deployment parse_deployment(std::string_view text, const std::string& source) {
  const Json json = parse_json(text, source);
  JsonFields fields(json, "$", source);
  const int schema = fields.whole("schema", 1);
  if (schema != 1) {
    fields.fail("schema", fmt::format("is {}; this program reads 1: use a newer one", schema));
  }
  Deployment deployment;
  deployment.name = fields.text("deployment");
  if (deployment.name.empty()) fields.fail("deployment", "is empty");
  if (fields.has("mode")) {
    const std::string word = fields.text("mode");
    const auto mode = parse_mode(word);
    if (!mode) fields.fail("mode", fmt::format("is \"{}\", must be off, observe or on", word));
    deployment.mode = *mode;
  }
  if (fields.has("cache")) deployment.cache = parse_cache(fields.object("cache"));
  const Json& steps = fields.any("steps");
  JsonFields by_name = fields.object("steps");
  for (const auto& entry : steps.items())
    deployment.steps.emplace(entry.key(), parse_step(by_name.object(entry.key())));
  fields.done();
  return deployment;
}

}  // namespace stepconf::configurator
