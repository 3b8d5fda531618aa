#include "stepconf/cli/plan_percentile.h"

#include <fmt/format.h>

#include "stepconf/report/table.h"

namespace stepconf::cli {

std::string describe(const optimizer::PercentileSummary& summary) {
  std::string text =
      summary.attained
          ? fmt::format("{:.2f} % of runs are predicted to meet the SLO, at {} on average.\n",
                        100 * summary.attainment, report::format_usd(summary.cost.value))
          : fmt::format(
                "A target of {:.4g} % is out of reach: at most {:.2f} % of runs are "
                "predicted to meet the SLO, at {} on average.\n",
                100 * summary.target, 100 * summary.attainment,
                report::format_usd(summary.cost.value));
  if (summary.next_target && summary.next_cost) {
    text += fmt::format("A target of {:.4g} % would cost {}.\n", 100 * *summary.next_target,
                        report::format_usd(summary.next_cost->value));
  }
  if (summary.approximated) {
    text +=
        "The workflow is not series-parallel: it was planned as if some steps waited for more "
        "than they do, which is on the safe side.\n";
  }
  return text;
}

void add_to(OrderedJson& document, const optimizer::PercentileSummary& summary) {
  document["attainment"] = summary.attainment;
  OrderedJson details = {{"target", summary.target},
                         {"attained", summary.attained},
                         {"mean_cost_usd", summary.cost.value},
                         {"log_price", summary.log_price},
                         {"approximated", summary.approximated}};
  if (summary.next_target && summary.next_cost) {
    details["next_target"] = *summary.next_target;
    details["next_target_cost_usd"] = summary.next_cost->value;
  }
  document["percentile"] = std::move(details);
}

}  // namespace stepconf::cli
