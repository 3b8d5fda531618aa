#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/cli/workspace.h"
#include "stepconf/optimizer/decision_charge.h"
#include "stepconf/optimizer/plan.h"

namespace stepconf::cli {

/// What a plan is made from: the workspace's options and scatter, and, where the project charges
/// decisions and the strategy decides before each step, what that costs. Not to be moved.
class Planned {
 public:
  /// `workspace` must have models, and outlive it.
  Planned(const Workspace& workspace, std::string_view strategy);
  Planned(const Planned&) = delete;
  Planned& operator=(const Planned&) = delete;

  const estimator::OptionSource& options() const;
  /// Null where nobody knows.
  const estimator::ScatterSource* scatter() const;
  bool charged() const { return charged_.has_value(); }

 private:
  const Workspace& workspace_;
  std::optional<optimizer::ChargedOptions> charged_;
  std::optional<optimizer::ChargedScatter> charged_scatter_;
};

/// Says, where decisions are charged, what a plan made beforehand, which pays for none, costs
/// beside `plan`, and whether it is the better choice; empty where nothing is charged.
std::string compare_with_static(const Planned& planned, const Workspace& workspace,
                                const optimizer::Plan& plan, Seconds slo,
                                const std::vector<optimizer::FixedConfiguration>& fixed);

}  // namespace stepconf::cli
