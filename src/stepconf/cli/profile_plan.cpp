#include "stepconf/cli/profile_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include "stepconf/cli/profile_report.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

// Tests of each function that are shown.
constexpr int kShown = 5;

struct PlannedTest {
  profiler::Test test;
  int invocations = 0;
  // Absent where nothing was measured of the function.
  std::optional<profiler::Expense> expense;
};

// What a warm invocation is taken to take where nothing is known: a second of one vCPU a job.
Seconds made_up(const estimator::InstanceLoad& load) {
  return Seconds(load.jobs / estimator::speed_up(load));
}

std::vector<PlannedTest> first_tests(profiler::Study study, const pricing::PriceSheet& prices) {
  profiler::Expectation expectation(prices);
  for (const estimator::Sample& sample : study.samples()) expectation.add(sample);
  std::map<MemoryMb, int> copies;
  std::vector<PlannedTest> result;
  while (std::ssize(result) < kShown) {
    const auto test = study.next();
    if (!test) break;
    PlannedTest planned{*test, test->repeats, std::nullopt};
    const auto expected = expectation.duration(study.function(), test->load);
    int& started = copies[test->load.memory];
    // One more call starts the sandbox or further processes.
    if (started < test->load.processes) ++planned.invocations;
    started = std::max(started, test->load.processes);
    if (expected) {
      const auto warm = expectation.next(study.function(), test->load, false);
      planned.expense = {warm.time * planned.invocations, warm.cost * planned.invocations};
    }
    result.push_back(planned);

    estimator::Sample sample;
    sample.function = study.function();
    sample.memory = test->load.memory;
    sample.processes = test->load.processes;
    sample.jobs = test->load.jobs;
    sample.duration_ms = expected.value_or(made_up(test->load)).count() * 1e3;
    for (int i = 0; i < test->repeats; ++i) study.add(sample, store::Origin::profile);
  }
  return result;
}

OrderedJson to_json(const PlannedTest& planned) {
  const auto& expense = planned.expense;
  return {{"memory_mb", planned.test.load.memory.value},
          {"processes", planned.test.load.processes},
          {"jobs", planned.test.load.jobs},
          {"invocations", planned.invocations},
          {"duration_s", expense ? OrderedJson(expense->time.count()) : OrderedJson(nullptr)},
          {"cost_usd", expense ? OrderedJson(expense->cost.value) : OrderedJson(nullptr)},
          {"reason", planned.test.reason}};
}

OrderedJson to_json(const profiler::Outlook& outlook) {
  const auto& expense = outlook.expense;
  return {{"tests", outlook.tests},
          {"invocations", outlook.invocations},
          {"duration_s", expense ? OrderedJson(expense->time.count()) : OrderedJson(nullptr)},
          {"cost_usd", expense ? OrderedJson(expense->cost.value) : OrderedJson(nullptr)}};
}

void print_json(const profiler::Subjects& subjects, const pricing::PriceSheet& prices) {
  OrderedJson functions = OrderedJson::object();
  int invocations = 0;
  for (const auto& [name, subject] : subjects) {
    OrderedJson first = OrderedJson::array();
    for (const PlannedTest& planned : first_tests(subject.study, prices)) {
      first.push_back(to_json(planned));
    }
    const auto outlook = profiler::outlook(subject.study, prices);
    invocations += outlook.invocations;
    const auto error = subject.study.error();
    functions[name] = {{"samples", subject.study.samples().size()},
                       {"tests", subject.study.tests()},
                       {"expected_error", error ? OrderedJson(*error) : OrderedJson(nullptr)},
                       {"first", std::move(first)},
                       {"at_most", to_json(outlook)}};
  }
  std::cout << OrderedJson{{"invocations", invocations}, {"functions", std::move(functions)}}.dump(
                   2)
            << "\n";
}

void print_table(const profiler::Subjects& subjects, const pricing::PriceSheet& prices) {
  using report::Align;
  report::Table table({{"function"},
                       {"MB", Align::right},
                       {"processes", Align::right},
                       {"jobs", Align::right},
                       {"invocations", Align::right},
                       {"time", Align::right},
                       {"cost", Align::right},
                       {"why"}});
  bool any = false;
  for (const auto& [name, subject] : subjects) {
    for (const auto& [test, invocations, expense] : first_tests(subject.study, prices)) {
      any = true;
      table.add({name, std::to_string(test.load.memory.value), std::to_string(test.load.processes),
                 std::to_string(test.load.jobs), std::to_string(invocations),
                 expense ? format_duration(expense->time) : "-",
                 expense ? report::format_usd(expense->cost.value) : "-", test.reason});
    }
  }
  if (!any) return;
  std::cout << "The first tests of each function:\n" << table.text("  ");
}

}  // namespace

void show_plan(const profiler::Subjects& subjects, const pricing::PriceSheet& prices, bool json) {
  std::cerr << outlook_line(subjects, prices);
  if (json) {
    print_json(subjects, prices);
  } else {
    print_table(subjects, prices);
  }
}

}  // namespace stepconf::cli
