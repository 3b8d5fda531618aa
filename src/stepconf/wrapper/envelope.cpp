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

[[noreturn]] void refuse(std::string_view name, const Json& value, std::string_view wanted) {
  throw InvalidBatch(fmt::format("batch: stepconf.{} is {:.80}, must be {}", name,
                                 value.dump(-1, ' ', false, Json::error_handler_t::replace),
                                 wanted));
}

bool truth(std::string_view name, const Json& value) {
  if (!value.is_boolean()) refuse(name, value, "true or false");
  return value.get<bool>();
}

int positive(std::string_view name, const Json& value) {
  constexpr int kMost = 1'000'000;
  if (!value.is_number_integer() || value < 1 || value > kMost) {
    refuse(name, value, "a positive integer");
  }
  return value.get<int>();
}

std::size_t index(std::string_view name, const Json& value) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  if (!value.is_number_unsigned() || value > kMost) refuse(name, value, "an integer from 0");
  return value.get<std::size_t>();
}

std::vector<double> numbers(std::string_view name, const Json& value) {
  std::vector<double> found;
  if (!value.is_array()) refuse(name, value, "an array of numbers");
  for (const Json& element : value) {
    if (!element.is_number()) refuse(name, value, "an array of numbers");
    found.push_back(element.get<double>());
  }
  return found;
}

void read_shared(const Json& value, Batch& batch) {
  constexpr std::string_view kWanted = "an object with the objects input and context";
  if (!value.is_object()) refuse("shared", value, kWanted);
  for (const auto& [name, part] : value.items()) {
    if (name == "input") {
      batch.map_input = part;
    } else if (name == "context" && part.is_object()) {
      batch.context = part;
    } else {
      refuse("shared", value, kWanted);
    }
  }
}

/// The member `stepconf` of a batch, as it is read.
struct Options {
  Batch& batch;
  bool sized = false;
  std::size_t number = 0;
  std::size_t size = 0;
};

using Read = void (*)(Options&, std::string_view name, const Json& value);

bool by_objects(std::string_view name, const Json& value) {
  if (value != "objects") refuse(name, value, "\"objects\"");
  return true;
}

constexpr std::array<std::pair<std::string_view, Read>, 14> kOptions{{
    {"processes",
     [](Options& options, std::string_view name, const Json& value) {
       options.batch.processes = positive(name, value);
       options.sized = true;
     }},
    {"errors",
     [](Options& options, std::string_view name, const Json& value) {
       if (value != "collect") refuse(name, value, "\"collect\"");
       options.batch.collect = true;
     }},
    {"boxed", [](Options& options, std::string_view name,
                 const Json& value) { options.batch.boxed = truth(name, value); }},
    {"idempotent", [](Options& options, std::string_view name,
                      const Json& value) { options.batch.idempotent = truth(name, value); }},
    {"step",
     [](Options& options, std::string_view name, const Json& value) {
       if (!value.is_string()) refuse(name, value, "the step's name");
       options.batch.step = value.get<std::string>();
     }},
    {"batch", [](Options& options, std::string_view name,
                 const Json& value) { options.number = index(name, value); }},
    {"size", [](Options& options, std::string_view name,
                const Json& value) { options.size = index(name, value); }},
    {"shared", [](Options& options, std::string_view,
                  const Json& value) { read_shared(value, options.batch); }},
    {"state",
     [](Options& options, std::string_view, const Json& value) { options.batch.state = value; }},
    {"weights", [](Options& options, std::string_view name,
                   const Json& value) { options.batch.weights = numbers(name, value); }},
    {"input", [](Options& options, std::string_view name,
                 const Json& value) { options.batch.input_objects = by_objects(name, value); }},
    {"output", [](Options& options, std::string_view name,
                  const Json& value) { options.batch.output_objects = by_objects(name, value); }},
    {"objects",
     [](Options& options, std::string_view name, const Json& value) {
       if (!value.is_string() || value.get<std::string>().empty()) refuse(name, value, "a URL");
       options.batch.objects = value.get<std::string>();
     }},
    {"limit", [](Options& options, std::string_view name,
                 const Json& value) { options.batch.limit = index(name, value); }},
}};

/// Reads the member `stepconf`.
void read_options(const Json& json, Batch& batch) {
  if (!json.is_object()) throw InvalidBatch("batch: stepconf must be an object");
  Options options{.batch = batch};
  for (const auto& [name, value] : json.items()) {
    const auto* known =
        std::ranges::find(kOptions, std::string_view(name), &decltype(kOptions)::value_type::first);
    if (known == kOptions.end()) {
      std::string names;
      for (const auto& option : kOptions) names += fmt::format(", {}", option.first);
      throw InvalidBatch(
          fmt::format("batch: stepconf.{} is not known to this wrapper, which knows {}", name,
                      names.substr(2)));
    }
    known->second(options, name, value);
  }
  if (!options.sized) {
    throw InvalidBatch("batch: stepconf.processes is missing, must be a positive integer");
  }
  batch.first_index = options.number * options.size;
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

std::string object_of_jobs(std::string_view jobs) {
  const Json reference = parse_json(jobs, "jobs");
  const auto object = reference.find("object");
  std::string url;
  if (reference.size() == 1 && object != reference.end() && object->is_string()) {
    url = object->get<std::string>();
  }
  if (url.empty()) {
    throw InvalidBatch(
        fmt::format("batch: jobs is {:.80}, must be an array or {{\"object\": URL}}", jobs));
  }
  return url;
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
  read_options(parse_json(options, "stepconf"), batch);
  const std::string_view jobs = only(named, "jobs");
  if (jobs.empty()) throw InvalidBatch("batch: jobs is missing, must be an array");
  if (named.size() != 2) {
    throw InvalidBatch("batch: an event with stepconf has the members stepconf and jobs only");
  }
  if (jobs[0] == '{') {
    batch.jobs_object = object_of_jobs(jobs);
  } else {
    read_jobs(batch, jobs, "jobs");
  }
  return batch;
}

void read_jobs(Batch& batch, std::string_view text, std::string_view source) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[') {
    throw InvalidBatch(fmt::format("batch: {} is {:.80}, must be an array", source, text));
  }
  batch.jobs = elements(text);
  if (batch.boxed) {
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) batch.jobs[i] = unbox(batch.jobs[i], i);
  }
  if (!batch.weights.empty() && batch.weights.size() != batch.jobs.size()) {
    throw InvalidBatch(fmt::format("batch: stepconf.weights has {} numbers for {} jobs",
                                   batch.weights.size(), batch.jobs.size()));
  }
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
