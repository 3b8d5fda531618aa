#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/option.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer::testing {

/// One row of a step's table: seconds and dollars for the number of jobs expected.
struct Row {
  double seconds = 0;
  double usd = 0;
};

/// Options from tables, by StepId. Row i is the configuration (i + 1) * 128 MB x 1 x 1, so that
/// tests can tell which was chosen. With other than the expected jobs, seconds and dollars scale.
class TableOptions final : public estimator::OptionSource {
 public:
  TableOptions(const workflow::Workflow& workflow, std::vector<std::vector<Row>> tables)
      : workflow_(workflow), tables_(std::move(tables)) {}

  std::vector<estimator::Option> options(const workflow::Step& step, int jobs) const override {
    ++asked;
    if (step.is_foreign()) return {{{}, *step.foreign_duration, Usd{0}}};
    std::vector<estimator::Option> result;
    const double scale = static_cast<double>(jobs) / step.jobs;
    int memory = 0;
    for (const Row& row : tables_[*workflow_.find(step.name)]) {
      memory += 128;
      result.push_back(
          {{MemoryMb{memory}, 1, 1}, Seconds(row.seconds * scale), Usd{row.usd * scale}});
    }
    return result;
  }

  estimator::Evaluation evaluate(const workflow::Step& step, int jobs,
                                 const estimator::Configuration& configuration) const override {
    for (const estimator::Option& option : options(step, jobs)) {
      if (option.configuration == configuration) return {option, ""};
    }
    return {std::nullopt, "the table has no such row"};
  }

  mutable int asked = 0;

 private:
  const workflow::Workflow& workflow_;
  std::vector<std::vector<Row>> tables_;
};

/// Every option takes its duration and costs its cost.
class NoScatter final : public estimator::ScatterSource {
 public:
  void quantiles(const workflow::Step&, int, const estimator::Option& option,
                 std::span<const double>, std::span<double> seconds) const override {
    std::ranges::fill(seconds, option.duration.count());
  }
  estimator::StepOutcome mean(const workflow::Step&, int,
                              const estimator::Option& option) const override {
    return {option.duration, option.cost};
  }
  estimator::StepOutcome draw(const workflow::Step& step, int jobs, const estimator::Option& option,
                              const estimator::Draws&) const override {
    return mean(step, jobs, option);
  }
};

/// Makes a workflow of steps named "a", "b", ... (or "s26", ...) of 4 jobs each.
inline workflow::Workflow workflow_of(const workflow::Graph& graph) {
  workflow::Workflow workflow;
  workflow.graph = graph;
  for (int i = 0; i < graph.size(); ++i) {
    workflow::Step step;
    step.name = i < 26 ? std::string(1, static_cast<char>('a' + i)) : "s" + std::to_string(i);
    step.function = step.name;
    step.jobs = 4;
    step.is_map = true;
    workflow.steps.push_back(step);
  }
  return workflow;
}

}  // namespace stepconf::optimizer::testing
