#include "stepconf/report/explanation.h"

#include <fmt/format.h>

#include <cmath>

#include "stepconf/report/table.h"

namespace stepconf::report {
namespace {

using optimizer::Constraint;
using optimizer::Decision;

std::string count(int number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string ordinal(int number) {
  const int tens = number / 10 % 10;
  const int ones = number % 10;
  const char* ending = tens == 1   ? "th"
                       : ones == 1 ? "st"
                       : ones == 2 ? "nd"
                       : ones == 3 ? "rd"
                                   : "th";
  return fmt::format("{}{}", number, ending);
}

std::string describe(const estimator::Configuration& configuration) {
  return fmt::format("{} MB x {} x {}", configuration.memory.value,
                     count(configuration.instances, "instance", "instances"),
                     count(configuration.processes, "process", "processes"));
}

std::string chance(double attainment) { return fmt::format("{:.1f} %", 100 * attainment); }

std::string time_left(const Situation& situation) {
  const Seconds left = *situation.slo - situation.now;
  if (left < Seconds(0)) {
    return fmt::format("none: the SLO of {} passed {} ago", format_duration(*situation.slo),
                       format_duration(-left));
  }
  return fmt::format("{} of the SLO's {}", format_duration(left), format_duration(*situation.slo));
}

std::string bound(const Decision& decision) {
  if (decision.fixed) return "the user, who fixed the configuration";
  switch (decision.constraint) {
    case Constraint::none:
      return "";
    case Constraint::nothing:
      return "nothing: no time limit stands against the cheapest";
    case Constraint::sub_slo:
      if (decision.runner_up) return "its share of the time: whatever is cheaper takes longer";
      return decision.considered == 1
                 ? "nothing: there is one configuration, and it is within its share of the time"
                 : "nothing: the cheapest of all is within its share of the time";
    case Constraint::catch_up:
      return "no time: nothing ends soon enough, so the fastest runs, to catch up";
    case Constraint::plan:
      return "the plan made before the execution";
    case Constraint::slo:
      return "the SLO: with what lies ahead, a cheaper step now ends too late or costs more later";
    case Constraint::price_of_miss:
      return "the price of a miss: a cheaper step makes it too likely";
  }
  return "";
}

std::string figures(const std::optional<Seconds>& duration, const std::optional<Usd>& cost) {
  std::string text;
  if (duration) text += ", " + format_duration(*duration);
  if (cost) text += ", " + format_usd(cost->value);
  return text;
}

std::string place(const Decision& decision) {
  if (decision.rank == 0) return "";
  if (decision.considered == 1) return "the only one that can run";
  const bool last = decision.rank == decision.efficient;
  const std::string which = decision.efficient == 1 ? "the fastest and cheapest"
                            : last                  ? "the cheapest"
                            : decision.rank == 1
                                ? "the fastest"
                                : fmt::format("the {} fastest", ordinal(decision.rank));
  return fmt::format("{} of {} that {} worth taking, of {} that can run", which, decision.efficient,
                     decision.efficient == 1 ? "is" : "are", decision.considered);
}

std::string difference(const Decision& decision) {
  const estimator::Option& next = *decision.runner_up;
  std::string text;
  if (decision.duration)
    text += fmt::format("{} more", format_duration(next.duration - *decision.duration));
  if (decision.cost && decision.cost->value > 0) {
    const double saved = 1 - next.cost.value / decision.cost->value;
    text += fmt::format("{}{:.1f} % cheaper", text.empty() ? "" : ", ", 100 * saved);
  }
  return text;
}

std::string risk(const Decision& decision) {
  if (decision.attainment && decision.attainment_with_runner_up) {
    return fmt::format("the chance to meet the SLO would fall from {} to {}",
                       chance(*decision.attainment), chance(*decision.attainment_with_runner_up));
  }
  if (!decision.sub_slo) return "";
  const Seconds beyond = decision.runner_up->duration - *decision.sub_slo;
  return beyond > Seconds(0)
             ? fmt::format("its share would be exceeded by {}", format_duration(beyond))
             : "none: it is within its share too";
}

}  // namespace

std::string explanation(const Situation& situation, const Decision& decision,
                        const std::string& indent) {
  std::string text =
      fmt::format("{}{}, {}, at {}\n", indent, situation.step, count(situation.jobs, "job", "jobs"),
                  format_duration(situation.now));
  const auto line = [&](std::string_view title, const std::string& content) {
    if (!content.empty()) text += fmt::format("{}  {:<12} {}\n", indent, title, content);
  };
  if (situation.slo) line("time left", time_left(situation));
  if (decision.sub_slo) line("its share", format_duration(*decision.sub_slo));
  line("bound by", bound(decision));
  line("choice", describe(decision.configuration) + figures(decision.duration, decision.cost));
  line("", place(decision));
  if (decision.runner_up) {
    const estimator::Option& next = *decision.runner_up;
    line("next cheaper", describe(next.configuration) + figures(next.duration, next.cost));
    line("", difference(decision));
    line("its risk", risk(decision));
  } else if (decision.attainment) {
    line("chance", chance(*decision.attainment) + " to meet the SLO");
  }
  line("note", decision.note);
  return text;
}

}  // namespace stepconf::report
