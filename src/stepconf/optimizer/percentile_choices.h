#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/estimator/scatter.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/percentile/problem.h"

namespace stepconf::optimizer {

/// The options of each step that percentile chooses from, with how their durations scatter. Not to
/// be shared between threads.
class PercentileChoices {
 public:
  /// Options worth keeping, the dearest first. An option's duration and cost are means.
  struct Choices {
    Frontier frontier;
    std::vector<percentile::Alternative> alternatives;
  };

  /// Both must outlive it. `kept` is what to_bytes gave, or empty: used where it is of the same
  /// options and scatter, which spares some 20 us an option. Throws InvalidInput where it is
  /// damaged.
  PercentileChoices(Frontiers& frontiers, const estimator::ScatterSource& scatter,
                    std::string_view kept);

  /// Gives the choices of `step` for `jobs` jobs (at least 1); they stay valid as long as this
  /// object.
  const Choices& of(workflow::StepId step, int jobs);

  /// Writes the choices for the expected numbers of jobs.
  std::string to_bytes();

 private:
  std::vector<estimator::Option> options(workflow::StepId step, int jobs);
  std::uint64_t origin();
  void restore(std::string_view kept);

  Frontiers& frontiers_;
  const estimator::ScatterSource& scatter_;
  // By step, in the order in which numbers of jobs were asked for.
  std::vector<std::vector<std::pair<int, std::unique_ptr<Choices>>>> known_;
};

}  // namespace stepconf::optimizer
