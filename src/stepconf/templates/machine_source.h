#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/templates/template.h"

namespace stepconf::templates {

/// Gives the content of a file that a template names, by its path there. Throws InvalidInput.
using ReadFile = std::function<std::string(const std::string& path)>;

/// A state machine's definition as a template has it: a text in which `${NAME}` stands for what
/// CloudFormation puts in when it deploys.
struct MachineSource {
  /// The definition as JSON.
  std::string text{};
  /// What the names stand for, in the template's order.
  std::vector<std::pair<std::string, Value>> substitutions{};
  /// The file it stands in, or the template itself.
  std::string file{};
};

/// Finds the state machine to transform: `wanted`, or the only one where that is empty. Throws
/// InvalidInput where there is none, or more than one and no `wanted`.
std::string find_machine(const Template& templ, const std::string& wanted);

/// Reads a machine's definition, whichever way it is given: Definition, DefinitionString (a text,
/// Fn::Sub, Fn::Join), DefinitionUri or DefinitionS3Location that is a file (JSON or YAML), with
/// DefinitionSubstitutions. Intrinsic functions in it become substitutions of their own. Throws
/// InvalidInput for what cannot be read beforehand, such as an object in S3.
MachineSource machine_source(const Template& templ, const std::string& machine,
                             const ReadFile& read_file);

/// Puts what `${NAME}` stands for into a text; absent names stay. `meaning` gives the text for a
/// name, null where it has none.
std::string with_substitutions(
    std::string_view text, const std::function<const std::string*(const std::string&)>& meaning);

/// A definition whose functions are named as StepConf names them, so that it can be planned and
/// generated from: function NAME is arn:aws:lambda:us-east-1:000000000000:function:NAME.
struct NamedDefinition {
  /// JSON.
  std::string text{};
  /// Of each function of the template that a Task calls: its logical id, by its name.
  std::map<std::string, std::string> id_by_name{};
  /// What texts were before they were changed: of the Resource of Tasks, and of FunctionName.
  std::map<std::string, std::string> original_resource{}, original_name{};
  /// The partition as the definition's own ARNs of states have it; a substitution perhaps. Empty
  /// where there is none.
  std::string partition{};
};

/// Names the functions in a definition: a function of the template by its FunctionName where that
/// is a plain text, else by its logical id. Versions and aliases stand for their function.
/// Functions from elsewhere stay as they are. Throws InvalidInput where the text is no JSON, or two
/// functions have one name.
NamedDefinition named_definition(const Template& templ, const MachineSource& source);

/// Undoes named_definition in a definition that was made of its text: whatever was not changed is
/// as it was before; `partition` takes the place of "aws" in `arn:aws:states:::lambda:invoke`.
std::string with_original_texts(const std::string& definition, const NamedDefinition& named,
                                const std::string& partition);

}  // namespace stepconf::templates
