#include "stepconf/wrapper/envelope.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stepconf/base/json.h"
#include "stepconf/wrapper/json_pieces.h"

namespace stepconf::wrapper {
namespace {

using Members = std::vector<std::pair<std::string, std::string_view>>;

/// The members of an object; none where `text` is another value.
Members named_members(std::string_view text) {
  Members named;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return named;
  for (const auto& [name, value] : members(text)) {
    named.emplace_back(Json::parse(name).get<std::string>(), value);
  }
  return named;
}

std::string_view only(const Members& named, std::string_view name) {
  std::string_view found;
  for (const auto& [key, value] : named) {
    if (key != name) continue;
    if (!found.empty()) throw InvalidBatch(fmt::format("batch: {} stands there twice", name));
    found = value;
  }
  return found;
}

bool truth(const Json& value, std::string_view name) {
  if (value.is_boolean()) return value.get<bool>();
  throw InvalidBatch(
      fmt::format("batch: stepconf.{} is {}, must be true or false", name, value.dump()));
}

int positive(const Json& value) {
  constexpr int kMost = 1'000'000;
  if (value.is_number_integer() && value >= 1 && value <= kMost) return value.get<int>();
  throw InvalidBatch(
      fmt::format("batch: stepconf.processes is {}, must be a positive integer", value.dump()));
}

bool collects(const Json& value) {
  if (value == "collect") return true;
  throw InvalidBatch(
      fmt::format("batch: stepconf.errors is {}, must be \"collect\"", value.dump()));
}

/// Reads the member `stepconf`; tells whether the jobs are boxed.
bool read_options(const Json& options, Batch& batch) {
  if (!options.is_object()) throw InvalidBatch("batch: stepconf must be an object");
  // Where the batch stands in its step, for those who read the event.
  constexpr std::array<std::string_view, 3> kInformative{"step", "batch", "size"};
  bool boxed = false;
  bool sized = false;
  for (const auto& [name, value] : options.items()) {
    if (name == "processes") {
      batch.processes = positive(value);
      sized = true;
    } else if (name == "errors") {
      batch.collect = collects(value);
    } else if (name == "boxed") {
      boxed = truth(value, name);
    } else if (std::ranges::find(kInformative, name) == kInformative.end()) {
      throw InvalidBatch(fmt::format(
          "batch: stepconf.{} is not known to this wrapper, which knows processes, errors, boxed, "
          "step, batch and size",
          name));
    }
  }
  if (!sized)
    throw InvalidBatch("batch: stepconf.processes is missing, must be a positive integer");
  return boxed;
}

std::string_view unbox(std::string_view job, std::size_t index) {
  const Members named = named_members(job);
  if (named.size() != 1 || named[0].first != "job") {
    throw InvalidBatch(
        fmt::format("batch: jobs[{}] is {:.80}, must be {{\"job\": JOB}} where the jobs are boxed",
                    index, job));
  }
  return named[0].second;
}

}  // namespace

std::optional<Batch> parse_batch(std::string_view event) {
  // Most events that are no batch are recognised without being parsed. A name may be written with
  // escapes (\u0073tepconf), but whoever writes batches does not.
  if (event.find("\"stepconf\"") == std::string_view::npos || !Json::accept(event)) return {};
  const Members named = named_members(event);
  const std::string_view options = only(named, "stepconf");
  if (options.empty()) return {};
  Batch batch;
  const bool boxed = read_options(parse_json(options, "stepconf"), batch);
  const std::string_view jobs = only(named, "jobs");
  if (jobs.empty()) throw InvalidBatch("batch: jobs is missing, must be an array");
  if (jobs[0] != '[') {
    throw InvalidBatch(fmt::format("batch: jobs is {:.80}, must be an array", jobs));
  }
  if (named.size() != 2) {
    throw InvalidBatch("batch: an event with stepconf has the members stepconf and jobs only");
  }
  batch.jobs = elements(jobs);
  if (boxed) {
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) batch.jobs[i] = unbox(batch.jobs[i], i);
  }
  return batch;
}

std::string join_results(std::span<const Outcome> outcomes, bool collect) {
  std::size_t size = 2;
  for (const Outcome& outcome : outcomes) size += outcome.body.size() + 12;
  std::string joined;
  joined.reserve(size);
  joined += '[';
  for (const Outcome& outcome : outcomes) {
    if (joined.size() > 1) joined += ',';
    if (collect) joined += outcome.ok() ? "{\"result\":" : "{\"error\":";
    joined += outcome.body;
    if (collect) joined += '}';
  }
  joined += ']';
  return joined;
}

}  // namespace stepconf::wrapper
