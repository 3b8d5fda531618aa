#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/forecast.h"
#include "stepconf/estimator/models.h"
#include "stepconf/estimator/option.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::estimator {

/// The options of a step as its function's model predicts them. Has no mutable state: may be shared
/// between threads.
///
/// Of a fitted function: every (m, p, q) of its space with p <= jobs (where even the smallest p
/// exceeds the jobs, p = jobs), q <= jobs per instance (except where the smallest q is larger), p *
/// q within the step's max_concurrency (where none is, p = q = 1) and enough memory; with
/// `best_processes` the fastest q of each (m, p). Of a step that is not batched: an instance of its
/// own for each job, q = 1, memory alone is chosen. Of a table: its rows.
class ModelOptions final : public OptionSource {
 public:
  /// `overrides` holds whole spaces of single functions, by name; other functions use `space`.
  /// Throws InvalidInput where a space has no value for a part, or one under 1.
  ModelOptions(Models models, pricing::PriceSheet prices, ConfigurationSpace space = {},
               std::map<std::string, ConfigurationSpace> overrides = {},
               CostRule cost = CostRule::billed);

  /// Throws InvalidInput where the step's function has no model.
  std::vector<Option> options(const workflow::Step& step, int jobs) const override;
  std::string why_none(const workflow::Step& step, int jobs) const override;
  /// Throws InvalidInput where the step's function has no model.
  Evaluation evaluate(const workflow::Step& step, int jobs,
                      const Configuration& configuration) const override;

  const Models& models() const { return models_; }
  const pricing::PriceSheet& prices() const { return prices_; }
  const ConfigurationSpace& space() const { return space_; }
  const std::map<std::string, ConfigurationSpace>& overrides() const { return overrides_; }
  CostRule cost_rule() const { return cost_; }

 private:
  const ConfigurationSpace& space_of(const workflow::Step& step) const;

  Models models_;
  pricing::PriceSheet prices_;
  ConfigurationSpace space_;
  std::map<std::string, ConfigurationSpace> overrides_;
  CostRule cost_;
};

}  // namespace stepconf::estimator
