#include <fmt/format.h>

#include "stepconf/optimizer/strategy.h"

namespace stepconf::optimizer {
namespace {

// The time within which the choice is the cheapest: the step's own share, or all that is left.
std::string limit_of(const Decision& decision) {
  if (decision.constraint == Constraint::slo || !decision.sub_slo) return "the SLO";
  return format_duration(*decision.sub_slo);
}

std::string why_fixed(const Decision& decision) {
  if (!decision.sub_slo) return "fixed by the user";
  const bool beyond = decision.constraint == Constraint::catch_up;
  return fmt::format("fixed by the user; {} its share of {}", beyond ? "beyond" : "within",
                     format_duration(*decision.sub_slo));
}

std::string why_fastest(const Decision& decision) {
  if (!decision.sub_slo) return "nothing meets the SLO any more: the fastest, to catch up";
  const std::string limit = format_duration(*decision.sub_slo);
  if (decision.considered == 1) {
    return fmt::format("the only configuration; takes longer than its share of {}", limit);
  }
  return *decision.sub_slo <= Seconds(0)
             ? std::string("no time is left: the fastest, to catch up")
             : fmt::format("nothing takes at most {}: the fastest, to catch up", limit);
}

std::string chance(double attainment) { return fmt::format("{:.1f} %", 100 * attainment); }

std::string why_not_cheaper(const Decision& decision) {
  const std::string next = to_string(decision.runner_up->configuration);
  if (decision.attainment && decision.attainment_with_runner_up) {
    return fmt::format("the next cheaper, {}, would lower the chance to meet the SLO from {} to {}",
                       next, chance(*decision.attainment),
                       chance(*decision.attainment_with_runner_up));
  }
  return fmt::format("the next cheaper, {}, would take {}", next,
                     format_duration(decision.runner_up->duration));
}

}  // namespace

Decision take(const Frontier& frontier, int index) {
  const estimator::Option& option = frontier.options[index];
  Decision decision;
  decision.configuration = option.configuration;
  decision.duration = option.duration;
  decision.cost = option.cost;
  decision.rank = index + 1;
  decision.efficient = static_cast<int>(frontier.options.size());
  decision.considered = frontier.considered;
  if (decision.rank < decision.efficient) decision.runner_up = frontier.options[index + 1];
  return decision;
}

std::string explain(const Decision& decision) {
  if (!decision.note.empty()) return decision.note;
  if (decision.fixed) return why_fixed(decision);
  if (decision.constraint == Constraint::none) return "";
  if (decision.constraint == Constraint::catch_up) return why_fastest(decision);
  if (decision.considered == 1) return "the only configuration";
  if (decision.constraint == Constraint::plan) {
    return "planned beforehand; " +
           (decision.runner_up ? why_not_cheaper(decision) : std::string("cheapest of all"));
  }
  if (decision.efficient == 1) return "both the fastest and the cheapest configuration";
  if (!decision.runner_up) {
    return decision.constraint == Constraint::nothing
               ? std::string("cheapest of all")
               : fmt::format("cheapest of all, and within {}", limit_of(decision));
  }
  if (decision.constraint == Constraint::price_of_miss) {
    return (decision.rank == 1 ? std::string("the fastest; ")
                               : fmt::format("number {} from the fastest; ", decision.rank)) +
           why_not_cheaper(decision);
  }
  const std::string place = decision.rank == 1 ? std::string("the fastest, to be")
                                               : fmt::format("cheapest of {}", decision.rank);
  return fmt::format("{} within {}; {}", place, limit_of(decision), why_not_cheaper(decision));
}

}  // namespace stepconf::optimizer
