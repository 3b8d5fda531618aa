#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/aws/protocol.h"
#include "stepconf/aws/service.h"
#include "stepconf/base/json.h"

namespace stepconf::services {

using aws::Repeat;

/// What clients of services have in common. Copies share the credentials.
struct Session {
  aws::Environment environment{};
  std::shared_ptr<aws::CredentialChain> credentials{};
  aws::CallOptions options{};
};

/// Gives a session with the credentials that the environment leads to.
Session open_session(aws::Environment environment = aws::process_environment(),
                     const aws::CallOptions& options = {});

/// Calls one service, for its client. Of one thread. Errors are those of aws::ServiceClient, and
/// name action and resource.
class Caller {
 public:
  /// Throws InvalidInput where region or endpoint are missing or wrong.
  Caller(const aws::Service& service, const Session& session);

  /// `operation` is the API's name of the call, which the action of policies ends with.
  net::Response call(std::string_view operation, std::string_view resource, net::Request request,
                     Repeat repeat = Repeat::kSafe, std::optional<Seconds> limit = {});
  /// The same; gives the answer's body.
  Json object(std::string_view operation, std::string_view resource, net::Request request,
              Repeat repeat = Repeat::kSafe);
  /// The same; absent where the service says that there is no such thing.
  std::optional<Json> object_if_there(std::string_view operation, std::string_view resource,
                                      net::Request request);
  /// Removes something; tells whether it was there. A removal whose answer was lost may find
  /// nothing the second time.
  bool remove(std::string_view operation, std::string_view resource, net::Request request);

 private:
  std::string action_prefix_;
  aws::Destination destination_;
  aws::ServiceClient client_;
};

/// Tells whether an error says that the thing asked for is not there.
bool not_there(const aws::ServiceError& error);

/// Gives a name for a request, so that the service knows it again where it arrives twice.
std::string new_token();

// What answers hold, or nothing of it where a member is missing or of another type.
std::string text_of(const Json& object, std::string_view name);
std::int64_t integer_of(const Json& object, std::string_view name);
/// Seconds since 1970.
double time_of(const Json& object, std::string_view name);
std::map<std::string, std::string> texts_of(const Json& object, std::string_view name);
/// The objects of a list.
std::vector<Json> objects_of(const Json& object, std::string_view name);

}  // namespace stepconf::services
