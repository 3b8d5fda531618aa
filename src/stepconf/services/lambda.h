#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/services/caller.h"
#include "stepconf/services/pages.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

/// A function, or one of its versions, as Lambda describes it.
struct LambdaFunction {
  std::string name{};
  std::string arn{};
  /// "$LATEST" or a number.
  std::string version{};
  std::string description{};
  std::string runtime{};
  std::string role{};
  std::string handler{};
  int memory_mb = 0;
  int timeout_s = 0;
  /// In base64.
  std::string code_sha256{};
  std::string revision{};
  std::string package_type{};
  /// "Pending", "Active", "Inactive", "Failed"; and why.
  std::string state{};
  std::string state_reason{};
  /// "Successful", "Failed", "InProgress"; and why.
  std::string last_update{};
  std::string last_update_reason{};
  Texts environment{};
  std::vector<std::string> layers{};
  std::vector<std::string> architectures{};
  /// All that Lambda says, in its own names.
  Json document = Json::object();

  /// Tells whether it can be changed: nothing of it is still being made.
  bool settled() const { return state != "Pending" && last_update != "InProgress"; }
};

/// GetFunction's answer.
struct LambdaFunctionWithCode {
  LambdaFunction function{};
  /// Where the zip can be fetched from for ten minutes; empty for an image.
  std::string code_url{};
  /// With its digest where Lambda tells it; empty for a zip.
  std::string image_uri{};
  Texts tags{};
};

/// A function's code; one of the three.
struct LambdaCode {
  std::string zip{};
  std::string s3_bucket{};
  std::string s3_key{};
  std::string image_uri{};
};

/// What is set of a function. What is empty is left to Lambda, but that `environment` and `layers`
/// are always set.
struct LambdaSettings {
  std::string runtime{};
  std::string role{};
  std::string handler{};
  std::string description{};
  int memory_mb = 128;
  int timeout_s = 3;
  Texts environment{};
  std::vector<std::string> layers{};
  /// Members of the API's request, such as VpcConfig, as they stand.
  Json more = Json::object();
};

struct LambdaAlias {
  std::string name{};
  std::string arn{};
  std::string version{};
  std::string description{};
};

struct LambdaInvocation {
  int status = 0;
  std::string payload{};
  /// "Unhandled" or "Handled" where the function failed; else empty.
  std::string function_error{};
  /// The last 4 KB of its log, where asked for.
  std::string log_tail{};
  std::string executed_version{};
};

struct LambdaLayerVersion {
  std::string arn{};
  int version = 0;
  std::string description{};
};

struct LambdaAccount {
  int concurrent_executions = 0;
  int unreserved_concurrent_executions = 0;
  std::int64_t total_code_bytes = 0;
};

/// The API of AWS Lambda (https://docs.aws.amazon.com/lambda/latest/api/). A function is given by
/// name or ARN. Find... and list... give nothing where there is nothing; remove... tell whether it
/// was there. Throws aws::ServiceError where the service refuses, Error where it does not answer.
/// Of one thread.
class Lambda {
 public:
  explicit Lambda(const Session& session) : caller_(aws::kLambda, session) {}

  /// `qualifier`, a version or an alias, may be empty: $LATEST.
  std::optional<LambdaFunction> find_configuration(const std::string& function,
                                                   const std::string& qualifier = {});
  std::optional<LambdaFunctionWithCode> find_function(const std::string& function,
                                                      const std::string& qualifier = {});
  /// Lists the functions of the region. 50 a call.
  std::vector<LambdaFunction> functions();
  /// Not repeated where the answer is lost.
  LambdaFunction create_function(const std::string& name, const LambdaSettings& settings,
                                 const LambdaCode& code, const Texts& tags);
  /// With a `revision`, throws PreconditionFailedException where it is no longer the function's;
  /// such a call is not repeated where the answer is lost. The same for the next two.
  /// Code may come with another `architecture`, "arm64".
  LambdaFunction update_code(const std::string& function, const LambdaCode& code,
                             const std::string& revision = {},
                             const std::string& architecture = {});
  LambdaFunction update_configuration(const std::string& function, const LambdaSettings& settings,
                                      const std::string& revision = {});
  /// Gives the last version where nothing has changed since. An empty `description` leaves the
  /// version that of $LATEST.
  LambdaFunction publish_version(const std::string& function, const std::string& description,
                                 const std::string& code_sha256 = {},
                                 const std::string& revision = {});
  /// With $LATEST, which comes first.
  std::vector<LambdaFunction> versions(const std::string& function);
  /// A version, or with an empty `qualifier` all of it.
  bool remove_function(const std::string& function, const std::string& qualifier = {});

  std::vector<LambdaAlias> aliases(const std::string& function);
  /// Not repeated where the answer is lost.
  LambdaAlias create_alias(const std::string& function, const std::string& alias,
                           const std::string& version, const std::string& description = {});
  LambdaAlias update_alias(const std::string& function, const std::string& alias,
                           const std::string& version);
  bool remove_alias(const std::string& function, const std::string& alias);

  /// Waits for the answer, `limit` at most. Never repeated where it may have arrived.
  LambdaInvocation invoke(const std::string& function, const std::string& payload,
                          const std::string& qualifier = {}, bool log_tail = false,
                          Seconds limit = Seconds{910});
  /// Allows `principal` ("states.amazonaws.com") an action. Not repeated where the answer is lost.
  void add_permission(const std::string& function, const std::string& statement,
                      const std::string& action, const std::string& principal,
                      const std::string& source_arn = {}, const std::string& qualifier = {});

  /// Not repeated where the answer is lost: it would make another version.
  LambdaLayerVersion publish_layer(const std::string& layer, const LambdaCode& code,
                                   const std::string& description,
                                   const std::vector<std::string>& architectures);
  std::vector<LambdaLayerVersion> layer_versions(const std::string& layer);
  void remove_layer_version(const std::string& layer, int version);

  LambdaAccount account();
  void tag(const std::string& function_arn, const Texts& tags);
  Texts tags(const std::string& function_arn);

 private:
  Caller caller_;
};

}  // namespace stepconf::services
