#include <fmt/format.h>

#include "stepconf/asl/path.h"
#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/new_states.h"
#include "stepconf/machine/platform_errors.h"

namespace stepconf::machine {
namespace {

void mark_jsonata(OrderedJson& state, QueryLanguage machine) {
  if (machine != QueryLanguage::jsonata) state["QueryLanguage"] = "JSONata";
}

std::string batches(const Batching& batching, const std::string& variable) {
  return query(fmt::format(
      "($stepconf_items := {}; $type($stepconf_items) = 'array' ? $partition({}, ${}.size) : "
      "$error('the items are no array'))",
      batching.items, boxed_jobs(batching, "$stepconf_items"), variable));
}

OrderedJson envelope(const Batching& batching, const StepStates& step) {
  OrderedJson about = {{"boxed", true},
                       {"step", step.step},
                       {"batch", query("$states.context.Map.Item.Index")},
                       {"size", query(fmt::format("${}.size", step.variable))},
                       {"processes", query(fmt::format("${}.processes", step.variable))}};
  if (!batching.shared_input.empty()) about["shared"]["input"] = query(batching.shared_input);
  if (!batching.shared_context.is_null()) about["shared"]["context"] = batching.shared_context;
  return {{"stepconf", about}, {"jobs", query("$states.context.Map.Item.Value")}};
}

OrderedJson batch_task(const OrderedJson& task, const Batching& batching, const StepStates& step) {
  const std::string& function = step.choice->functions.begin()->second;
  OrderedJson state = {{"Type", "Task"}};
  mark_jsonata(state, step.machine);
  if (task.contains("Comment")) state["Comment"] = task.at("Comment");
  state["Resource"] = invoke_resource(function);
  state["Arguments"] = {{"FunctionName", query(fmt::format("${}.function", step.variable))},
                        {"Payload", query("$states.input")}};
  if (task.contains("Retry")) {
    OrderedJson retry = platform_retry(Json(task.at("Retry")));
    if (!retry.empty()) state["Retry"] = std::move(retry);
  }
  state["Output"] = batching.task_output;
  state["End"] = true;
  return state;
}

// The user's bound counts jobs at work; a batch has as many as it has processes. A number is known
// to the configurator, which answers with what follows from it.
OrderedJson most_batches(const std::string& most, const StepStates& step) {
  if (step.max_concurrency > 0) return query(fmt::format("${}.concurrency", step.variable));
  return query(
      fmt::format("($stepconf_most := {}; $stepconf_most = 0 ? 0 : $max([1, $floor($stepconf_most "
                  "/ ${}.processes)]))",
                  most, step.variable));
}

// Catchers of a JSONPath state, for the JSONata Map that stands in its place.
OrderedJson as_jsonata(const OrderedJson& catchers, const std::string& input) {
  OrderedJson result = OrderedJson::array();
  for (const OrderedJson& catcher : catchers) {
    OrderedJson generated;
    for (const auto& [name, value] : catcher.items()) {
      if (name != "ResultPath") generated[name] = value;
    }
    const auto path = catcher.find("ResultPath");
    if (path != catcher.end() && path->is_null()) {
      generated["Output"] = query(input);
    } else if (path != catcher.end()) {
      const auto names = asl::Path::parse(path->get_ref<const std::string&>()).leading_names();
      generated["Output"] = query(with_member(input, names, "$states.errorOutput"));
    }
    result.push_back(std::move(generated));
  }
  return result;
}

OrderedJson map_state(const OrderedJson& map, const Batching& batching, const StepStates& step) {
  const OrderedJson& scope = map.at(processor_of(Json(map)));
  const std::string inner = scope.at("States").begin().key();
  OrderedJson processor;
  processor["ProcessorConfig"] = {{"Mode", "INLINE"}};
  processor["StartAt"] = inner;
  processor["States"][inner] = batch_task(scope.at("States").at(inner), batching, step);
  OrderedJson state = {{"Type", "Map"}};
  mark_jsonata(state, step.machine);
  if (map.contains("Comment")) state["Comment"] = map.at("Comment");
  state["Items"] = batches(batching, step.variable);
  state["ItemSelector"] = envelope(batching, step);
  if (!batching.max_concurrency.empty()) {
    state["MaxConcurrency"] = most_batches(batching.max_concurrency, step);
  }
  state["ItemProcessor"] = std::move(processor);
  state["Output"] = batching.output;
  if (!batching.assign.is_null()) state["Assign"] = batching.assign;
  return state;
}

// A Parallel of one branch: each attempt of Retry is configured anew, and what fails in any of the
// generated states is caught as the Map's own failure.
OrderedJson around(NamedStates inner, const OrderedJson& map, const Batching& batching,
                   QueryLanguage language) {
  OrderedJson branch;
  branch["StartAt"] = inner.front().first;
  for (auto& [name, state] : inner) branch["States"][name] = std::move(state);
  OrderedJson state = {{"Type", "Parallel"}};
  if (map.contains("QueryLanguage")) state["QueryLanguage"] = map.at("QueryLanguage");
  state["Branches"] = OrderedJson::array({branch});
  if (language == QueryLanguage::json_path) {
    state["OutputPath"] = "$[0]";
  } else {
    state["Output"] = batching.around_output;
    if (!batching.around_assign.is_null()) state["Assign"] = batching.around_assign;
  }
  for (const char* field : {"Retry", "Catch"}) {
    if (map.contains(field)) state[field] = map.at(field);
  }
  give_exit(map, state);
  return state;
}

}  // namespace

void give_exit(const OrderedJson& from, OrderedJson& to) {
  for (const char* field : {"Next", "End"}) {
    if (from.contains(field)) to[field] = from.at(field);
  }
}

NamedStates batched_map(const std::string& name, const OrderedJson& map, const Batching& batching,
                        const StepStates& step) {
  const QueryLanguage language = language_of(Json(map), step.machine);
  NamedStates states;
  if (!step.before.empty()) {
    OrderedJson before = {
        {"Type", "Pass"}, {"Parameters", batching.before}, {"Next", step.configure}};
    states.emplace_back(step.before, std::move(before));
  }
  states.emplace_back(step.configure, configure_state(step, load_of(batching), step.work));
  OrderedJson work = map_state(map, batching, step);
  OrderedJson exit = {{"End", true}};
  if (!batching.around) {
    exit = OrderedJson::object();
    give_exit(map, exit);
    if (map.contains("Catch")) {
      work["Catch"] = language == QueryLanguage::jsonata
                          ? map.at("Catch")
                          : as_jsonata(map.at("Catch"), batching.input);
    }
  }
  if (step.after.empty()) {
    give_exit(exit, work);
    states.emplace_back(step.work, std::move(work));
  } else {
    work["Next"] = step.after;
    states.emplace_back(step.work, std::move(work));
    OrderedJson after = batching.after;
    give_exit(exit, after);
    states.emplace_back(step.after, std::move(after));
  }
  if (!batching.around) return states;
  return {{name, around(std::move(states), map, batching, language)}};
}

}  // namespace stepconf::machine
