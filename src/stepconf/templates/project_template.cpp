#include "stepconf/templates/project_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "stepconf/base/error.h"

namespace stepconf::templates {
namespace {

// "primes-cpp" is PrimesCpp.
std::string logical_id(const std::string& name) {
  std::string id;
  bool upper = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0) {
      upper = true;
      continue;
    }
    id += upper ? static_cast<char>(std::toupper(byte)) : c;
    upper = false;
  }
  return id;
}

OrderedJson parameter(const std::string& description) {
  return {{"Type", "String"}, {"Description", description}};
}

OrderedJson function_resource(const ProjectFunction& function, const std::string& id,
                              bool serverless) {
  const ProjectRuntime runtime = runtime_of(function.command);
  OrderedJson code = serverless ? OrderedJson{{"Bucket", reference_to("CodeBucket")},
                                              {"Key", reference_to(id + "CodeKey")}}
                                : OrderedJson{{"S3Bucket", reference_to("CodeBucket")},
                                              {"S3Key", reference_to(id + "CodeKey")}};
  OrderedJson properties = {
      {"FunctionName", function.name},
      {"Runtime", runtime.runtime},
      {"Handler", runtime.handler},
      {serverless ? "CodeUri" : "Code", std::move(code)},
      {"Role", reference_to(id + "RoleArn")},
      {"Timeout", static_cast<int>(std::clamp(std::ceil(function.timeout.count()), 1.0, 900.0))},
      {"Architectures", OrderedJson::array({function.architecture})}};
  if (!function.environment.empty()) {
    OrderedJson variables = OrderedJson::object();
    for (const auto& [name, value] : function.environment) variables[name] = value;
    properties["Environment"]["Variables"] = std::move(variables);
  }
  OrderedJson resource = {
      {"Type", serverless ? "AWS::Serverless::Function" : "AWS::Lambda::Function"}};
  if (function.wrapped) resource["Metadata"]["StepConf"]["Wrapped"] = true;
  resource["Properties"] = std::move(properties);
  return resource;
}

// Only Step Functions of this account assumes it.
OrderedJson machine_role() {
  OrderedJson statement = {{"Effect", "Allow"},
                           {"Principal", {{"Service", "states.amazonaws.com"}}},
                           {"Action", "sts:AssumeRole"}};
  statement["Condition"]["StringEquals"]["aws:SourceAccount"] = reference_to("AWS::AccountId");
  OrderedJson trust = {{"Version", "2012-10-17"}, {"Statement", OrderedJson::array({statement})}};
  OrderedJson role = {{"Type", "AWS::IAM::Role"}};
  role["Properties"]["AssumeRolePolicyDocument"] = std::move(trust);
  return role;
}

}  // namespace

ProjectRuntime runtime_of(const std::vector<std::string>& command) {
  const auto client = std::ranges::find_if(command, [](const std::string& word) {
    return word == "awslambdaric" || word.ends_with("aws-lambda-ric");
  });
  if (client == command.end() || client + 1 == command.end()) return {};
  // The newest that Lambda has had for long
  // (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
  return {*client == "awslambdaric" ? "python3.13" : "nodejs22.x", *(client + 1)};
}

Template project_template(const std::string& definition,
                          const std::vector<ProjectFunction>& functions, bool serverless,
                          const std::string& source) {
  OrderedJson root = {{"AWSTemplateFormatVersion", "2010-09-09"}};
  if (serverless) root["Transform"] = "AWS::Serverless-2016-10-31";
  root["Description"] = "A workflow that StepConf configures while it runs";
  OrderedJson parameters = OrderedJson::object();
  OrderedJson resources = OrderedJson::object();
  parameters["CodeBucket"] = parameter("The bucket with the zips of the functions");
  for (const ProjectFunction& function : functions) {
    const std::string id = logical_id(function.name);
    if (resources.contains(id)) {
      throw InvalidInput(
          fmt::format("{}: function \"{}\": another function has the logical id {} already; rename "
                      "one",
                      source, function.name, id));
    }
    parameters[id + "CodeKey"] = parameter(fmt::format("Key of the zip of {}", function.name));
    parameters[id + "RoleArn"] =
        parameter(fmt::format("ARN of the role that {} runs under", function.name));
    resources[id] = function_resource(function, id, serverless);
  }
  OrderedJson properties = {{serverless ? "Definition" : "DefinitionString", {}}};
  if (serverless) {
    properties["Definition"] = OrderedJson::parse(definition);
    properties["Role"] = arn_of("StateMachineRole");
  } else {
    properties["DefinitionString"] = definition;
    properties["RoleArn"] = arn_of("StateMachineRole");
  }
  resources["StateMachine"] = {
      {"Type", serverless ? "AWS::Serverless::StateMachine" : "AWS::StepFunctions::StateMachine"},
      {"Properties", std::move(properties)}};
  resources["StateMachineRole"] = machine_role();
  root["Parameters"] = std::move(parameters);
  root["Resources"] = std::move(resources);
  root["Outputs"]["StateMachineArn"]["Value"] = reference_to("StateMachine");
  return Template(value_of(root), source);
}

}  // namespace stepconf::templates
