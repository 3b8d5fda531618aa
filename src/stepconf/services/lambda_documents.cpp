#include "stepconf/services/lambda_documents.h"

#include "stepconf/base/base64.h"

namespace stepconf::services {

LambdaFunction read_function(const Json& document) {
  LambdaFunction function{.name = text_of(document, "FunctionName"),
                          .arn = text_of(document, "FunctionArn"),
                          .version = text_of(document, "Version"),
                          .description = text_of(document, "Description"),
                          .runtime = text_of(document, "Runtime"),
                          .role = text_of(document, "Role"),
                          .handler = text_of(document, "Handler"),
                          .memory_mb = static_cast<int>(integer_of(document, "MemorySize")),
                          .timeout_s = static_cast<int>(integer_of(document, "Timeout")),
                          .code_sha256 = text_of(document, "CodeSha256"),
                          .revision = text_of(document, "RevisionId"),
                          .package_type = text_of(document, "PackageType"),
                          .state = text_of(document, "State"),
                          .state_reason = text_of(document, "StateReason"),
                          .last_update = text_of(document, "LastUpdateStatus"),
                          .last_update_reason = text_of(document, "LastUpdateStatusReason"),
                          .document = document};
  const auto environment = document.find("Environment");
  if (environment != document.end()) function.environment = texts_of(*environment, "Variables");
  for (const Json& layer : objects_of(document, "Layers")) {
    function.layers.push_back(text_of(layer, "Arn"));
  }
  const auto architectures = document.find("Architectures");
  if (architectures != document.end() && architectures->is_array()) {
    for (const Json& name : *architectures) {
      if (name.is_string()) function.architectures.push_back(name);
    }
  }
  return function;
}

LambdaAlias read_alias(const Json& document) {
  return {.name = text_of(document, "Name"),
          .arn = text_of(document, "AliasArn"),
          .version = text_of(document, "FunctionVersion"),
          .description = text_of(document, "Description")};
}

LambdaLayerVersion read_layer_version(const Json& document) {
  return {.arn = text_of(document, "LayerVersionArn"),
          .version = static_cast<int>(integer_of(document, "Version")),
          .description = text_of(document, "Description")};
}

void write_settings(const LambdaSettings& settings, Json& request) {
  request.update(settings.more);
  const auto set = [&request](const char* name, const std::string& value) {
    if (!value.empty()) request[name] = value;
  };
  set("Runtime", settings.runtime);
  set("Role", settings.role);
  set("Handler", settings.handler);
  set("Description", settings.description);
  request["MemorySize"] = settings.memory_mb;
  request["Timeout"] = settings.timeout_s;
  request["Environment"] = {{"Variables", settings.environment}};
  request["Layers"] = settings.layers;
}

Json write_code(const LambdaCode& code) {
  if (!code.image_uri.empty()) return {{"ImageUri", code.image_uri}};
  if (!code.s3_key.empty()) return {{"S3Bucket", code.s3_bucket}, {"S3Key", code.s3_key}};
  return {{"ZipFile", base64(code.zip)}};
}

}  // namespace stepconf::services
