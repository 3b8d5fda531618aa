#include "stepconf/cli/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

using profiler::Subject;
using report::format_usd;

std::string counted(int number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string error_text(const std::optional<double>& error) {
  return error ? fmt::format("{:.1f} %", *error * 100) : "not known yet";
}

std::string expense_text(const profiler::Expense& expense) {
  return fmt::format("{}, {}", format_usd(expense.cost.value), format_duration(expense.time));
}

OrderedJson or_null(const std::optional<double>& number) {
  return number ? OrderedJson(*number) : OrderedJson(nullptr);
}

// Loads that cannot run, each once with each reason.
OrderedJson skipped_of(const std::vector<estimator::Sample>& samples) {
  std::set<std::pair<estimator::InstanceLoad, std::string>> told;
  OrderedJson result = OrderedJson::array();
  for (const estimator::Sample& sample : samples) {
    if (sample.ok() || !told.emplace(sample.load(), sample.status).second) continue;
    result.push_back({{"memory_mb", sample.memory.value},
                      {"processes", sample.processes},
                      {"jobs", sample.jobs},
                      {"reason", sample.status}});
  }
  return result;
}

std::size_t configurations_of(const std::vector<estimator::Sample>& samples) {
  std::set<estimator::InstanceLoad> loads;
  for (const estimator::Sample& sample : samples) {
    if (sample.ok()) loads.insert(sample.load());
  }
  return loads.size();
}

}  // namespace

std::string sample_line(const estimator::Sample& sample) {
  const std::string remark = !sample.ok() ? "  " + sample.status : sample.cold ? "  (cold)" : "";
  return fmt::format("  {:<12} {:>5} MB  {} {:<9}  {:>2} {:<4}  {:>9}{}\n", sample.function,
                     sample.memory.value, sample.processes,
                     sample.processes == 1 ? "process" : "processes", sample.jobs,
                     sample.jobs == 1 ? "job" : "jobs",
                     format_duration(Seconds(*sample.duration_ms / 1e3)), remark);
}

std::string progress_line(const Subject& subject, const pricing::PriceSheet& prices) {
  const profiler::Study& study = subject.study;
  std::string line = fmt::format("  {}: {}, expected error {}; spent {}, {}", study.function(),
                                 counted(study.tests(), "test"), error_text(study.error()),
                                 counted(subject.spent.invocations, "invocation"),
                                 expense_text({subject.spent.time, subject.spent.cost}));
  const auto next = profiler::outlook(study, prices);
  if (next.tests == 0) return line + "; done: " + study.reason() + "\n";
  line += fmt::format("; at most {} more, about {}", counted(next.tests, "test"),
                      counted(next.invocations, "invocation"));
  if (next.expense) line += ", " + expense_text(*next.expense);
  return line + "\n";
}

std::string outlook_line(const profiler::Subjects& subjects, const pricing::PriceSheet& prices) {
  profiler::Outlook all;
  all.expense.emplace();
  int functions = 0;
  for (const auto& [name, subject] : subjects) {
    const auto one = profiler::outlook(subject.study, prices);
    if (one.tests == 0) continue;
    ++functions;
    all.tests += one.tests;
    all.invocations += one.invocations;
    if (!one.expense) all.expense.reset();
    if (!all.expense) continue;
    all.expense->cost += one.expense->cost;
    all.expense->time += one.expense->time;
  }
  if (functions == 0) return "Everything is measured already.\n";
  return fmt::format("{} to measure: at most {}, about {}; {}\n", counted(functions, "function"),
                     counted(all.tests, "test"), counted(all.invocations, "invocation"),
                     all.expense
                         ? "at Lambda's prices about " + format_usd(all.expense->cost.value) +
                               ", and " + format_duration(all.expense->time) + " of work"
                         : "what they cost is known after the first tests");
}

OrderedJson profile_report(const profiler::Subjects& subjects, const ProfileSummary& summary) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [name, subject] : subjects) {
    const profiler::Study& study = subject.study;
    functions[name] = {{"configurations", configurations_of(study.samples())},
                       {"skipped", skipped_of(study.samples())},
                       {"tests", study.tests()},
                       {"samples", study.samples().size()},
                       {"resumed", subject.resumed},
                       {"ignored", subject.ignored},
                       {"invocations", subject.spent.invocations},
                       {"cost_usd", subject.spent.cost.value},
                       {"expected_error", or_null(study.error())},
                       {"complete", !study.next()},
                       {"reason", study.next() ? study.next()->reason : study.reason()}};
  }
  return {{"invocations", summary.spending.invocations},
          {"cost_usd", summary.spending.cost.value},
          {"duration_s", summary.duration.count()},
          {"stopped_by",
           summary.stopped_by.empty() ? OrderedJson(nullptr) : OrderedJson(summary.stopped_by)},
          {"functions", functions}};
}

std::string profile_table(const profiler::Subjects& subjects) {
  using report::Align;
  report::Table table({{"function"},
                       {"tests", Align::right},
                       {"samples", Align::right},
                       {"skipped", Align::right},
                       {"expected error", Align::right},
                       {"state"}});
  for (const auto& [name, subject] : subjects) {
    const profiler::Study& study = subject.study;
    table.add({name, std::to_string(study.tests()), std::to_string(study.samples().size()),
               std::to_string(skipped_of(study.samples()).size()), error_text(study.error()),
               study.next() ? "to be continued: " + study.next()->reason : study.reason()});
  }
  return table.text();
}

}  // namespace stepconf::cli
