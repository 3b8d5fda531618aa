#include "stepconf/compiled/settings_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "stepconf/base/error.h"
#include "stepconf/estimator/json_fields.h"

namespace stepconf::compiled {
namespace {

using estimator::ConfigurationSpace;
using estimator::JsonFields;

constexpr double kMostSeconds = 1e12;
constexpr double kMostUsd = 1e9;
// Each is evaluated for a step with more jobs than were prepared for.
constexpr double kMostConfigurations = 1e6;
constexpr double kJustBelow1 = 1 - 1e-12;

OrderedJson to_json(const ConfigurationSpace& space) {
  return {{"memory_mb", space.memory_mb},
          {"instances", space.instances},
          {"processes", space.processes},
          {"best_processes", space.best_processes}};
}

OrderedJson to_json(const pricing::PriceSheet& prices) {
  return {{"region", prices.region},
          {"architecture", prices.architecture},
          {"orchestrator", pricing::to_string(prices.orchestrator)},
          {"usd_per_gb_second", prices.usd_per_gb_second},
          {"usd_per_request", prices.usd_per_request},
          {"usd_per_transition", prices.usd_per_transition},
          {"usd_per_execution", prices.usd_per_execution},
          {"date", prices.date},
          {"source", prices.source}};
}

OrderedJson to_json(const Goal& goal) {
  OrderedJson json = {{"slo_s", goal.slo ? OrderedJson(goal.slo->count()) : OrderedJson(nullptr)},
                      {"slo_path", goal.slo_path},
                      {"target", goal.target},
                      {"headroom", goal.headroom},
                      {"strategy", goal.strategy}};
  // Left out otherwise: such plans are the same bytes as before there was a choice.
  if (goal.decisions_charged) json["decisions_charged"] = true;
  return json;
}

OrderedJson to_json(const workflow::Workflow& workflow) {
  OrderedJson steps = OrderedJson::array();
  for (std::size_t id = 0; id < workflow.steps.size(); ++id) {
    const workflow::Step& step = workflow.steps[id];
    OrderedJson entry = {{"name", step.name}, {"after", workflow.graph.predecessors[id]}};
    if (step.is_foreign()) {
      entry["foreign_s"] = step.foreign_duration->count();
    } else {
      entry["function"] = step.function;
      entry["is_map"] = step.is_map;
      entry["batched"] = step.batched;
      if (!step.batched) entry["why_not_batched"] = step.why_not_batched;
      entry["max_concurrency"] = step.max_concurrency;
    }
    entry["jobs"] = step.jobs;
    entry["probability"] = step.probability;
    steps.push_back(std::move(entry));
  }
  return steps;
}

OrderedJson to_json(const std::vector<workflow::Choice>& choices) {
  OrderedJson entries = OrderedJson::array();
  for (const workflow::Choice& choice : choices) {
    OrderedJson ways = OrderedJson::array();
    for (const workflow::Way& way : choice.ways)
      ways.push_back({{"next", way.next}, {"share", way.share}, {"steps", way.steps}});
    entries.push_back({{"name", choice.name},
                       {"probability", choice.probability},
                       {"ways", std::move(ways)},
                       {"shares_are", workflow::to_string(choice.shares_are)}});
    if (choice.shares_are == workflow::SharesAre::learnt)
      entries.back()["executions"] = choice.executions;
  }
  return entries;
}

std::vector<int> whole_numbers(JsonFields& fields, const std::string& name, int least) {
  std::vector<int> result;
  for (const Json& entry : fields.array(name)) {
    if (!entry.is_number_integer() || entry < least || entry > std::numeric_limits<int>::max())
      fields.fail(name, fmt::format("must hold whole numbers of at least {}", least));
    result.push_back(entry.get<int>());
  }
  return result;
}

ConfigurationSpace read_space(JsonFields fields) {
  ConfigurationSpace space;
  space.memory_mb = whole_numbers(fields, "memory_mb", 1);
  space.instances = whole_numbers(fields, "instances", 1);
  space.processes = whole_numbers(fields, "processes", 1);
  space.best_processes = fields.boolean("best_processes");
  fields.done();
  const auto count = [](const std::vector<int>& values) {
    return static_cast<double>(values.size());
  };
  const double size = count(space.memory_mb) * count(space.instances) * count(space.processes);
  if (size > kMostConfigurations)
    fields.fail("memory_mb",
                fmt::format("and the others span {} configurations, must be at most {}", size,
                            kMostConfigurations));
  return space;
}

pricing::PriceSheet read_prices(JsonFields fields) {
  pricing::PriceSheet prices;
  prices.region = fields.text("region");
  prices.architecture = fields.text("architecture");
  prices.orchestrator = pricing::parse_orchestrator(fields.text("orchestrator"));
  prices.usd_per_gb_second = fields.number("usd_per_gb_second", 0, kMostUsd);
  prices.usd_per_request = fields.number("usd_per_request", 0, kMostUsd);
  prices.usd_per_transition = fields.number("usd_per_transition", 0, kMostUsd);
  prices.usd_per_execution = fields.number("usd_per_execution", 0, kMostUsd);
  prices.date = fields.text("date");
  prices.source = fields.text("source");
  fields.done();
  return prices;
}

Goal read_goal(JsonFields fields) {
  Goal goal;
  if (!fields.any("slo_s").is_null()) {
    goal.slo = Seconds(fields.number("slo_s", 0, kMostSeconds));
    if (*goal.slo <= Seconds(0)) fields.fail("slo_s", "is 0, must be more");
  }
  goal.slo_path = fields.text("slo_path");
  goal.target = fields.number("target", 0, 1);
  goal.headroom = fields.number("headroom", 0, kJustBelow1);
  goal.strategy = fields.text("strategy");
  if (fields.has("decisions_charged")) goal.decisions_charged = fields.boolean("decisions_charged");
  fields.done();
  return goal;
}

workflow::Step read_step(JsonFields& fields) {
  workflow::Step step;
  step.name = fields.text("name");
  if (fields.has("foreign_s")) {
    step.foreign_duration = Seconds(fields.number("foreign_s", 0, kMostSeconds));
  } else {
    step.function = fields.text("function");
    step.is_map = fields.boolean("is_map");
    step.batched = fields.boolean("batched");
    if (!step.batched) step.why_not_batched = fields.text("why_not_batched");
    step.max_concurrency = fields.whole("max_concurrency", 0);
  }
  step.jobs = fields.whole("jobs", 0);
  step.probability = fields.number("probability", 0, 1);
  if (step.probability <= 0) fields.fail("probability", "is 0, must be more");
  return step;
}

workflow::Way read_way(JsonFields fields, int steps) {
  workflow::Way way;
  way.next = fields.text("next");
  way.share = fields.number("share", 0, 1);
  if (way.share <= 0) fields.fail("share", "is 0, must be more");
  way.steps = whole_numbers(fields, "steps", 0);
  for (const workflow::StepId step : way.steps) {
    if (step >= steps) fields.fail("steps", fmt::format("has {}, must be a step's number", step));
  }
  if (!std::ranges::is_sorted(way.steps)) fields.fail("steps", "must ascend");
  fields.done();
  return way;
}

// Plans of older versions do not tell it.
void read_origin(JsonFields& fields, workflow::Choice& choice) {
  using workflow::SharesAre;
  if (!fields.has("shares_are")) return;
  const std::string are = fields.text("shares_are");
  for (const SharesAre known : {SharesAre::given, SharesAre::learnt, SharesAre::assumed}) {
    if (are != workflow::to_string(known)) continue;
    choice.shares_are = known;
    if (known == SharesAre::learnt) choice.executions = fields.whole("executions", 1);
    return;
  }
  fields.fail("shares_are", fmt::format("is \"{}\", must be given, learnt or assumed", are));
}

std::vector<workflow::Choice> read_choices(JsonFields& fields, int steps,
                                           const std::string& source) {
  std::vector<workflow::Choice> choices;
  for (std::size_t i = 0; const Json& entry : fields.array("choices")) {
    JsonFields read(entry, fmt::format("{}[{}]", fields.path("choices"), i++), source);
    workflow::Choice& choice = choices.emplace_back();
    choice.name = read.text("name");
    choice.probability = read.number("probability", 0, 1);
    if (choice.probability <= 0) read.fail("probability", "is 0, must be more");
    for (std::size_t w = 0; const Json& way : read.array("ways"))
      choice.ways.push_back(
          read_way(JsonFields(way, fmt::format("{}[{}]", read.path("ways"), w++), source), steps));
    if (choice.ways.size() < 2) read.fail("ways", "has fewer than two");
    std::set<workflow::StepId> known;
    for (const workflow::Way& way : choice.ways) {
      for (const workflow::StepId step : way.steps) {
        if (!known.insert(step).second) {
          read.fail("ways", fmt::format("has step {} twice, must have it on one way", step));
        }
      }
    }
    read_origin(read, choice);
    read.done();
  }
  return choices;
}

workflow::Workflow read_workflow(JsonFields& fields, const std::string& source) {
  const Json& entries = fields.array("steps");
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(static_cast<int>(entries.size()));
  std::set<std::string> names;
  for (int id = 0; const Json& entry : entries) {
    JsonFields step(entry, fmt::format("{}[{}]", fields.path("steps"), id), source);
    workflow.steps.push_back(read_step(step));
    if (!names.insert(workflow.steps.back().name).second) step.fail("name", "occurs twice");
    for (const int before : whole_numbers(step, "after", 0)) {
      if (before >= workflow.graph.size() || before == id)
        step.fail("after", fmt::format("is {}, must be another step's number", before));
      workflow.graph.add_edge(before, id);
    }
    step.done();
    ++id;
  }
  if (!workflow::find_cycle(workflow.graph).empty())
    fields.fail("steps", "has steps that wait for each other in a circle");
  if (fields.has("choices")) workflow.choices = read_choices(fields, workflow.graph.size(), source);
  return workflow;
}

}  // namespace

OrderedJson to_json(const Settings& settings) {
  OrderedJson overrides = OrderedJson::object();
  for (const auto& [function, space] : settings.overrides) overrides[function] = to_json(space);
  return {{"made_by", settings.made_by},
          {"goal", to_json(settings.goal)},
          {"steps", to_json(settings.workflow)},
          {"choices", to_json(settings.workflow.choices)},
          {"prices", to_json(settings.prices)},
          {"cost", settings.cost == estimator::CostRule::paper ? "paper" : "billed"},
          {"configurations", to_json(settings.space)},
          {"functions", std::move(overrides)}};
}

Settings parse_settings(std::string_view text, const std::string& source) {
  const Json document = parse_json(text, source);
  JsonFields fields(document, "$", source);
  Settings settings;
  settings.made_by = fields.text("made_by");
  settings.goal = read_goal(fields.object("goal"));
  settings.workflow = read_workflow(fields, source);
  settings.prices = read_prices(fields.object("prices"));
  settings.cost = estimator::parse_cost_rule(fields.text("cost"));
  settings.space = read_space(fields.object("configurations"));
  JsonFields overrides = fields.object("functions");
  for (const auto& [function, space] : fields.any("functions").items())
    settings.overrides.emplace(function, read_space(overrides.object(function)));
  fields.done();
  return settings;
}

}  // namespace stepconf::compiled
