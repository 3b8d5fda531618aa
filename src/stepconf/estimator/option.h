#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::estimator {

/// One way to run a step, with what it is expected to take and cost: the whole step's duration
/// (mapping delay and slowest instance) and cost (all instances, requests, transitions).
struct Option {
  Configuration configuration;
  Seconds duration{0};
  Usd cost;
};

/// What became of the question how a step would run under one configuration.
struct Evaluation {
  /// Absent where the configuration cannot run.
  std::optional<Option> option;
  /// Why it cannot run: "needs 700 MB at 4 processes"; empty where it can.
  std::string why_not;
};

/// Tells every way in which a step can run.
class OptionSource {
 public:
  virtual ~OptionSource() = default;

  /// Lists the feasible options of `step` for `jobs` jobs (at least 1), in the order of the
  /// configuration space; empty where no configuration fits. A foreign step has exactly one, of its
  /// expected duration and no cost. Pure: the same arguments, the same answer.
  virtual std::vector<Option> options(const workflow::Step& step, int jobs) const = 0;

  /// Tells out of how many `options` lists a choice, where the rest was left out because others
  /// outdo it; 0 where it lists all.
  virtual int considered(const workflow::Step& /*step*/, int /*jobs*/) const { return 0; }

  /// Says why `options` lists nothing: why not even what asks least of the function can run; empty
  /// where it lists something or nobody knows.
  virtual std::string why_none(const workflow::Step& /*step*/, int /*jobs*/) const { return ""; }

  /// Evaluates one configuration, also one outside the configuration space (a table has its rows
  /// only). `jobs` is at least 1.
  virtual Evaluation evaluate(const workflow::Step& step, int jobs,
                              const Configuration& configuration) const = 0;
};

}  // namespace stepconf::estimator
