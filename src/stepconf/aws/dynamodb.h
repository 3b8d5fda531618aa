#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "stepconf/aws/credentials.h"
#include "stepconf/aws/service_client.h"
#include "stepconf/base/json.h"
#include "stepconf/net/client.h"

namespace stepconf::aws {

/// Gives where DynamoDB is reached, from the environment: AWS_ENDPOINT_URL_DYNAMODB or
/// AWS_ENDPOINT_URL, else the region's own. Throws InvalidInput where that cannot be used.
Destination dynamodb(const Environment& environment);

/// Reads and changes single items of DynamoDB's tables within a time that the caller allows for
/// each call, all attempts included. Items are in DynamoDB's own JSON: {"version": {"N": "3"}}.
/// Keeps one connection. Of one thread.
class DynamoDb {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  DynamoDb(std::shared_ptr<CredentialChain> credentials, Destination destination);

  /// Reads the item with this key, consistently; absent where there is none. Throws ServiceError
  /// where the service refuses, Error where it does not answer before `deadline`.
  std::optional<Json> get_item(const std::string& table, const Json& key, Deadline deadline);

  /// A change of an item, and when it is made; `update` and `condition` are DynamoDB's expressions.
  struct Update {
    std::string update;
    std::string condition;
    /// What stands in the expressions for #names and :values.
    Json names = Json::object();
    Json values = Json::object();
  };

  struct Updated {
    bool done = false;
    /// Where it was not done: the item that did not meet the condition, if there is one.
    std::optional<Json> there{};
  };

  /// Changes the item with this key, or makes it, where the condition holds. A request may arrive
  /// more than once, so the condition may fail for what this very call has done. Throws as
  /// get_item, and then it may have been done.
  Updated update_item(const std::string& table, const Json& key, const Update& update,
                      Deadline deadline);

 private:
  Json call(const char* operation, const Json& request, Deadline deadline);
  net::Response attempt(const net::Request& request, Deadline deadline);

  std::shared_ptr<CredentialChain> credentials_;
  Destination destination_;
  std::minstd_rand random_;
  net::BlockingClient connection_;
};

}  // namespace stepconf::aws
