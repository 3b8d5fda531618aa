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
// Clocks of services and functions differ by less.
constexpr double kClocksDiffer = 5;

// Both forms of reports, and the configurator's lines, which name the execution.
std::string pattern_of(const services::Execution& execution) {
  return fmt::format(R"(?"REPORT RequestId" ?"platform.report" ?"{}")", execution.name);
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

}  // namespace

void read_logs(services::Logs& logs, const deploy::DeploymentNames& names, Seconds patience,
               const Interruption& interruption, executions::Told& told) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  auto open = executions::requests_by_function(told.events);
  const services::LogFilter filter{
      .pattern = pattern_of(told.execution),
      .from_ms = std::llround((told.execution.started - kClocksDiffer) * 1e3)};
  while (true) {
    for (auto function = open.begin(); function != open.end();) {
      const std::string group = deploy::DeploymentNames::log_group(function->first);
      bool readable = true;
      // A line that comes twice counts once.
      if (function->first == names.configurator()) told.decisions.clear();
      try {
        for (const services::LogEvent& event : logs.events(group, filter)) take(event, told);
      } catch (const Error& error) {
        std::cerr << fmt::format(
            "warning: the reports of {} are not known, so cold starts, memory and cost are not: "
            "{}\n",
            function->first, error.what());
        readable = false;
      }
      const bool done = !readable || all_reported(function->second, told);
      function = done ? open.erase(function) : std::next(function);
    }
    if (open.empty() || interruption.requested() || std::chrono::steady_clock::now() > give_up)
      return;
    std::this_thread::sleep_for(kBetweenQuestions);
  }
}

}  // namespace stepconf::cli
