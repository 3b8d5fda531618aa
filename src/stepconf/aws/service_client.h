#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>

#include "stepconf/aws/backoff.h"
#include "stepconf/aws/credentials.h"
#include "stepconf/aws/error_document.h"
#include "stepconf/aws/signature.h"
#include "stepconf/net/client.h"

namespace stepconf::aws {

/// Where a request goes, and whom it is signed for.
struct Destination {
  net::Origin origin;
  SigningScope scope;
};

struct CallOptions {
  RetryPolicy retry{};
  Seconds connect_limit{5};
  /// For one attempt, from its first byte sent to its last one received.
  Seconds exchange_limit{60};
};

/// Whether a request that has perhaps been carried out may be sent again.
enum class Repeat {
  /// Twice has the effect of once.
  kSafe,
  /// It may not: sent again only where it surely was not carried out, which is where no connection
  /// stood or the service refused it for too many requests.
  kUnsafe,
};

/// One call of a service's API.
struct Operation {
  /// As policies name it, "lambda:PublishVersion". Messages begin with it.
  std::string action{};
  /// A name or an ARN, for messages; may be empty.
  std::string resource{};
  net::Request request{};
  Repeat repeat = Repeat::kSafe;
  /// For one attempt; absent: the client's own limit.
  std::optional<Seconds> exchange_limit{};
};

/// Calls a service: signs each request, tries again what may pass by, and keeps one connection. Of
/// one thread; several clients may share a chain of credentials.
class ServiceClient {
 public:
  /// Without `credentials` requests are not signed.
  ServiceClient(std::shared_ptr<CredentialChain> credentials, const CallOptions& options);

  /// Sends `request`, its Host set here, and gives the answer, which has status 2xx. A request may
  /// arrive more than once. Throws ServiceError where the service refuses it, Error where it cannot
  /// be reached or there are no credentials.
  net::Response call(const Destination& destination, net::Request request);

  /// The same of an operation. What it throws names action and resource; of a missing permission,
  /// the permission, and of an operation that may have been carried out in spite of the error,
  /// that.
  net::Response perform(const Destination& destination, Operation operation);

 private:
  void sign_now(const Destination& destination, net::Request& request, const std::string& digest);
  net::Response try_all(const Destination& destination, Operation& operation, bool& perhaps_done);
  net::Response attempt(const Destination& destination, const net::Request& request,
                        Seconds exchange_limit);

  std::shared_ptr<CredentialChain> credentials_;
  CallOptions options_;
  std::minstd_rand random_;
  std::optional<net::Origin> connected_to_;
  std::unique_ptr<net::BlockingClient> connection_;
};

}  // namespace stepconf::aws
