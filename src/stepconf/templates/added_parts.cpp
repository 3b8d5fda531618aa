#include "stepconf/templates/added_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/deploy/role_policies.h"

namespace stepconf::templates {
namespace {

constexpr std::size_t kFunctionsOfAPolicy = 40;

Value part(const char* type, OrderedJson properties, const AddedSettings& settings) {
  OrderedJson resource = {{"Type", type}};
  if (!settings.condition.empty()) resource["Condition"] = settings.condition;
  resource["Properties"] = std::move(properties);
  return value_of(resource);
}

Value configurator(const AddedIds& ids, const AddedSettings& settings) {
  OrderedJson variables = {{"STEPCONF_MODE", reference_to(ids.mode)}};
  if (!ids.decisions.empty()) variables["STEPCONF_TABLE"] = reference_to(ids.decisions);
  return part(
      "AWS::Lambda::Function",
      {{"Description", "StepConf: chooses memory, instances and processes before each step"},
       {"Runtime", "provided.al2023"},
       {"Handler", "bootstrap"},
       {"Architectures", OrderedJson::array({settings.configurator_architecture})},
       {"MemorySize", 512},
       {"Timeout", 5},
       {"Role", arn_of(ids.configurator_role)},
       {"Code", fmt::format("{}/{}", settings.folder, kConfiguratorZip)},
       {"Environment", {{"Variables", std::move(variables)}}},
       {"LoggingConfig", {{"LogGroup", reference_to(ids.configurator_logs)}}}},
      settings);
}

Value configurator_role(const AddedIds& ids, const AddedSettings& settings) {
  const Json table = ids.decisions.empty() ? Json() : Json(arn_of(ids.decisions));
  const Json permissions =
      deploy::configurator_permissions(Json(arn_of(ids.configurator_logs)), table);
  return part("AWS::IAM::Role",
              {{"AssumeRolePolicyDocument", OrderedJson(deploy::configurator_trust())},
               {"Policies", OrderedJson::array({{{"PolicyName", "stepconf"},
                                                 {"PolicyDocument", OrderedJson(permissions)}}})}},
              settings);
}

Value decisions(const AddedSettings& settings) {
  return part(
      "AWS::DynamoDB::Table",
      {{"BillingMode", "PAY_PER_REQUEST"},
       {"AttributeDefinitions",
        OrderedJson::array({{{"AttributeName", "execution"}, {"AttributeType", "S"}}})},
       {"KeySchema", OrderedJson::array({{{"AttributeName", "execution"}, {"KeyType", "HASH"}}})},
       {"TimeToLiveSpecification", {{"AttributeName", "expires"}, {"Enabled", true}}}},
      settings);
}

}  // namespace

std::string layer_zip(const std::string& architecture) {
  return fmt::format("wrapper-{}.zip", architecture);
}

std::vector<Value::Member> configurator_parts(const AddedIds& ids, const AddedSettings& settings) {
  std::vector<Value::Member> parts;
  parts.emplace_back(ids.configurator, configurator(ids, settings));
  parts.emplace_back(ids.configurator_role, configurator_role(ids, settings));
  parts.emplace_back(ids.configurator_logs, log_group(ids.configurator, settings));
  if (!ids.decisions.empty()) parts.emplace_back(ids.decisions, decisions(settings));
  return parts;
}

Value mode_parameter() {
  return value_of(
      {{"Type", "String"},
       {"Default", "on"},
       {"AllowedValues", {"on", "observe", "off"}},
       {"Description",
        "StepConf: whether steps run as decided (on), decisions are only logged (observe), or "
        "nothing is decided (off)"}});
}

Value log_group(const std::string& name, const AddedSettings& settings) {
  return part("AWS::Logs::LogGroup",
              {{"LogGroupName", {{"Fn::Sub", "/aws/lambda/${AWS::StackName}-" + name}}},
               {"RetentionInDays", settings.log_retention_days}},
              settings);
}

Value wrapper_layer(const std::string& architecture, const AddedSettings& settings) {
  return part("AWS::Lambda::LayerVersion",
              {{"Description", "StepConf: the wrapper, and what it applies to the jobs of steps"},
               {"CompatibleArchitectures", OrderedJson::array({architecture})},
               {"Content", fmt::format("{}/{}", settings.folder, layer_zip(architecture))}},
              settings);
}

std::vector<Value> invoke_policies(const std::string& role,
                                   const std::vector<std::string>& functions,
                                   const AddedSettings& settings) {
  std::vector<Value> policies;
  for (std::size_t first = 0; first < functions.size(); first += kFunctionsOfAPolicy) {
    Json arns = Json::array();
    const std::size_t end = std::min(first + kFunctionsOfAPolicy, functions.size());
    for (std::size_t i = first; i < end; ++i) arns.push_back(Json(arn_of(functions[i])));
    policies.push_back(
        part("AWS::IAM::ManagedPolicy",
             {{"Description", "StepConf: the state machine calls configurator and functions"},
              {"PolicyDocument", OrderedJson(deploy::invoke_permissions(arns))},
              {"Roles", OrderedJson::array({reference_to(role)})}},
             settings));
  }
  return policies;
}

}  // namespace stepconf::templates
