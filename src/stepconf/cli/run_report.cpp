#include "stepconf/cli/run_report.h"

#include <fmt/format.h>

#include <ostream>

#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

const char* to_text(executor::RunStatus status) {
  switch (status) {
    case executor::RunStatus::succeeded:
      return "succeeded";
    case executor::RunStatus::failed:
      return "failed";
    case executor::RunStatus::interrupted:
      return "interrupted";
  }
  return "";
}

std::string seconds_or_dash(const std::optional<Seconds>& time) {
  return time ? format_duration(*time) : "-";
}

}  // namespace

bool met_slo(const executor::RunSummary& summary, const std::optional<Seconds>& slo) {
  return slo && summary.status == executor::RunStatus::succeeded && summary.duration <= *slo;
}

OrderedJson to_json(const executor::RunSummary& summary, const std::optional<Seconds>& slo) {
  OrderedJson result = {
      {"status", to_text(summary.status)},
      {"slo_s", slo ? OrderedJson(slo->count()) : OrderedJson(nullptr)},
      {"duration_s", summary.duration.count()},
      {"met", slo ? OrderedJson(met_slo(summary, slo)) : OrderedJson(nullptr)},
      {"cost_usd", summary.cost_known ? OrderedJson(summary.cost.value) : OrderedJson(nullptr)}};
  if (summary.status == executor::RunStatus::succeeded) {
    result["output"] = OrderedJson::parse(summary.output.dump());
  } else if (summary.status == executor::RunStatus::failed) {
    result["error"] = summary.error;
    result["cause"] = summary.cause;
    result["step"] = summary.step;
  }
  result["steps"] = OrderedJson::array();
  for (const executor::StepRecord& step : summary.steps) {
    result["steps"].push_back(executor::to_json(step));
  }
  return result;
}

void print(const executor::RunSummary& summary, const std::optional<Seconds>& slo,
           std::ostream& out) {
  using report::Align;
  report::Table table({{"step"},
                       {"jobs", Align::right},
                       {"MB x instances x processes"},
                       {"may take", Align::right},
                       {"predicted", Align::right},
                       {"took", Align::right},
                       {"predicted", Align::right},
                       {"cost", Align::right}});
  for (const executor::StepRecord& step : summary.steps) {
    table.add(
        {step.attempt > 1 ? fmt::format("{} (attempt {})", step.step, step.attempt) : step.step,
         std::to_string(step.jobs),
         fmt::format("{} x {} x {}", step.configuration.memory.value, step.detail.size(),
                     step.configuration.processes),
         seconds_or_dash(step.sub_slo), seconds_or_dash(step.predicted),
         format_duration(step.ended - step.ready),
         step.predicted_cost ? report::format_usd(step.predicted_cost->value) : "-",
         step.cost_known ? report::format_usd(step.cost.value) : "-"});
  }
  out << "\n" << table.text() << "\n";
  switch (summary.status) {
    case executor::RunStatus::succeeded:
      out << fmt::format("Succeeded in {}, {}.", format_duration(summary.duration),
                         summary.cost_known ? report::format_usd(summary.cost.value)
                                            : "at a cost that is not known in full");
      if (slo) {
        const bool met = met_slo(summary, slo);
        out << fmt::format(
            " The SLO of {} was {}, by {}.", format_duration(*slo), met ? "met" : "missed",
            format_duration(met ? *slo - summary.duration : summary.duration - *slo));
      }
      out << "\n";
      break;
    case executor::RunStatus::failed:
      out << fmt::format("Failed after {}{}: {}: {}\n", format_duration(summary.duration),
                         summary.step.empty() ? "" : " in " + summary.step, summary.error,
                         summary.cause);
      break;
    case executor::RunStatus::interrupted:
      out << fmt::format("Interrupted after {}.\n", format_duration(summary.duration));
      break;
  }
}

}  // namespace stepconf::cli
