#include "stepconf/templates/machine_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/templates/read.h"

namespace stepconf::templates {
namespace {

// Reads one machine; collects its substitutions.
class Reader {
 public:
  Reader(const Template& templ, const std::string& machine) : template_(templ), machine_(machine) {
    const Value* given = templ.own_property(machine, {"DefinitionSubstitutions"});
    if (given == nullptr) return;
    for (const auto& [name, value] : given->members)
      source_.substitutions.emplace_back(name, value);
  }

  MachineSource take() { return std::move(source_); }

  void read(const ReadFile& read_file);

 private:
  [[noreturn]] void fail(const Value* at, const char* field, const std::string& what) const {
    template_.fail(at, machine_, std::string("Properties.") + field, what);
  }

  void read_file(const char* field, const Value& path, const ReadFile& read_file);
  std::string text_of(const char* field, const Value& value);
  std::string sub(const char* field, const Value& argument);
  std::string hole(const std::string& wanted, const Value& value);
  OrderedJson json_with_holes(const Value& value);

  const Template& template_;
  const std::string& machine_;
  MachineSource source_;
};

void Reader::read(const ReadFile& read_file) {
  source_.file = template_.source();
  if (const Value* value = template_.own_property(machine_, {"Definition"})) {
    if (!value->is_mapping() || intrinsic_of(*value)) {
      fail(value, "Definition", "must be a mapping with StartAt and States");
    }
    source_.text = json_with_holes(*value).dump(2);
    return;
  }
  if (const Value* value = template_.own_property(machine_, {"DefinitionString"})) {
    source_.text = text_of("DefinitionString", *value);
    return;
  }
  for (const char* field : {"DefinitionUri", "DefinitionS3Location"}) {
    if (const Value* value = template_.own_property(machine_, {field})) {
      this->read_file(field, *value, read_file);
      return;
    }
  }
  fail(template_.resource(machine_), "Definition",
       "is missing; give it there, in DefinitionString, or as a file in DefinitionUri");
}

void Reader::read_file(const char* field, const Value& path, const ReadFile& read_file) {
  if (intrinsic_of(path) || !path.is_scalar() || path.scalar.starts_with("s3://") ||
      path.scalar.starts_with("http")) {
    fail(&path, field,
         "must be the path of a file, which is to be read now; transform the template before it is "
         "packaged");
  }
  source_.file = path.scalar;
  const std::string content = read_file(path.scalar);
  source_.text = format_of(content) == Format::json
                     ? content
                     : json_of(read_value(content, path.scalar)).dump(2);
}

std::string Reader::hole(const std::string& wanted, const Value& value) {
  const auto equal = [&](const auto& known) {
    return json_of(known.second) == json_of(value) && known.first.starts_with(wanted);
  };
  auto& known = source_.substitutions;
  if (const auto found = std::ranges::find_if(known, equal); found != known.end()) {
    return "${" + found->first + "}";
  }
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(known, [&](const auto& one) { return one.first == name; });
  };
  std::string name = wanted;
  for (int number = 2; is_taken(name); ++number) name = fmt::format("{}x{}", wanted, number);
  known.emplace_back(name, value);
  return "${" + name + "}";
}

// "${A.Arn}" of Fn::Sub becomes a substitution AArn, "${!A}" the text "${A}".
std::string Reader::sub(const char* field, const Value& argument) {
  const Value* text = &argument;
  const Value* variables = nullptr;
  if (argument.is_sequence()) {
    if (argument.elements.size() != 2 || !argument.elements[1].is_mapping()) {
      fail(&argument, field, "Fn::Sub must have a text, or a text and a mapping");
    }
    text = &argument.elements[0];
    variables = &argument.elements[1];
  }
  if (!text->is_scalar()) fail(&argument, field, "Fn::Sub must have a text");
  std::string result;
  std::string_view rest = text->scalar;
  while (!rest.empty()) {
    const auto begin = rest.find("${");
    const auto end = begin == rest.npos ? rest.npos : rest.find('}', begin);
    result += rest.substr(0, end == rest.npos ? rest.npos : begin);
    if (end == rest.npos) break;
    const std::string name(rest.substr(begin + 2, end - begin - 2));
    rest.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      result += "${" + name.substr(1) + "}";
      continue;
    }
    const Value* variable = variables != nullptr ? variables->find(name) : nullptr;
    const bool attribute = name.find('.') != std::string::npos;
    Value value = variable != nullptr ? *variable : text_value(name);
    if (variable == nullptr) value.tag = attribute ? "!GetAtt" : "!Ref";
    result += hole(as_logical_id(name), value);
  }
  return result;
}

std::string Reader::text_of(const char* field, const Value& value) {
  const Intrinsic intrinsic = intrinsic_of(value);
  if (!intrinsic) {
    if (!value.is_scalar()) fail(&value, field, "must be a text");
    return value.scalar;
  }
  if (intrinsic.name == "Sub") return sub(field, *intrinsic.argument);
  const Value& argument = *intrinsic.argument;
  if (intrinsic.name == "Join" && argument.elements.size() == 2 &&
      argument.elements[0].is_scalar() && argument.elements[1].is_sequence() &&
      !intrinsic_of(argument.elements[1])) {
    std::vector<std::string> parts;
    for (const Value& element : argument.elements[1].elements) {
      parts.push_back(text_of(field, element));
    }
    return fmt::format("{}", fmt::join(parts, argument.elements[0].scalar));
  }
  const auto [id, name] = attribute_of(intrinsic);
  if (!id.empty()) return hole(as_logical_id(id + name), value);
  if (intrinsic.name == "Ref" && argument.is_scalar()) {
    return hole(as_logical_id(argument.scalar), value);
  }
  return hole("StepConfValue", value);
}

OrderedJson Reader::json_with_holes(const Value& value) {
  // A Condition is a field of some states, not a function.
  const Intrinsic intrinsic = intrinsic_of(value);
  if (intrinsic && intrinsic.name != "Condition") return text_of("Definition", value);
  if (value.is_sequence()) {
    OrderedJson array = OrderedJson::array();
    for (const Value& element : value.elements) array.push_back(json_with_holes(element));
    return array;
  }
  if (value.is_mapping()) {
    OrderedJson object = OrderedJson::object();
    for (const auto& [name, member] : value.members) object[name] = json_with_holes(member);
    return object;
  }
  return json_of(value);
}

}  // namespace

std::string find_machine(const Template& templ, const std::string& wanted) {
  const auto machines = templ.ids_of(ResourceKind::machine, ResourceKind::serverless_machine);
  if (machines.empty()) {
    throw InvalidInput(fmt::format(
        "{}: Resources: there is no state machine, must have an AWS::Serverless::StateMachine or "
        "AWS::StepFunctions::StateMachine",
        templ.source()));
  }
  if (wanted.empty() && machines.size() > 1) {
    throw InvalidInput(fmt::format(
        "{}: Resources: there are several state machines; choose one with --state-machine: {}",
        templ.source(), fmt::join(machines, ", ")));
  }
  if (wanted.empty()) return machines.front();
  if (std::ranges::find(machines, wanted) == machines.end()) {
    throw InvalidInput(fmt::format("{}: Resources: has no state machine \"{}\"; there is {}",
                                   templ.source(), wanted, fmt::join(machines, ", ")));
  }
  return wanted;
}

MachineSource machine_source(const Template& templ, const std::string& machine,
                             const ReadFile& read_file) {
  Reader reader(templ, machine);
  reader.read(read_file);
  return reader.take();
}

std::string with_substitutions(
    std::string_view text, const std::function<const std::string*(const std::string&)>& meaning) {
  std::string result;
  while (!text.empty()) {
    const auto begin = text.find("${");
    const auto end = begin == text.npos ? text.npos : text.find('}', begin);
    if (end == text.npos) break;
    result += text.substr(0, begin);
    const std::string_view whole = text.substr(begin, end + 1 - begin);
    const std::string* known = meaning(std::string(whole.substr(2, whole.size() - 3)));
    result += known != nullptr ? std::string_view(*known) : whole;
    text.remove_prefix(end + 1);
  }
  return result + std::string(text);
}

}  // namespace stepconf::templates
