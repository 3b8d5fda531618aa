#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stepconf/asl/parse_state.h"
#include "stepconf/machine/batching.h"
#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/not_batched.h"

// A JSONPath Map: the jobs of a batch are the items as they are, and the wrapper applies
// ItemSelector and the inner Task's data flow to each.

namespace stepconf::machine {
namespace {

using PathNames = std::vector<std::string>;

asl::Path path_of(const Json& map, const char* field) {
  const auto found = map.find(field);
  if (found == map.end()) return asl::Path::parse("$");
  if (!found->is_string()) throw NotBatched(fmt::format("{} is {}", field, found->dump()));
  try {
    return asl::Path::parse(found->get_ref<const std::string&>());
  } catch (const InvalidInput& error) {
    throw NotBatched(fmt::format("{}: {}", field, error.what()));
  }
}

bool is_plain(const asl::Path& path) {
  return path.has_only_names() && are_plain(path.leading_names());
}

std::string expression_of(const asl::Path& path, const std::string& data) {
  return member_of(path.reads_context() ? "$states.context" : data, path.leading_names());
}

// Where the Map's input is read from: directly, or behind a Pass that reads it by JSONPath.
struct Input {
  std::string effective;
};

Input read_input(const Json& map, Batching& batching) {
  const asl::Path input = path_of(map, "InputPath");
  const asl::Path items = path_of(map, "ItemsPath");
  const bool plain = is_plain(input) && is_plain(items);
  if (plain) {
    const std::string effective = expression_of(input, batching.input);
    batching.items = expression_of(items, effective);
    return {effective};
  }
  batching.input = "$states.input.input";
  const std::string effective = "$states.input.effective";
  batching.before = {{"input.$", "$"}, {"effective.$", input.text()}};
  if (is_plain(items)) {
    batching.items = expression_of(items, effective);
  } else if (items.reads_context()) {
    batching.before["items.$"] = items.text();
    batching.items = "$states.input.items";
  } else if (input.is_reference()) {
    batching.before["items.$"] = input.text() + items.text().substr(1);
    batching.items = "$states.input.items";
  } else {
    throw NotBatched("neither InputPath nor ItemsPath is made of names alone");
  }
  return {effective};
}

// The parts of the effective input that the ItemSelector reads, as one object with the same paths.
class SharedInput {
 public:
  void add(const asl::Path& path) {
    Json* node = &parts_;
    for (const std::string& name : path.leading_names()) {
      if (node->is_boolean()) return;
      if (!are_plain(std::vector{name})) break;
      node = &(*node)[name];
      if (node->is_null()) *node = Json::object();
    }
    *node = true;  // the whole of it
  }

  std::string expression(const std::string& effective) const {
    return parts_.empty() ? "" : expression(parts_, effective);
  }

 private:
  static std::string expression(const Json& parts, const std::string& from) {
    if (parts.is_boolean()) return from;
    std::string members;
    for (const auto& [name, part] : parts.items()) {
      members += fmt::format("{}'{}': {}", members.empty() ? "" : ", ", name,
                             expression(part, member_of(from, std::vector{name})));
    }
    return "{" + members + "}";
  }

  Json parts_ = Json::object();
};

// The context object's parts that templates read, by two names at most.
class SharedContext {
 public:
  void add(const asl::Path& path) {
    const PathNames names = path.leading_names();
    if (names.empty()) throw NotBatched("a template reads the whole context object");
    if (names[0] == "Map") return check_item(names, path);
    if (names[0] != "Execution" && names[0] != "StateMachine") {
      throw NotBatched(fmt::format("a template reads '{}', which would differ", path.text()));
    }
    const PathNames read(names.begin(),
                         names.begin() + std::min<std::ptrdiff_t>(2, std::ssize(names)));
    if (!are_plain(read)) throw NotBatched(fmt::format("a template reads '{}'", path.text()));
    read_.insert(read);
  }

  OrderedJson expressions() const {
    OrderedJson result;
    for (const PathNames& names : read_) {
      // The whole comes before its parts.
      if (names.size() > 1 && read_.contains({names[0]})) continue;
      const std::string value = query(member_of("$states.context", names));
      if (names.size() == 1) {
        result[names[0]] = value;
      } else {
        result[names[0]][names[1]] = value;
      }
    }
    return result;
  }

 private:
  static void check_item(const PathNames& names, const asl::Path& path) {
    const bool known =
        names.size() == 1 ||
        (names[1] == "Item" && (names.size() == 2 || names[2] == "Index" || names[2] == "Value"));
    if (!known) throw NotBatched(fmt::format("a template reads '{}'", path.text()));
  }

  std::set<PathNames> read_;
};

void add_context_paths(const std::optional<asl::Template>& parsed, SharedContext& context) {
  if (!parsed) return;
  for (const asl::Path& path : parsed->paths()) {
    if (path.reads_context()) context.add(path);
  }
}

void add_context_path(const std::optional<asl::Path>& path, SharedContext& context) {
  if (path && path->reads_context()) context.add(*path);
}

asl::State parse_task(const Json& task) {
  try {
    return asl::parse_state("Task", task, "the Map");
  } catch (const InvalidInput& error) {
    throw NotBatched(fmt::format("the wrapper cannot apply the inner Task: {}", error.what()));
  }
}

void read_templates(const Json& map, const Json& task, const std::string& effective,
                    Batching& batching) {
  SharedInput input;
  SharedContext context;
  const char* selector = map.contains("ItemSelector") ? "ItemSelector" : "Parameters";
  if (map.contains(selector)) {
    try {
      for (const asl::Path& path : asl::Template::parse(map.at(selector)).paths()) {
        path.reads_context() ? context.add(path) : input.add(path);
      }
    } catch (const InvalidInput& error) {
      throw NotBatched(fmt::format("{}: {}", selector, error.what()));
    }
    batching.entry["Map"]["ItemSelector"] = map.at(selector);
  }
  const asl::State state = parse_task(task);
  add_context_paths(state.flow.parameters, context);
  add_context_paths(state.flow.result_selector, context);
  add_context_path(state.flow.input_path, context);
  add_context_path(state.flow.output_path, context);
  batching.entry["Task"] = task;
  batching.shared_input = input.expression(effective);
  batching.shared_context = context.expressions();
}

bool is_root_or_absent(const Json& map, const char* field) {
  const auto found = map.find(field);
  return found == map.end() || *found == "$";
}

// What follows `$` in a path of the state, now that its data are at `place`.
OrderedJson moved(const Json& map, const char* field, const std::string& place) {
  const auto found = map.find(field);
  if (found == map.end()) return place;
  if (found->is_null()) return nullptr;
  const auto& text = found->get_ref<const std::string&>();
  return text.starts_with("$$") ? text : place + text.substr(1);
}

void write_output(const Json& map, Batching& batching) {
  const auto result_path = map.find("ResultPath");
  const bool dropped = result_path != map.end() && result_path->is_null();
  const auto output_path = map.find("OutputPath");
  const bool nothing = output_path != map.end() && output_path->is_null();
  bool simple =
      !map.contains("ResultSelector") && (nothing || is_root_or_absent(map, "OutputPath"));
  PathNames names;
  if (!dropped) {
    const asl::Path place = path_of(map, "ResultPath");
    names = place.leading_names();
    // An input that is the array itself has no members: JSONPath says so, JSONata would merge.
    simple = simple && is_plain(place) && (names.empty() || batching.items != batching.input);
  }
  if (nothing && simple) {
    batching.output = OrderedJson::object();
  } else if (simple) {
    batching.output =
        query(dropped ? batching.input : with_member(batching.input, names, kResults));
  } else {
    if (!nothing) path_of(map, "OutputPath");  // refuses what is no path
    batching.output = query(fmt::format("{{'input': {}, 'result': {}}}", batching.input, kResults));
    batching.after = {{"Type", "Pass"}, {"InputPath", "$.result"}};
    if (map.contains("ResultSelector")) batching.after["Parameters"] = map.at("ResultSelector");
    batching.after["ResultPath"] = moved(map, "ResultPath", "$.input");
    batching.after["OutputPath"] = moved(map, "OutputPath", "$.input");
  }
}

bool is_simple(const Json& catcher) {
  const auto path = catcher.find("ResultPath");
  if (catcher.contains("Assign")) return false;
  return path == catcher.end() || path->is_null() || is_plain(path_of(catcher, "ResultPath"));
}

}  // namespace

std::string json_path_items(const Json& map) {
  try {
    const asl::Path input = path_of(map, "InputPath");
    const asl::Path items = path_of(map, "ItemsPath");
    if (!is_plain(input) || !is_plain(items)) return "";
    return expression_of(items, expression_of(input, "$states.input"));
  } catch (const NotBatched&) {
    return "";
  }
}

Batching json_path_batching(const Json& map, const Json& task) {
  Batching batching;
  batching.job = "$stepconf_job";
  batching.task_output = query("$states.result.Payload");
  batching.entry = Json::object();
  try {
    if (map.contains("Assign")) throw NotBatched("the Map assigns variables");
    const Input input = read_input(map, batching);
    read_templates(map, task, input.effective, batching);
    write_output(map, batching);
    const auto most = map.find("MaxConcurrency");
    if (most != map.end() && *most != 0) batching.max_concurrency = most->dump();
    const auto catchers = map.find("Catch");
    const bool passes = !batching.before.is_null() || !batching.after.is_null();
    batching.around =
        map.contains("Retry") ||
        (catchers != map.end() && (passes || !std::ranges::all_of(*catchers, is_simple)));
  } catch (const NotBatched& reason) {
    batching.why_not = reason.what();
  }
  return batching;
}

}  // namespace stepconf::machine
