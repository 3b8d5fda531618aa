#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/json.h"
#include "stepconf/net/http.h"
#include "stepconf/platform/local/function_target.h"

namespace stepconf::platform {

/// Answers what SDKs and `aws lambda` ask about functions and their versions: GetFunction,
/// GetFunctionConfiguration, ListFunctions, ListVersionsByFunction, GetAlias and ListAliases
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html). Nothing can be changed.
class FunctionCatalog {
 public:
  /// `options` must outlive it.
  explicit FunctionCatalog(const LocalPlatformOptions& options);

  /// Answers GET /2015-03-31/functions/PATH?QUERY; absent where that is none of these operations.
  std::optional<net::Response> get(std::string_view path, std::string_view query) const;

 private:
  Json configuration(const std::string& name, const FunctionVersion& version,
                     std::string_view qualifier) const;
  Json alias(const std::string& name, const FunctionVersion& version) const;
  net::Response list_functions(std::string_view query) const;
  net::Response list_versions(const std::string& name, std::string_view query) const;
  net::Response list_aliases(const std::string& name, std::string_view query) const;

  const LocalPlatformOptions& options_;
  // Of all functions: when the platform was started.
  std::string modified_;
};

/// Says that there is no such function, alias or version, in Lambda's words.
net::Response not_found(const LocalPlatformOptions& options, const InvokeTarget& target);

/// Says that a name, percent-encoded, with a query names no function.
net::Response bad_name(std::string_view encoded_name, std::string_view query);

}  // namespace stepconf::platform
