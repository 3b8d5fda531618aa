#include "stepconf/aws/service_client.h"

#include <chrono>
#include <thread>
#include <utility>

#include "stepconf/net/digest.h"

namespace stepconf::aws {
namespace {

// TLS protects the body already; without it the signature has to.
std::string payload_digest(const Destination& destination, const std::string& body) {
  if (destination.origin.secure && destination.scope.service == "s3")
    return std::string(kUnsignedPayload);
  return net::hexadecimal(net::sha256(body));
}

// S3 begins the answers to some POST requests before it knows how they end: an error comes with
// status 200.
bool is_error(const net::Request& request, const net::Response& response) {
  if (response.status < 200 || response.status > 299) return true;
  return request.method == "POST" && response.body.find("<Error>") != std::string::npos;
}

}  // namespace

ServiceClient::ServiceClient(std::shared_ptr<CredentialChain> credentials,
                             const CallOptions& options)
    : credentials_(std::move(credentials)), options_(options), random_(std::random_device{}()) {}

net::Response ServiceClient::call(const Destination& destination, net::Request request) {
  const std::string digest = payload_digest(destination, request.body);
  const auto start = std::chrono::steady_clock::now();
  Backoff backoff(options_.retry, random_);
  const auto wait_or_rethrow = [&] {
    const auto wait = backoff.next(std::chrono::steady_clock::now() - start);
    if (!wait) throw;
    std::this_thread::sleep_for(*wait);
  };
  while (true) {
    const Time now = std::chrono::system_clock::now();
    request.headers.set("Host", destination.origin.authority());
    sign(request, credentials_->get(now), destination.scope, now, digest);
    try {
      return attempt(destination.origin, request);
    } catch (const ServiceError& error) {
      if (!passes_by(error)) throw;
      wait_or_rethrow();
    } catch (const net::Untrusted&) {
      throw;
    } catch (const Error&) {
      wait_or_rethrow();
    }
  }
}

net::Response ServiceClient::attempt(const net::Origin& origin, const net::Request& request) {
  if (connected_to_ != origin) {
    connection_ = std::make_unique<net::BlockingClient>(origin, options_.connect_limit);
    connected_to_ = origin;
  }
  net::Response response = connection_->exchange(request, options_.exchange_limit);
  if (is_error(request, response)) throw service_error(response);
  return response;
}

}  // namespace stepconf::aws
