#include "stepconf/templates/function_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "stepconf/deploy/wrapper_placement.h"

namespace stepconf::templates {
namespace {

constexpr auto kNotCopied = std::to_array<std::string_view>(
    {"FunctionName", "Events", "AutoPublishAlias", "AutoPublishAliasAllProperties",
     "AutoPublishCodeSha256", "VersionDeletionPolicy", "VersionDescription", "DeploymentPreference",
     "ProvisionedConcurrencyConfig", "ReservedConcurrentExecutions", "EventInvokeConfig",
     "FunctionUrlConfig", "SnapStart"});
// What makes a function's generated role, which the copies share.
constexpr auto kOfRole = std::to_array<std::string_view>(
    {"Policies", "PermissionsBoundary", "RolePath", "AssumeRolePolicyDocument"});

std::string metadata_wrapped(const Template& templ, const std::string& id) {
  const Value* metadata = templ.resource(id)->find("Metadata");
  const Value* ours = metadata != nullptr ? metadata->find("StepConf") : nullptr;
  if (ours == nullptr) return {};
  const Value* wrapped = ours->find("Wrapped");
  if (wrapped == nullptr || !wrapped->is_scalar() || !json_of(*wrapped).is_boolean()) {
    templ.fail(ours, id, "Metadata.StepConf", "must have Wrapped, true or false, and no other");
  }
  return json_of(*wrapped).get<bool>() ? "true" : "false";
}

Seconds timeout_of(const Template& templ, const std::string& id) {
  const auto text = templ.known_text(id, {"Timeout"});
  if (!text) return TemplateFunction().timeout;
  double seconds = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (failure != std::errc() || end != text->data() + text->size() || seconds < 1 ||
      seconds > 900) {
    templ.fail(templ.property(id, {"Timeout"}), id, "Properties.Timeout",
               fmt::format("is \"{}\", must be a number of seconds from 1 to 900", *text));
  }
  return Seconds(seconds);
}

std::string architecture_of(const Template& templ, const std::string& id) {
  const Value* given = templ.property(id, {"Architectures"});
  if (given == nullptr) return "x86_64";
  const auto text = given->elements.size() == 1 ? templ.known_text(given->elements[0])
                                                : std::optional<std::string>();
  if (!text || (*text != "x86_64" && *text != "arm64")) {
    templ.fail(given, id, "Properties.Architectures",
               "must be [x86_64] or [arm64], or a Ref to a parameter with such a default: the "
               "wrapper is built for one");
  }
  return *text;
}

std::size_t layers_in(const Template& templ, const std::string& id, const Value* layers) {
  if (layers == nullptr) return 0;
  if (!layers->is_sequence() || intrinsic_of(*layers)) {
    templ.fail(layers, id, "Properties.Layers",
               "must be a list, for the wrapper's layer is added to it; or say Metadata: "
               "{StepConf: {Wrapped: false}}");
  }
  return layers->elements.size();
}

void expect_room(const Template& templ, const std::string& id) {
  const auto layers = layers_in(templ, id, templ.own_property(id, {"Layers"})) +
                      layers_in(templ, id, templ.global_property(id, {"Layers"}));
  if (layers >= deploy::kMostLayers) {
    templ.fail(templ.property(id, {"Layers"}), id, "Properties.Layers",
               "has five layers, which leaves no room for the wrapper's; merge two, or say "
               "Metadata: {StepConf: {Wrapped: false}} for one job an instance");
  }
  for (const Value* environment :
       {templ.own_property(id, {"Environment"}), templ.global_property(id, {"Environment"})}) {
    if (environment == nullptr) continue;
    const Value* variables = environment->find("Variables");
    if (intrinsic_of(*environment) || (variables != nullptr && intrinsic_of(*variables))) {
      templ.fail(environment, id, "Properties.Environment",
                 "must be a mapping with Variables, for the wrapper's are added to them; or say "
                 "Metadata: {StepConf: {Wrapped: false}}");
    }
    if (variables == nullptr) continue;
    if (const Value* other = variables->find(deploy::kExecWrapper)) {
      templ.fail(other, id,
                 fmt::format("Properties.Environment.Variables.{}", deploy::kExecWrapper),
                 "is there already, and there can be one only; start that from the handler's code "
                 "instead, or say Metadata: {StepConf: {Wrapped: false}}");
    }
  }
}

void add_wrapper(const TemplateFunction& function, const std::string& layer, Value& properties) {
  Value& layers = properties.member("Layers");
  layers.kind = Value::Kind::sequence;
  layers.elements.push_back(value_of(reference_to(layer)));
  if (!function.starts_wrapper) return;
  properties.member("Environment").member("Variables").member(deploy::kExecWrapper) =
      text_value(deploy::kWrapperInLayer);
}

// Globals that a copy must not take over.
void ignore_globals(const Template& templ, const std::string& id, Value& copy) {
  std::vector<std::string> ignored;
  for (const std::string_view name : kNotCopied) {
    if (templ.global_property(id, {name}) != nullptr) ignored.emplace_back(name);
  }
  if (ignored.empty()) return;
  Value& attribute = copy.member("IgnoreGlobals");
  if (attribute.is_scalar()) {
    Value only = std::move(attribute);
    attribute = {.kind = Value::Kind::sequence, .elements = {std::move(only)}};
  }
  attribute.kind = Value::Kind::sequence;
  for (std::string& name : ignored) attribute.elements.push_back(text_value(std::move(name)));
}

}  // namespace

TemplateFunction describe_function(const Template& templ, const std::string& id,
                                   const std::string& name) {
  TemplateFunction function{.id = id,
                            .name = name,
                            .timeout = timeout_of(templ, id),
                            .architecture = architecture_of(templ, id)};
  const std::string wrapped = metadata_wrapped(templ, id);
  const bool image = templ.known_text(id, {"PackageType"}).value_or("Zip") == "Image";
  const bool custom = templ.known_text(id, {"Runtime"}).value_or("").starts_with("provided");
  if (wrapped == "true" && !image && !custom) {
    templ.fail(templ.resource(id)->find("Metadata"), id, "Metadata.StepConf.Wrapped",
               "is true, which is for container images and provided.* only: managed runtimes are "
               "wrapped here");
  }
  if (wrapped == "false") {
    function.why_not_wrapped = "its Metadata says that it is not to be wrapped";
  } else if (image && wrapped.empty()) {
    function.why_not_wrapped =
        "it is a container image, which StepConf does not wrap; docs/templates.md says how to";
  } else if (custom && wrapped.empty()) {
    function.why_not_wrapped =
        "its runtime is its own, which StepConf does not wrap; docs/templates.md says how to";
  }
  function.takes_layer = function.why_not_wrapped.empty() && !image;
  function.starts_wrapper = function.takes_layer && !custom;
  if (function.takes_layer) expect_room(templ, id);
  return function;
}

bool has_log_group(const Template& templ, const std::string& id) {
  return templ.property(id, {"LoggingConfig"}) != nullptr;
}

Value sized_copy(const Template& templ, const TemplateFunction& function, MemoryMb memory,
                 const CopyParts& parts) {
  Value copy = *templ.resource(function.id);
  const bool serverless = templ.kind_of(function.id) == ResourceKind::serverless_function;
  if (serverless) {
    copy.erase("Connectors");
    ignore_globals(templ, function.id, copy);
  }
  Value& properties = copy.member("Properties");
  for (const std::string_view name : kNotCopied) properties.erase(name);
  if (serverless && properties.find("Role") == nullptr) {
    for (const std::string_view name : kOfRole) properties.erase(name);
    // SAM's name for the role that it makes for the original.
    properties.member("Role") = value_of(arn_of(function.id + "Role"));
  }
  properties.member("MemorySize") = value_of(memory.value);
  if (function.takes_layer) add_wrapper(function, parts.layer, properties);
  if (!parts.log_group.empty()) {
    properties.member("LoggingConfig").member("LogGroup") = value_of(reference_to(parts.log_group));
  }
  return copy;
}

}  // namespace stepconf::templates
