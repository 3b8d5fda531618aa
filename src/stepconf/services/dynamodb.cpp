#include "stepconf/services/dynamodb.h"

#include <fmt/format.h>

#include <utility>

namespace stepconf::services {
namespace {

net::Request dynamodb_request(std::string_view operation, const Json& body) {
  return aws::json_request(fmt::format("DynamoDB_20120810.{}", operation), "1.0", body);
}

void add_expression(const char* member, const Expression& expression, Json& request) {
  if (expression.text.empty()) return;
  request[member] = expression.text;
  for (const auto& [name, attribute] : expression.names) {
    request["ExpressionAttributeNames"][name] = attribute;
  }
  for (const auto& [name, value] : expression.values.items()) {
    request["ExpressionAttributeValues"][name] = value;
  }
}

Table read_table(const Json& document) {
  Table table{.name = text_of(document, "TableName"),
              .arn = text_of(document, "TableArn"),
              .status = text_of(document, "TableStatus")};
  for (const Json& key : objects_of(document, "KeySchema")) {
    if (text_of(key, "KeyType") == "HASH") table.hash_key = text_of(key, "AttributeName");
  }
  return table;
}

// The item is there where ReturnValuesOnConditionCheckFailure asked for it.
std::optional<Json> item_in(const aws::ServiceError& error) {
  const Json document = Json::parse(error.document(), nullptr, false);
  if (!document.is_object() || !document.contains("Item")) return std::nullopt;
  return document.at("Item");
}

}  // namespace

Json DynamoDb::call(std::string_view operation, const std::string& table, const Json& request,
                    Repeat repeat) {
  return caller_.object(operation, table, dynamodb_request(operation, request), repeat);
}

std::optional<Json> DynamoDb::get_item(const std::string& table, const Json& key) {
  const Json answer =
      call("GetItem", table, {{"TableName", table}, {"Key", key}, {"ConsistentRead", true}});
  const auto item = answer.find("Item");
  if (item == answer.end()) return std::nullopt;
  return *item;
}

Written DynamoDb::write(std::string_view operation, const std::string& table, Json request,
                        const Expression& condition, Repeat repeat) {
  add_expression("ConditionExpression", condition, request);
  if (!condition.text.empty()) request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD";
  try {
    const Json answer = call(operation, table, request, repeat);
    return {.done = true, .item = answer.value("Attributes", Json::object())};
  } catch (const aws::ServiceError& error) {
    if (error.code() != "ConditionalCheckFailedException") throw;
    return {.done = false, .there = item_in(error)};
  }
}

Written DynamoDb::put_item(const std::string& table, const Json& item,
                           const Expression& condition) {
  return write("PutItem", table, {{"TableName", table}, {"Item", item}}, condition,
               condition.text.empty() ? Repeat::kSafe : Repeat::kUnsafe);
}

Written DynamoDb::update_item(const std::string& table, const Json& key, const Expression& update,
                              const Expression& condition) {
  Json request{{"TableName", table}, {"Key", key}, {"ReturnValues", "ALL_NEW"}};
  add_expression("UpdateExpression", update, request);
  return write("UpdateItem", table, std::move(request), condition, Repeat::kUnsafe);
}

Table DynamoDb::create_table(const std::string& name, const std::string& hash_key,
                             const Texts& tags) {
  Json request{{"TableName", name},
               {"BillingMode", "PAY_PER_REQUEST"},
               {"KeySchema", Json::array({{{"AttributeName", hash_key}, {"KeyType", "HASH"}}})},
               {"AttributeDefinitions",
                Json::array({{{"AttributeName", hash_key}, {"AttributeType", "S"}}})}};
  for (const auto& [key, value] : tags) request["Tags"].push_back({{"Key", key}, {"Value", value}});
  return read_table(call("CreateTable", name, request, Repeat::kUnsafe)
                        .value("TableDescription", Json::object()));
}

std::optional<Table> DynamoDb::find_table(const std::string& name) {
  const auto found = caller_.object_if_there(
      "DescribeTable", name, dynamodb_request("DescribeTable", {{"TableName", name}}));
  if (!found) return std::nullopt;
  return read_table(found->value("Table", Json::object()));
}

void DynamoDb::enable_ttl(const std::string& table, const std::string& attribute) {
  call("UpdateTimeToLive", table,
       {{"TableName", table},
        {"TimeToLiveSpecification", {{"AttributeName", attribute}, {"Enabled", true}}}});
}

std::string DynamoDb::ttl_attribute(const std::string& table) {
  const Json found = call("DescribeTimeToLive", table, {{"TableName", table}})
                         .value("TimeToLiveDescription", Json::object());
  const std::string status = text_of(found, "TimeToLiveStatus");
  return status == "ENABLED" || status == "ENABLING" ? text_of(found, "AttributeName") : "";
}

Texts DynamoDb::tags(const std::string& table_arn) {
  Texts tags;
  std::string next;
  do {
    Json request{{"ResourceArn", table_arn}};
    if (!next.empty()) request["NextToken"] = next;
    const Json answer = call("ListTagsOfResource", table_arn, request);
    for (const Json& each : objects_of(answer, "Tags")) {
      tags[text_of(each, "Key")] = text_of(each, "Value");
    }
    const std::string before = std::exchange(next, text_of(answer, "NextToken"));
    if (next == before) break;
  } while (!next.empty());
  return tags;
}

bool DynamoDb::remove_table(const std::string& name) {
  return caller_.remove("DeleteTable", name,
                        dynamodb_request("DeleteTable", {{"TableName", name}}));
}

}  // namespace stepconf::services
