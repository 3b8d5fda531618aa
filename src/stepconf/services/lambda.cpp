#include "stepconf/services/lambda.h"

#include <fmt/format.h>

#include "stepconf/base/base64.h"
#include "stepconf/services/lambda_documents.h"

namespace stepconf::services {
namespace {

using aws::Parameters;
using aws::rest_request;

std::string path_of(const std::string& function, std::string_view rest = "") {
  return fmt::format("/2015-03-31/functions/{}{}", aws::path_segment(function), rest);
}

std::string alias_path(const std::string& function, const std::string& alias) {
  return path_of(function, "/aliases/" + aws::path_segment(alias));
}

std::string layer_path(const std::string& layer) {
  return fmt::format("/2018-10-31/layers/{}/versions", aws::path_segment(layer));
}

Parameters qualified(const std::string& qualifier) {
  if (qualifier.empty()) return {};
  return {{"Qualifier", qualifier}};
}

Parameters from(const std::string& marker) {
  if (marker.empty()) return {};
  return {{"Marker", marker}};
}

void set_revision(const std::string& revision, Json& request) {
  if (!revision.empty()) request["RevisionId"] = revision;
}

// The second of two equal calls would find another revision.
Repeat with_revision(const std::string& revision) {
  return revision.empty() ? Repeat::kSafe : Repeat::kUnsafe;
}

}  // namespace

std::optional<LambdaFunction> Lambda::find_configuration(const std::string& function,
                                                         const std::string& qualifier) {
  const auto found = caller_.object_if_there(
      "GetFunctionConfiguration", function,
      rest_request("GET", path_of(function, "/configuration"), qualified(qualifier)));
  if (!found) return std::nullopt;
  return read_function(*found);
}

std::optional<LambdaFunctionWithCode> Lambda::find_function(const std::string& function,
                                                            const std::string& qualifier) {
  const auto found = caller_.object_if_there(
      "GetFunction", function, rest_request("GET", path_of(function), qualified(qualifier)));
  if (!found) return std::nullopt;
  const Json code = found->value("Code", Json::object());
  const std::string resolved = text_of(code, "ResolvedImageUri");
  return LambdaFunctionWithCode{
      .function = read_function(found->value("Configuration", Json::object())),
      .code_url = text_of(code, "Location"),
      .image_uri = resolved.empty() ? text_of(code, "ImageUri") : resolved,
      .tags = texts_of(*found, "Tags")};
}

std::vector<LambdaFunction> Lambda::functions() {
  return all_pages([&](const std::string& marker) {
    const Json answer = caller_.object("ListFunctions", "",
                                       rest_request("GET", "/2015-03-31/functions", from(marker)));
    Page<LambdaFunction> page{.next = text_of(answer, "NextMarker")};
    for (const Json& each : objects_of(answer, "Functions"))
      page.items.push_back(read_function(each));
    return page;
  });
}

LambdaFunction Lambda::create_function(const std::string& name, const LambdaSettings& settings,
                                       const LambdaCode& code, const Texts& tags) {
  Json request{{"FunctionName", name}, {"Code", write_code(code)}, {"Tags", tags}};
  if (!code.image_uri.empty()) request["PackageType"] = "Image";
  write_settings(settings, request);
  return read_function(caller_.object("CreateFunction", name,
                                      rest_request("POST", "/2015-03-31/functions", {}, request),
                                      Repeat::kUnsafe));
}

LambdaFunction Lambda::update_code(const std::string& function, const LambdaCode& code,
                                   const std::string& revision, const std::string& architecture) {
  Json request = write_code(code);
  if (!architecture.empty()) request["Architectures"] = Json::array({architecture});
  set_revision(revision, request);
  return read_function(caller_.object("UpdateFunctionCode", function,
                                      rest_request("PUT", path_of(function, "/code"), {}, request),
                                      with_revision(revision)));
}

LambdaFunction Lambda::update_configuration(const std::string& function,
                                            const LambdaSettings& settings,
                                            const std::string& revision) {
  Json request = Json::object();
  write_settings(settings, request);
  set_revision(revision, request);
  return read_function(
      caller_.object("UpdateFunctionConfiguration", function,
                     rest_request("PUT", path_of(function, "/configuration"), {}, request),
                     with_revision(revision)));
}

LambdaFunction Lambda::publish_version(const std::string& function, const std::string& description,
                                       const std::string& code_sha256,
                                       const std::string& revision) {
  Json request = Json::object();
  if (!description.empty()) request["Description"] = description;
  if (!code_sha256.empty()) request["CodeSha256"] = code_sha256;
  set_revision(revision, request);
  return read_function(caller_.object(
      "PublishVersion", function, rest_request("POST", path_of(function, "/versions"), {}, request),
      with_revision(revision)));
}

std::vector<LambdaFunction> Lambda::versions(const std::string& function) {
  return all_pages([&](const std::string& marker) {
    const Json answer =
        caller_.object("ListVersionsByFunction", function,
                       rest_request("GET", path_of(function, "/versions"), from(marker)));
    Page<LambdaFunction> page{.next = text_of(answer, "NextMarker")};
    for (const Json& each : objects_of(answer, "Versions"))
      page.items.push_back(read_function(each));
    return page;
  });
}

bool Lambda::remove_function(const std::string& function, const std::string& qualifier) {
  return caller_.remove("DeleteFunction", function,
                        rest_request("DELETE", path_of(function), qualified(qualifier)));
}

std::vector<LambdaAlias> Lambda::aliases(const std::string& function) {
  return all_pages([&](const std::string& marker) {
    const Json answer = caller_.object(
        "ListAliases", function, rest_request("GET", path_of(function, "/aliases"), from(marker)));
    Page<LambdaAlias> page{.next = text_of(answer, "NextMarker")};
    for (const Json& each : objects_of(answer, "Aliases")) page.items.push_back(read_alias(each));
    return page;
  });
}

LambdaAlias Lambda::create_alias(const std::string& function, const std::string& alias,
                                 const std::string& version, const std::string& description) {
  const Json request{{"Name", alias}, {"FunctionVersion", version}, {"Description", description}};
  return read_alias(caller_.object("CreateAlias", fmt::format("{}:{}", function, alias),
                                   rest_request("POST", path_of(function, "/aliases"), {}, request),
                                   Repeat::kUnsafe));
}

LambdaAlias Lambda::update_alias(const std::string& function, const std::string& alias,
                                 const std::string& version) {
  return read_alias(caller_.object(
      "UpdateAlias", fmt::format("{}:{}", function, alias),
      rest_request("PUT", alias_path(function, alias), {}, {{"FunctionVersion", version}})));
}

bool Lambda::remove_alias(const std::string& function, const std::string& alias) {
  return caller_.remove("DeleteAlias", fmt::format("{}:{}", function, alias),
                        rest_request("DELETE", alias_path(function, alias)));
}

LambdaInvocation Lambda::invoke(const std::string& function, const std::string& payload,
                                const std::string& qualifier, bool log_tail, Seconds limit) {
  net::Request request =
      rest_request("POST", path_of(function, "/invocations"), qualified(qualifier));
  request.body = payload;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("X-Amz-Invocation-Type", "RequestResponse");
  if (log_tail) request.headers.set("X-Amz-Log-Type", "Tail");
  net::Response answer =
      caller_.call("InvokeFunction", function, std::move(request), Repeat::kUnsafe, limit);
  const auto header = [&answer](const char* name) { return answer.headers.get(name).value_or(""); };
  return {.status = answer.status,
          .payload = std::move(answer.body),
          .function_error = header("X-Amz-Function-Error"),
          .log_tail = from_base64(header("X-Amz-Log-Result")).value_or(""),
          .executed_version = header("X-Amz-Executed-Version")};
}

void Lambda::add_permission(const std::string& function, const std::string& statement,
                            const std::string& action, const std::string& principal,
                            const std::string& source_arn, const std::string& qualifier) {
  Json request{{"StatementId", statement}, {"Action", action}, {"Principal", principal}};
  if (!source_arn.empty()) request["SourceArn"] = source_arn;
  caller_.call("AddPermission", function,
               rest_request("POST", path_of(function, "/policy"), qualified(qualifier), request),
               Repeat::kUnsafe);
}

LambdaLayerVersion Lambda::publish_layer(const std::string& layer, const LambdaCode& code,
                                         const std::string& description,
                                         const std::vector<std::string>& architectures) {
  Json request{{"Content", write_code(code)}, {"Description", description}};
  if (!architectures.empty()) request["CompatibleArchitectures"] = architectures;
  return read_layer_version(caller_.object("PublishLayerVersion", layer,
                                           rest_request("POST", layer_path(layer), {}, request),
                                           Repeat::kUnsafe));
}

std::vector<LambdaLayerVersion> Lambda::layer_versions(const std::string& layer) {
  return all_pages([&](const std::string& marker) {
    Page<LambdaLayerVersion> page;
    const auto answer = caller_.object_if_there(
        "ListLayerVersions", layer, rest_request("GET", layer_path(layer), from(marker)));
    if (!answer) return page;
    page.next = text_of(*answer, "NextMarker");
    for (const Json& each : objects_of(*answer, "LayerVersions")) {
      page.items.push_back(read_layer_version(each));
    }
    return page;
  });
}

void Lambda::remove_layer_version(const std::string& layer, int version) {
  caller_.remove("DeleteLayerVersion", fmt::format("{}:{}", layer, version),
                 rest_request("DELETE", fmt::format("{}/{}", layer_path(layer), version)));
}

LambdaAccount Lambda::account() {
  const Json answer =
      caller_.object("GetAccountSettings", "", rest_request("GET", "/2016-08-19/account-settings"));
  const Json limits = answer.value("AccountLimit", Json::object());
  return {.concurrent_executions = static_cast<int>(integer_of(limits, "ConcurrentExecutions")),
          .unreserved_concurrent_executions =
              static_cast<int>(integer_of(limits, "UnreservedConcurrentExecutions")),
          .total_code_bytes = integer_of(limits, "TotalCodeSize")};
}

void Lambda::tag(const std::string& function_arn, const Texts& tags) {
  caller_.call("TagResource", function_arn,
               rest_request("POST", "/2017-03-31/tags/" + aws::path_segment(function_arn), {},
                            {{"Tags", tags}}));
}

Texts Lambda::tags(const std::string& function_arn) {
  return texts_of(
      caller_.object("ListTags", function_arn,
                     rest_request("GET", "/2017-03-31/tags/" + aws::path_segment(function_arn))),
      "Tags");
}

}  // namespace stepconf::services
