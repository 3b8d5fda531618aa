// Random workflows whose steps have tables of configurations, for strategies.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/random_problem.h"
#include "stepconf/estimator/option.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::bench {

/// Steps named "0", "1", ... whose options are tables of 192 configurations each.
class TableWorkflow final : public estimator::OptionSource {
 public:
  TableWorkflow(workflow::Graph graph, std::mt19937& random,
                std::vector<Row> (*rows)(std::mt19937&) = random_rows) {
    workflow_.graph = std::move(graph);
    for (int i = 0; i < workflow_.graph.size(); ++i) {
      workflow::Step step;
      step.name = step.function = std::to_string(i);
      step.jobs = 64;
      step.is_map = true;
      workflow_.steps.push_back(step);
      std::vector<estimator::Option>& table = tables_.emplace_back();
      for (const Row& row : rows(random)) {
        table.push_back({{MemoryMb{row.memory}, row.instances, row.processes},
                         Seconds(row.point.seconds),
                         Usd{row.point.usd}});
      }
    }
  }

  const workflow::Workflow& workflow() const { return workflow_; }

  std::vector<estimator::Option> options(const workflow::Step& step, int) const override {
    return tables_[std::stoi(step.name)];
  }
  estimator::Evaluation evaluate(const workflow::Step&, int,
                                 const estimator::Configuration&) const override {
    return {};
  }

 private:
  workflow::Workflow workflow_;
  std::vector<std::vector<estimator::Option>> tables_;
};

}  // namespace stepconf::bench
