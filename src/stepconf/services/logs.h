#pragma once

#include <string>
#include <vector>

#include "stepconf/services/caller.h"
#include "stepconf/services/pages.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

struct LogEvent {
  /// Milliseconds since 1970.
  std::int64_t time_ms = 0;
  std::string stream{};
  std::string message{};
};

struct LogGroup {
  std::string name{};
  std::string arn{};
  /// 0: for ever.
  int retention_days = 0;
};

/// Which events of a group are wanted.
struct LogFilter {
  /// CloudWatch's filter pattern; empty: all.
  std::string pattern{};
  /// Milliseconds since 1970, both included; 0: no bound.
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

/// The API of CloudWatch Logs
/// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/). Throws
/// aws::ServiceError where the service refuses, Error where it does not answer. Of one thread.
class Logs {
 public:
  explicit Logs(const Session& session) : caller_(aws::kLogs, session) {}

  /// Gives one page, which may be empty though others follow.
  Page<LogEvent> events_page(const std::string& group, const LogFilter& filter,
                             const std::string& next = {});
  std::vector<LogEvent> events(const std::string& group, const LogFilter& filter = {});
  /// Lists the groups whose names begin so, ascending.
  std::vector<LogGroup> groups(const std::string& prefix);
  /// Not repeated where the answer is lost.
  void create_group(const std::string& name, const Texts& tags = {});
  void set_retention(const std::string& name, int days);
  bool remove_group(const std::string& name);
  void tag(const std::string& group_arn, const Texts& tags);
  Texts tags(const std::string& group_arn);

 private:
  Json call(std::string_view operation, const std::string& resource, const Json& request,
            Repeat repeat = Repeat::kSafe);

  Caller caller_;
};

}  // namespace stepconf::services
