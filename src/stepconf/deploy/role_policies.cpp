#include "stepconf/deploy/role_policies.h"

#include <fmt/format.h>

namespace stepconf::deploy {
namespace {

constexpr const char* kPolicyVersion = "2012-10-17";

Json document(Json statements) {
  return {{"Version", kPolicyVersion}, {"Statement", std::move(statements)}};
}

Json allow(Json actions, Json resources) {
  return {{"Effect", "Allow"}, {"Action", std::move(actions)}, {"Resource", std::move(resources)}};
}

Json trust(const char* service, Json condition = {}) {
  Json statement = {
      {"Effect", "Allow"}, {"Principal", {{"Service", service}}}, {"Action", "sts:AssumeRole"}};
  if (!condition.is_null()) statement["Condition"] = std::move(condition);
  return document(Json::array({std::move(statement)}));
}

}  // namespace

Json configurator_trust() { return trust("lambda.amazonaws.com"); }

Json configurator_permissions(const DeploymentNames& names, bool cache) {
  const std::string log_group = DeploymentNames::log_group(names.configurator());
  return configurator_permissions(names.log_streams_arn(log_group),
                                  cache ? Json(names.table_arn()) : Json());
}

Json configurator_permissions(const Json& log_streams, const Json& table) {
  Json statements =
      Json::array({allow(Json::array({"logs:CreateLogStream", "logs:PutLogEvents"}), log_streams)});
  if (!table.is_null()) {
    statements.push_back(
        allow(Json::array({"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}), table));
  }
  return document(std::move(statements));
}

Json invoke_permissions(const Json& functions) {
  return document(Json::array({allow("lambda:InvokeFunction", functions)}));
}

// So that nobody else's machine borrows the role
// (https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html).
Json machine_trust(const DeploymentNames& names) {
  return trust("states.amazonaws.com",
               {{"StringEquals", {{"aws:SourceAccount", names.account().id}}},
                {"ArnLike", {{"aws:SourceArn", names.machines_arn()}}}});
}

// The copies' prefix stands for all of them: a role's inline policies have 10,240 characters in
// all, too few for the ARNs of a hundred functions.
Json machine_permissions(const DeploymentNames& names) {
  return invoke_permissions(Json::array({names.function_arn(names.configurator(), "*"),
                                         names.function_arn(names.copies_prefix() + "*", "*")}));
}

}  // namespace stepconf::deploy
