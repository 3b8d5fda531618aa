#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stepconf/estimator/model_options.h"

namespace stepconf::compiled {

/// What a step's options depend on beside its number of jobs: steps that agree in it share them.
struct StepKind {
  std::string function;
  bool is_map = false;
  bool batched = true;
  int max_concurrency = 0;

  auto operator<=>(const StepKind&) const = default;
};

StepKind kind_of(const workflow::Step& step);

/// The options of a step for a number of jobs that none outdoes in both time and cost: durations
/// ascend, costs descend, both strictly.
struct PreparedOptions {
  int jobs = 1;
  /// How many options there were before pruning.
  int considered = 0;
  /// Empty where no configuration can run so many jobs.
  std::vector<estimator::Option> options;
};

/// Everything prepared for the steps of one kind.
struct PreparedKind {
  StepKind kind;
  /// Whether the options do not depend on the jobs: a table's. There is one entry then.
  bool any_jobs = false;
  /// Numbers of jobs ascend.
  std::vector<PreparedOptions> by_jobs;

  /// Finds what stands for `jobs` jobs: the nearest entry that is not smaller; nullptr beyond the
  /// last one.
  const PreparedOptions* find(int jobs) const;
};

/// Neighbours on the grid of job numbers differ by at most this factor (or by 1): who looks up the
/// nearest larger one expects a step to take at most so much longer than it will.
inline constexpr double kGridRatio = 1.25;

/// Lists the job numbers to prepare for where `expected` (ascending, at least 1 each) are expected:
/// each of these exactly, and between 1 and `multiple` times the largest a geometric grid.
std::vector<int> job_grid(const std::vector<int>& expected, double multiple);

/// Prepares the options of all kinds of steps in `workflow`, in ascending order of the kinds.
/// Throws InvalidInput where a function has no model.
std::vector<PreparedKind> prepare(const workflow::Workflow& workflow,
                                  const estimator::ModelOptions& options, double multiple);

/// Writes prepared options as bytes; equal ones give equal bytes.
std::string to_bytes(const std::vector<PreparedKind>& kinds);

/// Reads them back. Throws InvalidInput "SOURCE: ..." where they are cut short, out of order or out
/// of range.
std::vector<PreparedKind> prepared_from_bytes(std::string_view bytes, std::string_view source);

}  // namespace stepconf::compiled
