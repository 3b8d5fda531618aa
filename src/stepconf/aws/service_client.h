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

/// Calls a service: signs each request, tries again what may pass by, and keeps one connection. Of
/// one thread; several clients may share a chain of credentials.
class ServiceClient {
 public:
  ServiceClient(std::shared_ptr<CredentialChain> credentials, const CallOptions& options);

  /// Sends `request`, its Host set here, and gives the answer, which has status 2xx. A request may
  /// arrive more than once. Throws ServiceError where the service refuses it, Error where it cannot
  /// be reached or there are no credentials.
  net::Response call(const Destination& destination, net::Request request);

 private:
  net::Response attempt(const net::Origin& origin, const net::Request& request);

  std::shared_ptr<CredentialChain> credentials_;
  CallOptions options_;
  std::minstd_rand random_;
  std::optional<net::Origin> connected_to_;
  std::unique_ptr<net::BlockingClient> connection_;
};

}  // namespace stepconf::aws
