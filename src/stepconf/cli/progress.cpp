#include "stepconf/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "stepconf/report/explanation.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

std::string count(std::size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

}  // namespace

Progress::Progress(std::ostream& lines, std::ostream* trace, std::size_t widest_name, bool explain)
    : lines_(lines), trace_(trace), widest_name_(widest_name), explain_(explain) {}

void Progress::step_started(const executor::StepRecord& record) {
  const estimator::Configuration& chosen = record.configuration;
  lines_ << fmt::format(
      "{:>7.2f} s  {:<{}}  starts: {} on {} of {} MB, {} each{}\n", record.ready.count(),
      record.step, widest_name_, count(static_cast<std::size_t>(record.jobs), "job", "jobs"),
      count(record.detail.size(), "instance", "instances"), chosen.memory.value,
      count(static_cast<std::size_t>(chosen.processes), "process", "processes"),
      record.sub_slo ? fmt::format("; may take {}", format_duration(*record.sub_slo)) : "");
  if (explain_ && record.decision) {
    std::optional<Seconds> slo;
    if (record.time_left) slo = record.ready + *record.time_left;
    lines_ << report::explanation({record.step, record.jobs, record.ready, slo}, *record.decision,
                                  std::string(11, ' '));
  } else {
    lines_ << fmt::format("{:>9}  {:<{}}          {}\n", "", "", widest_name_, record.reason);
  }
  lines_.flush();
}

void Progress::step_ended(const executor::StepRecord& record) {
  const auto failed = std::count_if(record.detail.begin(), record.detail.end(),
                                    [](const auto& instance) { return instance.status != "ok"; });
  lines_ << fmt::format(
      "{:>7.2f} s  {:<{}}  ended:  took {}{}, {}{}\n", record.ended.count(), record.step,
      widest_name_, format_duration(record.ended - record.ready),
      record.predicted ? fmt::format(" (predicted {})", format_duration(*record.predicted)) : "",
      report::format_usd(record.cost.value),
      failed > 0 ? fmt::format("; {} did not succeed",
                               count(static_cast<std::size_t>(failed), "instance", "instances"))
                 : "");
  lines_.flush();
  write_line(record);
}

void Progress::write_line(const executor::StepRecord& record) {
  if (trace_ == nullptr) return;
  *trace_ << executor::to_json(record).dump(-1, ' ', false, OrderedJson::error_handler_t::replace)
          << "\n";
  trace_->flush();
}

}  // namespace stepconf::cli
