#include "stepconf/cli/plan_report.h"

#include <fmt/format.h>

#include <iostream>

#include "stepconf/optimizer/decision_json.h"
#include "stepconf/report/explanation.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

// What has to be said of a plan that is not what was asked for; a whole line, or nothing.
std::string verdict(const optimizer::Plan& plan, const PlanGoal& goal) {
  if (!plan.feasible && goal.budget) {
    return fmt::format("The budget cannot be kept: this cheapest plan costs {} more.\n",
                       report::format_usd(plan.cost.value - goal.budget->value));
  }
  if (!plan.feasible) {
    return fmt::format("The SLO cannot be met: this {} is {} too slow.\n",
                       plan.fastest ? "fastest plan" : "plan",
                       format_duration(plan.duration - *goal.slo));
  }
  if (plan.fastest && goal.slo)
    return "The strategy's own plan misses the SLO; this fastest plan meets it.\n";
  if (plan.proved_optimal == false) {
    return fmt::format("Not proved to be the {}{}; --search-time gives the search more time.\n",
                       goal.budget ? "fastest" : "cheapest",
                       plan.lower_bound ? fmt::format(": none costs less than {}",
                                                      report::format_usd(plan.lower_bound->value))
                                        : "");
  }
  return "";
}

// Says in how many executions a step runs where not in all.
std::string name_of(const workflow::Step& step) {
  return step.probability < 1 ? fmt::format("{} ({:.3g} %)", step.name, step.probability * 100)
                              : step.name;
}

OrderedJson to_json(const std::vector<workflow::Choice>& choices) {
  OrderedJson list = OrderedJson::array();
  for (const workflow::Choice& choice : choices) {
    OrderedJson shares = OrderedJson::object();
    for (const workflow::Way& way : choice.ways) shares[way.next] = way.share;
    list.push_back({{"name", choice.name},
                    {"shares", std::move(shares)},
                    {"shares_are", workflow::to_string(choice.shares_are)}});
    if (choice.shares_are == workflow::SharesAre::learnt)
      list.back()["executions"] = choice.executions;
  }
  return list;
}

// "IsLarge: Upscale 80 %, Skip 20 % (learnt from 12 executions)", a line a choice.
std::string shares_of(const std::vector<workflow::Choice>& choices) {
  std::string lines;
  for (const workflow::Choice& choice : choices) {
    std::string ways;
    for (const workflow::Way& way : choice.ways)
      ways += fmt::format("{}{} {:.3g} %", ways.empty() ? "" : ", ", way.next, way.share * 100);
    std::string from(workflow::to_string(choice.shares_are));
    if (choice.shares_are == workflow::SharesAre::learnt) {
      from +=
          fmt::format(" from {} execution{}", choice.executions, choice.executions == 1 ? "" : "s");
    }
    lines += fmt::format("{}: {} ({})\n", choice.name, ways, from);
  }
  return lines;
}

}  // namespace

OrderedJson to_json(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                    const std::string& strategy, const PlanGoal& goal) {
  OrderedJson steps = OrderedJson::array();
  OrderedJson foreign = OrderedJson::array();
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    OrderedJson entry = {{"name", workflow.steps[index].name}};
    const double probability = workflow.steps[index].probability;
    if (probability < 1) entry["probability"] = probability;
    if (workflow.steps[index].is_foreign()) {
      entry["start_s"] = step.start.count();
      entry["duration_s"] = step.duration.count();
      foreign.push_back(std::move(entry));
      continue;
    }
    if (step.configuration) {
      entry["memory_mb"] = step.configuration->memory.value;
      entry["instances"] = step.configuration->instances;
      entry["processes"] = step.configuration->processes;
    }
    entry["start_s"] = step.start.count();
    entry["duration_s"] = step.duration.count();
    entry["cost_usd"] = step.cost.value;
    entry["sub_slo_s"] = step.sub_slo ? OrderedJson(step.sub_slo->count()) : OrderedJson(nullptr);
    if (!step.reason.empty()) entry["reason"] = step.reason;
    if (step.decision) entry.update(optimizer::why_to_json(*step.decision));
    steps.push_back(std::move(entry));
  }
  OrderedJson document = {
      {"strategy", strategy},
      {"slo_s", goal.slo ? OrderedJson(goal.slo->count()) : OrderedJson(nullptr)}};
  if (goal.budget) document["budget_usd"] = goal.budget->value;
  document["feasible"] = plan.feasible;
  document["duration_s"] = plan.duration.count();
  document["cost_usd"] = plan.cost.value;
  if (plan.proved_optimal) document["proved_optimal"] = *plan.proved_optimal;
  if (plan.lower_bound) document["lower_bound_usd"] = plan.lower_bound->value;
  document["steps"] = std::move(steps);
  if (!foreign.empty()) document["foreign"] = std::move(foreign);
  if (!workflow.choices.empty()) document["choices"] = to_json(workflow.choices);
  return document;
}

void print(const optimizer::Plan& plan, const workflow::Workflow& workflow,
           const std::string& strategy, const PlanGoal& goal) {
  using report::Align;
  report::Table table({{"step"},
                       {"MB", Align::right},
                       {"instances", Align::right},
                       {"processes", Align::right},
                       {"start", Align::right},
                       {"takes", Align::right},
                       {"may take", Align::right},
                       {"cost", Align::right},
                       {"why"}});
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    const auto& chosen = step.configuration;
    table.add({name_of(workflow.steps[index]), chosen ? std::to_string(chosen->memory.value) : "-",
               chosen ? std::to_string(chosen->instances) : "-",
               chosen ? std::to_string(chosen->processes) : "-", format_duration(step.start),
               format_duration(step.duration), step.sub_slo ? format_duration(*step.sub_slo) : "-",
               report::format_usd(step.cost.value), step.reason});
  }
  std::cout << table.text();
  std::cout << fmt::format("\n{}: {}{}, {}{}\n", strategy, format_duration(plan.duration),
                           goal.slo ? " of " + format_duration(*goal.slo) : "",
                           report::format_usd(plan.cost.value),
                           goal.budget ? " of " + report::format_usd(goal.budget->value) : "");
  std::cout << verdict(plan, goal);
  if (!workflow.choices.empty())
    std::cout << "\nShares of executions behind choices:\n" << shares_of(workflow.choices);
}

void print_explanations(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                        const PlanGoal& goal) {
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    if (!step.decision) continue;
    const workflow::Step& what = workflow.steps[index];
    std::cout << report::explanation({what.name, what.jobs, step.start, goal.slo}, *step.decision)
              << "\n";
  }
}

}  // namespace stepconf::cli
