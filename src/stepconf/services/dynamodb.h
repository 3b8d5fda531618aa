#pragma once

#include <optional>
#include <string>

#include "stepconf/services/caller.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

/// An expression with what stands in it for #names and :values.
struct Expression {
  std::string text{};
  Texts names{};
  /// In DynamoDB's JSON.
  Json values = Json::object();
};

/// The outcome of a conditional write.
struct Written {
  bool done = false;
  /// Where the condition did not hold: the item that is there; absent where there is none.
  std::optional<Json> there{};
  /// Of an update: the item as it is now.
  Json item = Json::object();
};

struct Table {
  std::string name{};
  std::string arn{};
  /// "CREATING", "ACTIVE", "DELETING", ...
  std::string status{};
  /// The first key attribute.
  std::string hash_key{};
};

/// The API of DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/). Items are
/// in its own JSON: {"version": {"N": "3"}}. Throws aws::ServiceError where the service refuses,
/// Error where it does not answer. Of one thread.
class DynamoDb {
 public:
  explicit DynamoDb(const Session& session) : caller_(aws::kDynamoDb, session) {}

  /// Reads consistently.
  std::optional<Json> get_item(const std::string& table, const Json& key);
  /// A write with a condition is not repeated where its answer is lost: the condition could fail
  /// for what the first one wrote. Who needs to know reads the item.
  Written put_item(const std::string& table, const Json& item, const Expression& condition = {});
  /// `update` and `condition` must not use one name for two things. Never repeated where the answer
  /// is lost: an update may add.
  Written update_item(const std::string& table, const Json& key, const Expression& update,
                      const Expression& condition = {});

  /// Makes a table that is billed by the request and whose only key attribute, `hash_key`, is a
  /// string. Not repeated where the answer is lost.
  Table create_table(const std::string& name, const std::string& hash_key, const Texts& tags = {});
  std::optional<Table> find_table(const std::string& name);
  void enable_ttl(const std::string& table, const std::string& attribute);
  /// Gives the attribute of TTL, also while it is being enabled; empty where it is off.
  std::string ttl_attribute(const std::string& table);
  Texts tags(const std::string& table_arn);
  bool remove_table(const std::string& name);

 private:
  Json call(std::string_view operation, const std::string& table, const Json& request,
            Repeat repeat = Repeat::kSafe);
  Written write(std::string_view operation, const std::string& table, Json request,
                const Expression& condition, Repeat repeat);

  Caller caller_;
};

}  // namespace stepconf::services
