// The services' clients for tests that are written in Python against software that others wrote.
// Usage: services_tool <CALLS: a JSON object a line, {"call": "lambda.create_function", ...}, each
// answered by a line {"result": ...} or {"error": message, "code": ..., "status": ...}. The call
// "credentials" shows what the chain finds, "destination" where a service is reached.

#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "stepconf/base/base64.h"
#include "stepconf/services/cloudformation.h"
#include "stepconf/services/dynamodb.h"
#include "stepconf/services/iam.h"
#include "stepconf/services/lambda.h"
#include "stepconf/services/logs.h"
#include "stepconf/services/step_functions.h"
#include "stepconf/services/sts.h"

namespace {

using namespace stepconf;
using namespace stepconf::services;

using Calls = std::map<std::string, std::function<Json(const Json&)>>;

std::string text(const Json& order, const char* name) { return order.value(name, std::string()); }
Texts texts(const Json& order, const char* name) {
  return order.contains(name) ? order.at(name).get<Texts>() : Texts();
}

template <class List, class Show>
Json shown(const List& list, Show show) {
  Json all = Json::array();
  for (const auto& each : list) all.push_back(show(each));
  return all;
}

template <class Maybe, class Show>
Json shown_if_there(const Maybe& maybe, Show show) {
  return maybe ? show(*maybe) : Json();
}

Json show(const LambdaFunction& f) {
  return {{"name", f.name},
          {"arn", f.arn},
          {"version", f.version},
          {"description", f.description},
          {"runtime", f.runtime},
          {"role", f.role},
          {"handler", f.handler},
          {"memory_mb", f.memory_mb},
          {"timeout_s", f.timeout_s},
          {"code_sha256", f.code_sha256},
          {"revision", f.revision},
          {"state", f.state},
          {"environment", f.environment},
          {"layers", f.layers},
          {"settled", f.settled()}};
}
Json show(const LambdaAlias& a) {
  return {{"name", a.name}, {"arn", a.arn}, {"version", a.version}, {"description", a.description}};
}
Json show(const LambdaLayerVersion& v) {
  return {{"arn", v.arn}, {"version", v.version}, {"description", v.description}};
}
Json show(const Execution& e) {
  return {{"arn", e.arn},         {"name", e.name},       {"status", e.status},
          {"started", e.started}, {"stopped", e.stopped}, {"input", e.input},
          {"output", e.output},   {"error", e.error},     {"cause", e.cause}};
}
Json show(const HistoryEvent& e) {
  return {{"id", e.id},
          {"previous_id", e.previous_id},
          {"time", e.time},
          {"type", e.type},
          {"details", e.details}};
}
Json show(const Written& w) {
  return {{"done", w.done}, {"there", w.there ? *w.there : Json()}, {"item", w.item}};
}
Json show(const Table& t) {
  return {{"name", t.name}, {"arn", t.arn}, {"status", t.status}, {"hash_key", t.hash_key}};
}
Json show(const Role& r) {
  return {{"name", r.name},
          {"arn", r.arn},
          {"trust", r.trust},
          {"permissions_boundary", r.permissions_boundary},
          {"tags", r.tags}};
}
Json show(const aws::Credentials& c) {
  return {{"id", c.access_key_id},
          {"secret", c.secret_access_key},
          {"token", c.session_token},
          {"expires", c.expires ? Json(std::chrono::system_clock::to_time_t(*c.expires)) : Json()}};
}
Json show(const RoleSession& s) { return {{"credentials", show(s.credentials)}, {"arn", s.arn}}; }

const auto kShow = [](const auto& value) { return show(value); };

LambdaCode code(const Json& order) {
  return {.zip = from_base64(text(order, "zip")).value_or(""),
          .s3_bucket = text(order, "bucket"),
          .s3_key = text(order, "key")};
}

LambdaSettings settings(const Json& order) {
  return {.runtime = text(order, "runtime"),
          .role = text(order, "role"),
          .handler = text(order, "handler"),
          .description = text(order, "description"),
          .memory_mb = order.value("memory_mb", 128),
          .timeout_s = order.value("timeout_s", 3),
          .environment = texts(order, "environment"),
          .layers = order.value("layers", std::vector<std::string>()),
          .more = order.value("more", Json::object())};
}

Expression expression(const Json& order, const char* name) {
  if (!order.contains(name)) return {};
  const Json& given = order.at(name);
  return {.text = text(given, "text"),
          .names = texts(given, "names"),
          .values = given.value("values", Json::object())};
}

StackRequest stack(const Json& order) {
  return {.name = text(order, "name"),
          .template_body = text(order, "template"),
          .template_url = "",
          .parameters = texts(order, "parameters"),
          .capabilities = order.value("capabilities", std::vector<std::string>()),
          .tags = texts(order, "tags")};
}

void add_lambda(const Session& session, Calls& calls) {
  const auto lambda = std::make_shared<Lambda>(session);
  const auto name = [](const Json& o) { return text(o, "name"); };
  calls["lambda.find_configuration"] = [=](const Json& o) {
    return shown_if_there(lambda->find_configuration(name(o), text(o, "qualifier")), kShow);
  };
  calls["lambda.find_function"] = [=](const Json& o) {
    return shown_if_there(lambda->find_function(name(o), text(o, "qualifier")), [](const auto& f) {
      return Json{{"function", show(f.function)}, {"code_url", f.code_url}, {"tags", f.tags}};
    });
  };
  calls["lambda.functions"] = [=](const Json&) { return shown(lambda->functions(), kShow); };
  calls["lambda.create_function"] = [=](const Json& o) {
    return show(lambda->create_function(name(o), settings(o), code(o), texts(o, "tags")));
  };
  calls["lambda.update_code"] = [=](const Json& o) {
    return show(lambda->update_code(name(o), code(o), text(o, "revision")));
  };
  calls["lambda.update_configuration"] = [=](const Json& o) {
    return show(lambda->update_configuration(name(o), settings(o), text(o, "revision")));
  };
  calls["lambda.publish_version"] = [=](const Json& o) {
    return show(lambda->publish_version(name(o), text(o, "description"), text(o, "code_sha256")));
  };
  calls["lambda.versions"] = [=](const Json& o) { return shown(lambda->versions(name(o)), kShow); };
  calls["lambda.remove_function"] = [=](const Json& o) {
    return lambda->remove_function(name(o), text(o, "qualifier"));
  };
  calls["lambda.aliases"] = [=](const Json& o) { return shown(lambda->aliases(name(o)), kShow); };
  calls["lambda.create_alias"] = [=](const Json& o) {
    return show(lambda->create_alias(name(o), text(o, "alias"), text(o, "version")));
  };
  calls["lambda.update_alias"] = [=](const Json& o) {
    return show(lambda->update_alias(name(o), text(o, "alias"), text(o, "version")));
  };
  calls["lambda.remove_alias"] = [=](const Json& o) {
    return lambda->remove_alias(name(o), text(o, "alias"));
  };
  calls["lambda.invoke"] = [=](const Json& o) {
    const auto done = lambda->invoke(name(o), text(o, "payload"), text(o, "qualifier"), true);
    return Json{{"status", done.status},
                {"payload", done.payload},
                {"error", done.function_error},
                {"log", done.log_tail},
                {"version", done.executed_version}};
  };
  calls["lambda.add_permission"] = [=](const Json& o) {
    lambda->add_permission(name(o), text(o, "statement"), text(o, "action"), text(o, "principal"),
                           text(o, "source_arn"));
    return Json();
  };
  calls["lambda.publish_layer"] = [=](const Json& o) {
    return show(lambda->publish_layer(name(o), code(o), text(o, "description"), {"x86_64"}));
  };
  calls["lambda.layer_versions"] = [=](const Json& o) {
    return shown(lambda->layer_versions(name(o)), kShow);
  };
  calls["lambda.remove_layer_version"] = [=](const Json& o) {
    lambda->remove_layer_version(name(o), o.at("version"));
    return Json();
  };
  calls["lambda.account"] = [=](const Json&) {
    const auto account = lambda->account();
    return Json{{"concurrent", account.concurrent_executions},
                {"code_bytes", account.total_code_bytes}};
  };
  calls["lambda.tag"] = [=](const Json& o) {
    lambda->tag(text(o, "arn"), texts(o, "tags"));
    return Json();
  };
  calls["lambda.tags"] = [=](const Json& o) { return Json(lambda->tags(text(o, "arn"))); };
}

void add_step_functions(const Session& session, Calls& calls) {
  const auto states = std::make_shared<StepFunctions>(session);
  const auto arn = [](const Json& o) { return text(o, "arn"); };
  calls["states.create_machine"] = [=](const Json& o) {
    return states->create_machine({.name = text(o, "name"),
                                   .definition = text(o, "definition"),
                                   .role_arn = text(o, "role"),
                                   .tags = texts(o, "tags")});
  };
  calls["states.update_machine"] = [=](const Json& o) {
    states->update_machine(arn(o), text(o, "definition"), text(o, "role"));
    return Json();
  };
  calls["states.find_machine"] = [=](const Json& o) {
    return shown_if_there(states->find_machine(arn(o)), [](const StateMachine& m) {
      return Json{{"arn", m.arn},
                  {"name", m.name},
                  {"type", m.type},
                  {"status", m.status},
                  {"definition", m.definition},
                  {"role", m.role_arn}};
    });
  };
  calls["states.remove_machine"] = [=](const Json& o) {
    states->remove_machine(arn(o));
    return Json();
  };
  calls["states.start"] = [=](const Json& o) {
    return states->start(arn(o), text(o, "input"), text(o, "name"));
  };
  calls["states.find_execution"] = [=](const Json& o) {
    return shown_if_there(states->find_execution(arn(o)), kShow);
  };
  calls["states.executions"] = [=](const Json& o) {
    return shown(states->executions(arn(o), text(o, "status")), kShow);
  };
  calls["states.history"] = [=](const Json& o) { return shown(states->history(arn(o)), kShow); };
  calls["states.stop"] = [=](const Json& o) {
    states->stop(arn(o), text(o, "error"), text(o, "cause"));
    return Json();
  };
  calls["states.tag"] = [=](const Json& o) {
    states->tag(arn(o), texts(o, "tags"));
    return Json();
  };
  calls["states.tags"] = [=](const Json& o) { return Json(states->tags(arn(o))); };
}

void add_dynamodb(const Session& session, Calls& calls) {
  const auto table = std::make_shared<DynamoDb>(session);
  const auto name = [](const Json& o) { return text(o, "name"); };
  calls["dynamodb.create_table"] = [=](const Json& o) {
    return show(table->create_table(name(o), text(o, "key"), texts(o, "tags")));
  };
  calls["dynamodb.find_table"] = [=](const Json& o) {
    return shown_if_there(table->find_table(name(o)), kShow);
  };
  calls["dynamodb.enable_ttl"] = [=](const Json& o) {
    table->enable_ttl(name(o), text(o, "attribute"));
    return Json();
  };
  calls["dynamodb.ttl_attribute"] = [=](const Json& o) { return table->ttl_attribute(name(o)); };
  calls["dynamodb.tags"] = [=](const Json& o) { return Json(table->tags(text(o, "arn"))); };
  calls["dynamodb.remove_table"] = [=](const Json& o) { return table->remove_table(name(o)); };
  calls["dynamodb.get_item"] = [=](const Json& o) {
    return table->get_item(name(o), o.at("key")).value_or(Json());
  };
  calls["dynamodb.put_item"] = [=](const Json& o) {
    return show(table->put_item(name(o), o.at("item"), expression(o, "condition")));
  };
  calls["dynamodb.update_item"] = [=](const Json& o) {
    return show(table->update_item(name(o), o.at("key"), expression(o, "update"),
                                   expression(o, "condition")));
  };
}

void add_cloudformation(const Session& session, Calls& calls) {
  const auto stacks = std::make_shared<CloudFormation>(session);
  calls["cloudformation.create_stack"] = [=](const Json& o) {
    return stacks->create_stack(stack(o));
  };
  calls["cloudformation.update_stack"] = [=](const Json& o) {
    return shown_if_there(stacks->update_stack(stack(o)), [](const auto& id) { return Json(id); });
  };
  calls["cloudformation.find_stack"] = [=](const Json& o) {
    return shown_if_there(stacks->find_stack(text(o, "name")), [](const Stack& s) {
      return Json{{"id", s.id},           {"name", s.name},
                  {"status", s.status},   {"parameters", s.parameters},
                  {"outputs", s.outputs}, {"tags", s.tags}};
    });
  };
  calls["cloudformation.events"] = [=](const Json& o) {
    return shown(stacks->events(text(o, "name")), [](const StackEvent& e) {
      return Json{{"id", e.id},
                  {"time", e.time},
                  {"logical_id", e.logical_id},
                  {"type", e.resource_type},
                  {"status", e.status}};
    });
  };
  calls["cloudformation.remove_stack"] = [=](const Json& o) {
    stacks->remove_stack(text(o, "name"));
    return Json();
  };
}

void add_logs(const Session& session, Calls& calls) {
  const auto logs = std::make_shared<Logs>(session);
  const auto name = [](const Json& o) { return text(o, "name"); };
  calls["logs.create_group"] = [=](const Json& o) {
    logs->create_group(name(o), texts(o, "tags"));
    return Json();
  };
  calls["logs.groups"] = [=](const Json& o) {
    return shown(logs->groups(name(o)), [](const LogGroup& g) {
      return Json{{"name", g.name}, {"arn", g.arn}, {"retention_days", g.retention_days}};
    });
  };
  calls["logs.set_retention"] = [=](const Json& o) {
    logs->set_retention(name(o), o.at("days"));
    return Json();
  };
  calls["logs.remove_group"] = [=](const Json& o) { return logs->remove_group(name(o)); };
  calls["logs.events"] = [=](const Json& o) {
    const LogFilter filter{.pattern = text(o, "pattern"),
                           .from_ms = o.value("from_ms", std::int64_t{0}),
                           .to_ms = o.value("to_ms", std::int64_t{0})};
    return shown(logs->events(name(o), filter), [](const LogEvent& e) {
      return Json{{"time_ms", e.time_ms}, {"stream", e.stream}, {"message", e.message}};
    });
  };
  calls["logs.tag"] = [=](const Json& o) {
    logs->tag(text(o, "arn"), texts(o, "tags"));
    return Json();
  };
  calls["logs.tags"] = [=](const Json& o) { return Json(logs->tags(text(o, "arn"))); };
}

void add_identity(const Session& session, Calls& calls) {
  const auto sts = std::make_shared<Sts>(session);
  calls["sts.caller_identity"] = [=](const Json&) {
    const auto who = sts->caller_identity();
    return Json{{"account", who.account}, {"arn", who.arn}, {"user_id", who.user_id}};
  };
  calls["sts.assume_role"] = [=](const Json& o) {
    return show(sts->assume_role(text(o, "arn"), text(o, "session"), text(o, "external_id")));
  };
  calls["sts.assume_role_with_web_identity"] = [=](const Json& o) {
    return show(
        sts->assume_role_with_web_identity(text(o, "arn"), text(o, "session"), text(o, "token")));
  };
  const auto iam = std::make_shared<Iam>(session);
  const auto name = [](const Json& o) { return text(o, "name"); };
  calls["iam.create_role"] = [=](const Json& o) {
    return show(iam->create_role(name(o), text(o, "trust"), texts(o, "tags")));
  };
  calls["iam.find_role"] = [=](const Json& o) {
    return shown_if_there(iam->find_role(name(o)), kShow);
  };
  calls["iam.update_trust"] = [=](const Json& o) {
    iam->update_trust(name(o), text(o, "trust"));
    return Json();
  };
  calls["iam.remove_role"] = [=](const Json& o) { return iam->remove_role(name(o)); };
  calls["iam.put_role_policy"] = [=](const Json& o) {
    iam->put_role_policy(name(o), text(o, "policy"), text(o, "document"));
    return Json();
  };
  calls["iam.find_role_policy"] = [=](const Json& o) {
    return shown_if_there(iam->find_role_policy(name(o), text(o, "policy")),
                          [](const auto& document) { return Json(document); });
  };
  calls["iam.role_policies"] = [=](const Json& o) { return Json(iam->role_policies(name(o))); };
  calls["iam.remove_role_policy"] = [=](const Json& o) {
    return iam->remove_role_policy(name(o), text(o, "policy"));
  };
  calls["iam.attach_role_policy"] = [=](const Json& o) {
    iam->attach_role_policy(name(o), text(o, "policy"));
    return Json();
  };
  calls["iam.attached_policies"] = [=](const Json& o) {
    return Json(iam->attached_policies(name(o)));
  };
  calls["iam.detach_role_policy"] = [=](const Json& o) {
    return iam->detach_role_policy(name(o), text(o, "policy"));
  };
}

Calls service_calls() {
  const Session session = open_session(aws::process_environment(),
                                       {.retry = {.attempts = 4, .first_wait = Seconds{0.01}}});
  Calls calls;
  add_lambda(session, calls);
  add_step_functions(session, calls);
  add_dynamodb(session, calls);
  add_cloudformation(session, calls);
  add_logs(session, calls);
  add_identity(session, calls);
  return calls;
}

Json destination_of(const Json& order) {
  for (const aws::Service& service : {aws::kLambda, aws::kStepFunctions, aws::kDynamoDb,
                                      aws::kCloudFormation, aws::kSts, aws::kLogs, aws::kIam}) {
    if (service.signing != text(order, "service")) continue;
    const auto there = aws::destination(service, aws::process_environment());
    return {{"origin", there.origin.text()}, {"region", there.scope.region}};
  }
  throw InvalidInput("no such service");
}

Json answer(const Json& order) {
  const std::string call = text(order, "call");
  if (call == "credentials") {
    return show(
        aws::find_credentials(aws::process_environment(), std::chrono::system_clock::now()));
  }
  if (call == "destination") return destination_of(order);
  static const Calls calls = service_calls();
  return calls.at(call)(order);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    Json out;
    try {
      out["result"] = answer(Json::parse(line));
    } catch (const aws::ServiceError& error) {
      out = {{"error", error.what()}, {"code", error.code()}, {"status", error.status()}};
    } catch (const std::exception& error) {
      out = {{"error", error.what()}};
    }
    std::cout << out.dump() << std::endl;
  }
}
