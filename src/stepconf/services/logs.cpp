#include "stepconf/services/logs.h"

#include <fmt/format.h>

namespace stepconf::services {
namespace {

net::Request logs_request(std::string_view operation, const Json& body) {
  return aws::json_request(fmt::format("Logs_20140328.{}", operation), "1.1", body);
}

// The ARN of a group as its listing gives it ends with ":*", which tagging does not take.
std::string without_star(std::string arn) {
  if (arn.ends_with(":*")) arn.resize(arn.size() - 2);
  return arn;
}

}  // namespace

Json Logs::call(std::string_view operation, const std::string& resource, const Json& request,
                Repeat repeat) {
  return caller_.object(operation, resource, logs_request(operation, request), repeat);
}

Page<LogEvent> Logs::events_page(const std::string& group, const LogFilter& filter,
                                 const std::string& next) {
  Json request{{"logGroupName", group}};
  if (!filter.pattern.empty()) request["filterPattern"] = filter.pattern;
  if (filter.from_ms != 0) request["startTime"] = filter.from_ms;
  if (filter.to_ms != 0) request["endTime"] = filter.to_ms;
  if (!next.empty()) request["nextToken"] = next;
  const Json answer = call("FilterLogEvents", group, request);
  Page<LogEvent> page{.next = text_of(answer, "nextToken")};
  for (const Json& each : objects_of(answer, "events")) {
    page.items.push_back({.time_ms = integer_of(each, "timestamp"),
                          .stream = text_of(each, "logStreamName"),
                          .message = text_of(each, "message")});
  }
  return page;
}

std::vector<LogEvent> Logs::events(const std::string& group, const LogFilter& filter) {
  return all_pages([&](const std::string& next) { return events_page(group, filter, next); });
}

std::vector<LogGroup> Logs::groups(const std::string& prefix) {
  return all_pages([&](const std::string& next) {
    Json request = Json::object();
    if (!prefix.empty()) request["logGroupNamePrefix"] = prefix;
    if (!next.empty()) request["nextToken"] = next;
    const Json answer = call("DescribeLogGroups", prefix, request);
    Page<LogGroup> page{.next = text_of(answer, "nextToken")};
    for (const Json& each : objects_of(answer, "logGroups")) {
      page.items.push_back(
          {.name = text_of(each, "logGroupName"),
           .arn = without_star(text_of(each, "arn")),
           .retention_days = static_cast<int>(integer_of(each, "retentionInDays"))});
    }
    return page;
  });
}

void Logs::create_group(const std::string& name, const Texts& tags) {
  Json request{{"logGroupName", name}};
  if (!tags.empty()) request["tags"] = tags;
  call("CreateLogGroup", name, request, Repeat::kUnsafe);
}

void Logs::set_retention(const std::string& name, int days) {
  call("PutRetentionPolicy", name, {{"logGroupName", name}, {"retentionInDays", days}});
}

bool Logs::remove_group(const std::string& name) {
  return caller_.remove("DeleteLogGroup", name,
                        logs_request("DeleteLogGroup", {{"logGroupName", name}}));
}

void Logs::tag(const std::string& group_arn, const Texts& tags) {
  call("TagResource", group_arn, {{"resourceArn", without_star(group_arn)}, {"tags", tags}});
}

Texts Logs::tags(const std::string& group_arn) {
  return texts_of(
      call("ListTagsForResource", group_arn, {{"resourceArn", without_star(group_arn)}}), "tags");
}

}  // namespace stepconf::services
