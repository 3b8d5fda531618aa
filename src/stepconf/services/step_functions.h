#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/services/caller.h"
#include "stepconf/services/pages.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

struct StateMachine {
  std::string arn{};
  std::string name{};
  /// "STANDARD" or "EXPRESS".
  std::string type{};
  /// "ACTIVE" or "DELETING".
  std::string status{};
  /// Byte for byte as it was given.
  std::string definition{};
  std::string role_arn{};
  std::string revision{};
};

struct NewStateMachine {
  std::string name{};
  std::string type = "STANDARD";
  std::string definition{};
  std::string role_arn{};
  Texts tags{};
  /// Members of the API's request, such as loggingConfiguration, as they stand.
  Json more = Json::object();
};

struct Execution {
  std::string arn{};
  std::string name{};
  /// "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE".
  std::string status{};
  /// Seconds since 1970; 0 where it has not ended.
  double started = 0;
  double stopped = 0;
  /// JSON.
  std::string input{};
  std::string output{};
  std::string error{};
  std::string cause{};
};

struct HistoryEvent {
  std::int64_t id = 0;
  std::int64_t previous_id = 0;
  /// Seconds since 1970.
  double time = 0;
  /// "TaskStateEntered", ...
  std::string type{};
  /// The member with details that this type has, such as stateEnteredEventDetails.
  Json details = Json::object();
};

/// The API of AWS Step Functions (https://docs.aws.amazon.com/step-functions/latest/apireference/).
/// Throws aws::ServiceError where the service refuses, Error where it does not answer. Of one
/// thread.
class StepFunctions {
 public:
  explicit StepFunctions(const Session& session) : caller_(aws::kStepFunctions, session) {}

  /// Gives the ARN; that of the machine there is, where it is the same.
  std::string create_machine(const NewStateMachine& machine);
  void update_machine(const std::string& arn, const std::string& definition,
                      const std::string& role_arn);
  std::optional<StateMachine> find_machine(const std::string& arn);
  /// Begins it: a machine is gone once its executions are.
  void remove_machine(const std::string& arn);

  /// Gives the ARN. With a `name` an execution of a Standard machine starts once, however often the
  /// request arrives; without one the request is not repeated where it may have arrived.
  std::string start(const std::string& machine_arn, const std::string& input,
                    const std::string& name = {});
  std::optional<Execution> find_execution(const std::string& arn);
  /// Lists executions with a status, all for "".
  std::vector<Execution> executions(const std::string& machine_arn, const std::string& status = {});
  /// Gives up to 1,000 events; `next` as Page has it.
  Page<HistoryEvent> history_page(const std::string& execution_arn, const std::string& next = {});
  /// Gives the whole history, which has at most 25,000 events.
  std::vector<HistoryEvent> history(const std::string& execution_arn);
  void stop(const std::string& execution_arn, const std::string& error, const std::string& cause);

  void tag(const std::string& arn, const Texts& tags);
  Texts tags(const std::string& arn);

 private:
  Json call(std::string_view operation, const std::string& resource, const Json& request,
            Repeat repeat = Repeat::kSafe);

  Caller caller_;
};

}  // namespace stepconf::services
