#include "stepconf/templates/transform.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/base/error.h"

namespace stepconf::templates {
namespace {

std::string substitution(const std::string& name) { return "${" + name + "}"; }

// The machine's role: its logical id, empty where it is not in the template.
std::string role_of(const Template& templ, const std::string& machine) {
  const bool serverless = templ.kind_of(machine) == ResourceKind::serverless_machine;
  const Value* role = templ.own_property(machine, {serverless ? "Role" : "RoleArn"});
  if (role == nullptr) {
    if (serverless) return machine + "Role";
    templ.fail(templ.resource(machine), machine, "Properties.RoleArn", "is missing");
  }
  const Intrinsic intrinsic = intrinsic_of(*role);
  std::string id = attribute_of(intrinsic).first;
  if (intrinsic.name == "Sub" && intrinsic.argument->is_scalar()) {
    const std::string& text = intrinsic.argument->scalar;
    if (text.starts_with("${") && text.ends_with(".Arn}")) id = text.substr(2, text.size() - 7);
  }
  const Value* resource = templ.resource(id);
  const bool is_role = resource != nullptr && resource->find("Type")->scalar == "AWS::IAM::Role";
  return is_role ? id : std::string();
}

void add_depends_on(Value& resource, const std::vector<std::string>& ids) {
  Value& depends = resource.member("DependsOn");
  if (depends.is_scalar()) {
    Value only = std::move(depends);
    depends = {.kind = Value::Kind::sequence, .elements = {std::move(only)}};
  }
  depends.kind = Value::Kind::sequence;
  for (const std::string& id : ids) depends.elements.push_back(text_value(id));
}

// Writes one transformed template.
class Writer {
 public:
  Writer(const Template& templ, const std::string& machine, const TransformSettings& settings)
      : before_(templ),
        after_(templ),
        machine_(machine),
        settings_{.folder = settings.folder,
                  .configurator_architecture = settings.configurator_architecture,
                  .log_retention_days = settings.log_retention_days,
                  .condition = {}} {
    const Value* condition = templ.resource(machine)->find("Condition");
    if (condition != nullptr) settings_.condition = condition->scalar;
  }

  Transformed take() {
    const std::size_t resources = after_.resources().members.size();
    if (resources > kMostResources) {
      throw InvalidInput(fmt::format(
          "{}: would have {} resources, and CloudFormation takes {}; choose fewer memory sizes "
          "(configurations.memory_mb in the project file)",
          before_.source(), resources, kMostResources));
    }
    result_.root = std::move(after_.root());
    return std::move(result_);
  }

  void add_parameter(const std::string& id, Value parameter) {
    section("Parameters").members.emplace_back(id, std::move(parameter));
  }
  void add_output(const std::string& id, const std::string& description, const OrderedJson& value) {
    OrderedJson output = {{"Description", description}, {"Value", value}};
    if (!settings_.condition.empty()) output["Condition"] = settings_.condition;
    section("Outputs").members.emplace_back(id, value_of(output));
  }

  void add_configurator(const AddedIds& ids) {
    for (auto& [id, resource] : configurator_parts(ids, settings_)) add(id, std::move(resource));
  }

  void add_copies(const TemplateFunction& function,
                  const std::map<MemoryMb, std::string>& ids_by_size) {
    CopyParts parts;
    if (function.takes_layer) parts.layer = layer(function.architecture);
    if (!has_log_group(before_, function.id)) {
      parts.log_group = after_.free_id(function.id + "SizesLogs");
      add(parts.log_group, log_group(function.id + "-sizes", settings_));
    }
    for (const auto& [memory, id] : ids_by_size) {
      Value copy = sized_copy(before_, function, memory, parts);
      if (!settings_.condition.empty()) copy.member("Condition") = text_value(settings_.condition);
      add(id, std::move(copy));
    }
  }

  void remove_function(const std::string& id) { after_.resources().erase(id); }

  void set_definition(const std::vector<std::pair<std::string, Value>>& substitutions) {
    Value& properties = after_.resources().member(machine_).member("Properties");
    for (const char* field : {"Definition", "DefinitionString", "DefinitionUri",
                              "DefinitionS3Location", "DefinitionSubstitutions"}) {
      properties.erase(field);
    }
    const bool serverless = before_.kind_of(machine_) == ResourceKind::serverless_machine;
    properties.member(serverless ? "DefinitionUri" : "DefinitionS3Location") =
        text_value(fmt::format("{}/{}", settings_.folder, kDefinitionFile));
    Value& member = properties.member("DefinitionSubstitutions");
    member.kind = Value::Kind::mapping;
    for (const auto& [name, value] : substitutions) member.members.emplace_back(name, value);
  }

  void allow_calls(const std::vector<std::string>& functions) {
    const std::string role = role_of(before_, machine_);
    if (role.empty()) {
      result_.remarks.push_back(
          fmt::format("the role of {} is not in the template: let it do lambda:InvokeFunction on "
                      "{} and the functions whose logical ids end in Mem and their size",
                      machine_, functions.front()));
      return;
    }
    std::vector<std::string> ids;
    for (Value& policy : invoke_policies(role, functions, settings_)) {
      ids.push_back(after_.free_id(fmt::format("{}Calls{}", machine_, ids.size() + 1)));
      add(ids.back(), std::move(policy));
    }
    add_depends_on(after_.resources().member(machine_), ids);
  }

 private:
  void add(const std::string& id, Value resource) {
    after_.resources().members.emplace_back(id, std::move(resource));
  }

  // A section is written before Resources where it is a new one.
  Value& section(const char* name) {
    Value& root = after_.root();
    if (Value* found = root.find(name)) return *found;
    const auto resources =
        std::ranges::find(root.members, std::string("Resources"), &Value::Member::first);
    const bool first = std::string_view(name) == "Parameters";
    Value empty{.kind = Value::Kind::mapping};
    const auto place = first ? resources : root.members.end();
    return root.members.emplace(place, name, std::move(empty))->second;
  }

  std::string layer(const std::string& architecture) {
    const auto [known, fresh] = layers_.emplace(architecture, std::string());
    if (fresh) {
      known->second = after_.free_id(
          fmt::format("{}Wrapper{}", machine_, architecture == "arm64" ? "Arm64" : "X8664"));
      add(known->second, wrapper_layer(architecture, settings_));
      result_.architectures.insert(architecture);
    }
    return known->second;
  }

  const Template& before_;
  Template after_;
  const std::string& machine_;
  AddedSettings settings_;
  std::map<std::string, std::string> layers_;
  Transformed result_;
};

}  // namespace

Transform::Transform(Template templ, const std::string& machine, const ReadFile& read_file)
    : template_(std::move(templ)),
      machine_(find_machine(template_, machine)),
      source_(machine_source(template_, machine_, read_file)),
      definition_(named_definition(template_, source_)) {
  for (const auto& [name, id] : definition_.id_by_name) {
    functions_[name] = describe_function(template_, id, name);
  }
  ids_ = {.configurator = free_name(machine_ + "Configurator"),
          .configurator_role = free_name(machine_ + "ConfiguratorRole"),
          .configurator_logs = free_name(machine_ + "ConfiguratorLogs"),
          .decisions = free_name(machine_ + "Decisions"),
          .mode = free_name(machine_ + "Mode")};
  partition_ = free_name("Partition");
}

// A name that is neither a logical id nor one of the machine's substitutions.
std::string Transform::free_name(const std::string& wanted) const {
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(source_.substitutions,
                               [&](const auto& one) { return one.first == name; });
  };
  std::string name = template_.free_id(wanted);
  while (is_taken(name)) name = template_.free_id(name + "x");
  return name;
}

std::string Transform::configurator() const { return substitution(ids_.configurator); }

std::string Transform::copy_name(const std::string& function, MemoryMb memory) {
  const auto known = functions_.find(function);
  const std::string& id = known == functions_.end() ? function : known->second.id;
  std::string& name = copies_[function][memory];
  if (name.empty()) name = free_name(fmt::format("{}Mem{}", id, memory.value));
  return name;
}

void Transform::adapt(machine::GeneratorOptions& options) const {
  std::set<std::string> ours;
  for (const auto& [function, ids_by_size] : copies_) {
    if (!functions_.contains(function)) continue;
    for (const auto& [memory, id] : ids_by_size) ours.insert(id);
  }
  std::erase_if(options.steps, [&](const auto& entry) {
    return std::ranges::any_of(entry.second.functions,
                               [&](const auto& one) { return !ours.contains(one.second); });
  });
  for (auto& [step, choice] : options.steps) {
    for (const auto& [memory, id] : choice.functions) choice.called[id] = substitution(id);
  }
}

Transformed Transform::apply(const machine::GeneratorOptions& options,
                             const machine::GeneratedMachine& machine,
                             const TransformSettings& settings) const {
  if (options.steps.empty()) {
    throw InvalidInput(fmt::format(
        "{}: Resources.{}: calls no function of this template: there is nothing to choose",
        template_.source(), machine_));
  }
  std::set<std::string> needed;
  for (const auto& [step, choice] : options.steps) {
    for (const auto& [memory, id] : choice.functions) needed.insert(id);
  }
  Writer writer(template_, machine_, settings);
  AddedIds ids = ids_;
  if (!settings.decisions_table) ids.decisions.clear();
  writer.add_parameter(ids.mode, mode_parameter());
  writer.add_configurator(ids);

  std::vector<std::string> called = {ids.configurator};
  for (const auto& [function, ids_by_size] : copies_) {
    std::map<MemoryMb, std::string> wanted;
    for (const auto& [memory, id] : ids_by_size) {
      if (needed.contains(id)) wanted.emplace(memory, id);
    }
    if (wanted.empty()) continue;
    writer.add_copies(functions_.at(function), wanted);
    for (const auto& [memory, id] : wanted) called.push_back(id);
    if (!settings.keep_functions) writer.remove_function(functions_.at(function).id);
  }

  const std::string own = definition_.partition;
  const std::string definition = with_original_texts(machine.definition, definition_,
                                                     own.empty() ? substitution(partition_) : own);
  std::vector<std::pair<std::string, Value>> substitutions;
  const auto add_used = [&](const std::string& name, const Value& value) {
    if (definition.find(substitution(name)) == definition.npos) return;
    substitutions.emplace_back(name, value);
  };
  for (const auto& [name, value] : source_.substitutions) add_used(name, value);
  add_used(partition_, value_of(reference_to("AWS::Partition")));
  for (const std::string& id : called) add_used(id, value_of(arn_of(id)));
  writer.set_definition(substitutions);
  writer.allow_calls(called);
  writer.add_output(ids.configurator, "StepConf: the function that decides",
                    reference_to(ids.configurator));
  Transformed result = writer.take();
  result.definition = definition;
  return result;
}

}  // namespace stepconf::templates
