#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// Several jobs in one event: {"stepconf": {"processes": 4}, "jobs": [JOB, ...]}
/// (docs/formats.md, Batches).
struct Batch {
  /// How many jobs may be at work at the same time.
  int processes = 1;
  /// Whether each job reports its own error; else the first one fails the batch.
  bool collect = false;
  /// Whether a job whose copy died in the middle may be done again.
  bool idempotent = false;
  /// The step's name; empty where it is not told.
  std::string step;
  /// The index in its step of the first job.
  std::size_t first_index = 0;
  /// The parts of the Map's input and of the context object that the templates name.
  Json map_input = Json::object();
  Json context = Json::object();
  /// How events and results are made (Iteration); absent: looked up by `step`.
  std::optional<Json> state;
  /// What each job weighs, where that is told: heavier ones start first.
  std::vector<double> weights;
  /// Whether the elements of `jobs` are {"job": JOB}.
  bool boxed = false;
  /// Whether each job is the URL of an object that holds its event.
  bool input_objects = false;
  /// Whether each result is written to an object, and its URL is the result.
  bool output_objects = false;
  /// The URL under which results are written; empty where it is not told.
  std::string objects;
  /// Results that are longer together are written to an object.
  std::optional<std::size_t> limit;
  /// The URL of the object that holds the array of jobs; empty where it stands in the event.
  std::string jobs_object;
  /// The jobs' JSON texts, views into the event.
  std::vector<std::string_view> jobs;
};

/// Reports an event that has the member `stepconf` but is no batch.
class InvalidBatch : public InvalidInput {
  using InvalidInput::InvalidInput;
};

/// Recognises a batch by the member `stepconf`; absent where the event is anything else, which may
/// be no JSON at all. Throws InvalidBatch that says what is wrong.
std::optional<Batch> parse_batch(std::string_view event);

/// Takes the array of jobs from `text`, which must be valid JSON and live as long as the batch.
/// Throws InvalidBatch that names `source`.
void read_jobs(Batch& batch, std::string_view text, std::string_view source);

/// Writes the batch's result, an array in the order of the jobs: the results, or, for `collect`,
/// {"result": RESULT} or {"error": DOCUMENT} each.
std::string join_results(std::span<const Outcome> outcomes, bool collect);

}  // namespace stepconf::wrapper
