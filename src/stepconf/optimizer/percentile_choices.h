#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/estimator/scatter.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/strategy.h"
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

    Choices only(const std::vector<int>& places) const;
    Choices worth_keeping() const;
  };

  /// Both must outlive it. `kept` is what to_bytes gave, or empty: used where it is of the same
  /// options and scatter, which spares some 20 us an option. Throws InvalidInput where it is
  /// damaged.
  PercentileChoices(Frontiers& frontiers, const estimator::ScatterSource& scatter,
                    std::string_view kept);

  /// Gives the choices of `step` for `jobs` jobs (at least 1); they stay valid as long as this
  /// object.
  const Choices& of(workflow::StepId step, int jobs);

  /// Gives them as far as the question knows which sandboxes are warm: with the charges for cold
  /// starts. Valid until the next call for the step. Where it does not know, or decisions on the
  /// frontiers do not heed it, or the step is fixed: as above.
  const Choices& of(const Question& question);

  /// Writes the choices for the expected numbers of jobs.
  std::string to_bytes();

 private:
  std::vector<estimator::Option> options(workflow::StepId step, int jobs);
  Choices all(workflow::StepId step, int jobs, std::vector<estimator::Option> options,
              const estimator::ScatterSource& scatter) const;
  const Choices& warm(workflow::StepId step, int jobs, const WarmPools& pools);
  std::uint64_t origin();
  void restore(std::string_view kept);

  Frontiers& frontiers_;
  const estimator::ScatterSource& scatter_;
  // By step, in the order in which numbers of jobs were asked for.
  std::vector<std::vector<std::pair<int, std::unique_ptr<Choices>>>> known_;
  // By step: for a number of jobs, what is worth keeping in its own pool; by that and what is warm,
  // what is worth keeping then.
  std::vector<std::map<int, Choices>> warm_;
  std::vector<std::map<std::pair<int, WarmSandboxes>, Choices>> weighed_;
};

}  // namespace stepconf::optimizer
