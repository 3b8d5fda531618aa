#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/templates/template.h"

namespace stepconf::templates {

/// What a project file says of a function, and what its command line gives away.
struct ProjectFunction {
  /// As the definition calls it, without qualifier.
  std::string name{};
  /// How the local platform starts it.
  std::vector<std::string> command{};
  std::map<std::string, std::string> environment{};
  Seconds timeout{60};
  std::string architecture = "x86_64";
  /// Says of a custom runtime that its bootstrap starts the wrapper from the layer.
  bool wrapped = false;
};

/// A managed runtime and its handler, or a custom one.
struct ProjectRuntime {
  std::string runtime = "provided.al2023";
  std::string handler = "bootstrap";
};

/// Reads them off a command line that starts a runtime interface client: `python3 -m awslambdaric
/// HANDLER`, `npx aws-lambda-ric HANDLER`. Anything else is a custom runtime.
ProjectRuntime runtime_of(const std::vector<std::string>& command);

/// Writes a template for a project: its functions, with parameters for what a project does not know
/// (role, and where their code is in S3), and its state machine, called StateMachine, with a role
/// of its own. `definition` calls functions by name or ARN. It is meant to be transformed; SAM
/// where `serverless`. Throws InvalidInput where two functions would have one logical id.
Template project_template(const std::string& definition,
                          const std::vector<ProjectFunction>& functions, bool serverless,
                          const std::string& source);

}  // namespace stepconf::templates
