#include "stepconf/cli/execution_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <thread>

#include "stepconf/base/error.h"

namespace stepconf::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenQuestions{1000};
// Clocks of services and functions differ by less, and logs are written at once.
constexpr double kClocksDiffer = 5;

std::int64_t milliseconds(double seconds) { return std::llround(seconds * 1e3); }

// One phrase a question, which every implementation of filters understands: both forms of reports,
// and the execution's name, which the configurator's lines have.
std::vector<std::string> phrases_for(const std::string& function,
                                     const deploy::DeploymentNames& names,
                                     const services::Execution& execution) {
  std::vector<std::string> phrases = {"REPORT RequestId", "platform.report"};
  if (function == names.configurator()) phrases.push_back(execution.name);
  return phrases;
}

void take(const services::LogEvent& event, executions::Told& told) {
  if (auto report = platform::parse_report(event.message)) {
    told.reports.emplace(report->request_id, *report);
    return;
  }
  if (!event.message.starts_with('{')) return;
  Json line = Json::parse(event.message, nullptr, /*allow_exceptions=*/false);
  if (line.is_object() && line.contains("execution")) told.decisions.push_back(std::move(line));
}

bool all_reported(const std::vector<std::string>& requests, const executions::Told& told) {
  return std::ranges::all_of(requests, [&](const auto& id) { return told.reports.contains(id); });
}

// Tells whether the function's log could be read.
bool read_log(services::Logs& logs, const std::string& function,
              const deploy::DeploymentNames& names, executions::Told& told) {
  const std::string group = deploy::DeploymentNames::log_group(function);
  const double stopped = told.execution.stopped;
  // A line that is read again counts once.
  if (function == names.configurator()) told.decisions.clear();
  try {
    for (const std::string& phrase : phrases_for(function, names, told.execution)) {
      const services::LogFilter filter{
          .pattern = fmt::format("\"{}\"", phrase),
          .from_ms = milliseconds(told.execution.started - kClocksDiffer),
          .to_ms = stopped > 0 ? milliseconds(stopped + kClocksDiffer) : 0};
      for (const services::LogEvent& event : logs.events(group, filter)) take(event, told);
    }
    return true;
  } catch (const Error& error) {
    std::cerr << fmt::format(
        "warning: the log of {} cannot be read, so its cold starts, memory and cost are not known: "
        "{}\n",
        function, error.what());
    return false;
  }
}

}  // namespace

void read_logs(services::Logs& logs, const deploy::DeploymentNames& names, Seconds patience,
               const Interruption& interruption, executions::Told& told) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  auto open = executions::requests_by_function(told.events);
  while (true) {
    for (auto function = open.begin(); function != open.end();) {
      const bool done =
          !read_log(logs, function->first, names, told) || all_reported(function->second, told);
      function = done ? open.erase(function) : std::next(function);
    }
    if (open.empty() || interruption.requested() || std::chrono::steady_clock::now() > give_up)
      return;
    std::this_thread::sleep_for(kBetweenQuestions);
  }
}

}  // namespace stepconf::cli
