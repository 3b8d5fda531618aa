#include "stepconf/executor/batch.h"

#include <fmt/format.h>

#include "stepconf/platform/service_errors.h"

namespace stepconf::executor {
namespace {

JobOutcome failed(std::string error, std::string cause) {
  JobOutcome outcome;
  outcome.error = std::move(error);
  outcome.cause = std::move(cause);
  return outcome;
}

JobOutcome job_outcome(Json& element) {
  if (element.is_object() && element.size() == 1) {
    if (const auto result = element.find("result"); result != element.end()) {
      JobOutcome outcome;
      outcome.ok = true;
      outcome.result = std::move(*result);
      return outcome;
    }
    if (const auto error = element.find("error"); error != element.end() && error->is_object()) {
      const auto type = error->find("errorType");
      // A Lambda function that fails without an error type is named so by Step Functions.
      return failed(
          type != error->end() && type->is_string() ? type->get<std::string>() : "Lambda.Unknown",
          error->dump());
    }
  }
  return failed(
      "StepConf.InvalidBatchResult",
      "an element of the batch's result is neither {\"result\": ...} nor {\"error\": {...}}");
}

}  // namespace

std::string batch_event(std::span<const Json* const> jobs, int processes) {
  std::string event =
      fmt::format(R"({{"stepconf":{{"processes":{},"errors":"collect"}},"jobs":[)", processes);
  for (const Json* job : jobs) {
    if (job != jobs.front()) event += ',';
    event += job->dump();
  }
  event += "]}";
  return event;
}

std::string task_error(const std::string& status) {
  return platform::is_service_error(status) ? "Lambda." + status : status;
}

std::vector<JobOutcome> batch_outcomes(const platform::Completion& completion, std::size_t jobs) {
  if (!completion.ok()) {
    return {jobs,
            failed(task_error(completion.status),
                   completion.payload.empty() ? completion.error_message : completion.payload)};
  }
  Json results = Json::parse(completion.payload, nullptr, /*allow_exceptions=*/false);
  if (!results.is_array() || results.size() != jobs) {
    return {jobs,
            failed("StepConf.InvalidBatchResult",
                   fmt::format("a batch of {} jobs was not answered with as many results; is the "
                               "function started by stepconf-wrapper?",
                               jobs))};
  }
  std::vector<JobOutcome> outcomes;
  outcomes.reserve(jobs);
  for (Json& element : results) outcomes.push_back(job_outcome(element));
  return outcomes;
}

}  // namespace stepconf::executor
