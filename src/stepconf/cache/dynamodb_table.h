#pragma once

#include <chrono>
#include <string>

#include "stepconf/aws/dynamodb.h"
#include "stepconf/cache/conditional_table.h"

namespace stepconf::cache {

/// Where and for how long DynamoDB keeps the texts.
struct DynamoDbTableOptions {
  /// Its partition key is `execution`, a string.
  std::string table;
  /// After so long an item may go: its attribute `expires` is the table's time to live.
  std::chrono::seconds keep = std::chrono::hours(24);
};

/// The texts in a DynamoDB table, one item an execution: {execution: S, version: N, expires: N} and
/// each text under its own name. For one decision: `deadline` is that of all its calls together. Of
/// one thread.
class DynamoDbTable final : public ConditionalTable {
 public:
  /// `client` and `options` must outlive it.
  DynamoDbTable(aws::DynamoDb& client, const DynamoDbTableOptions& options,
                aws::DynamoDb::Deadline deadline, std::chrono::sys_seconds now)
      : client_(client), options_(options), deadline_(deadline), now_(now) {}

  Contents read(const std::string& execution) override;
  [[nodiscard]] std::optional<Contents> apply(const std::string& execution,
                                              const Change& change) override;

 private:
  aws::DynamoDb& client_;
  const DynamoDbTableOptions& options_;
  aws::DynamoDb::Deadline deadline_;
  std::chrono::sys_seconds now_;
};

}  // namespace stepconf::cache
