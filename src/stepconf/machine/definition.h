#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/asl/lambda_arn.h"
#include "stepconf/base/json.h"

// A definition in the Amazon States Language as JSON, whatever it uses: what the generator has to
// know of it, and nothing more. asl/ reads the part that StepConf executes itself.

namespace stepconf::machine {

enum class QueryLanguage { json_path, jsonata };

/// Reads the member QueryLanguage of a machine or state; `otherwise` where it has none.
QueryLanguage language_of(const Json& owner, QueryLanguage otherwise);

/// Gives the states of a machine, branch or processor; an empty object where it has none.
const Json& states_of(const Json& scope);

/// Gives the scopes inside a state: a Map's processor, a Parallel's branches.
std::vector<const Json*> scopes_in(const Json& state);

/// Gives the name of the member that holds a Map's processor: ItemProcessor, or the older Iterator;
/// empty where there is none.
std::string processor_of(const Json& map);

/// Tells whether a Map is a Distributed Map.
bool is_distributed(const Json& map);

/// Tells which function a state calls: a Task that waits for the answer of one Lambda function
/// named in the definition, called with the machine's own rights. Absent for any other state.
std::optional<asl::LambdaFunction> function_of(const Json& state, QueryLanguage language);

/// Gives the text by which a Task names its function: an ARN or a name. REQUIRES: function_of.
std::string function_text(const Json& task, QueryLanguage language);

/// Tells whether a Task names its function's ARN as Resource; else it is a lambda:invoke.
bool has_function_as_resource(const Json& task);

/// Gives the only state of a Map's processor where that is a Task that calls a function, with its
/// name; null where the Map is no step.
const Json* only_task(const Json& map, QueryLanguage machine, std::string* name = nullptr);

/// Names all states of a definition: a state's own name, or where that occurs twice the enclosing
/// states' names and its own, joined by '/', as asl::State::full_name.
class FullNames {
 public:
  explicit FullNames(const Json& definition) { count(definition); }
  /// `path` is the enclosing states' names and the state's own, joined by '/'.
  const std::string& of(const std::string& state, const std::string& path) const;

 private:
  void count(const Json& scope);
  std::map<std::string, int> count_;
};

}  // namespace stepconf::machine
