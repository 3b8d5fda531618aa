#include "stepconf/aws/service_client.h"

#include <fmt/format.h>

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
bool is_error(const Destination& destination, const net::Request& request,
              const net::Response& response) {
  if (response.status < 200 || response.status > 299) return true;
  return destination.scope.service == "s3" && request.method == "POST" &&
         response.body.find("<Error>") != std::string::npos;
}

std::string described(const Operation& operation, const Error& error, bool perhaps_done) {
  std::string text = operation.action;
  if (!operation.resource.empty()) text += " of " + operation.resource;
  text += fmt::format(": {}", error.what());
  const auto* refusal = dynamic_cast<const ServiceError*>(&error);
  if (refusal != nullptr && denied(*refusal)) {
    text += fmt::format("; the credentials need the permission {}{}{}", operation.action,
                        operation.resource.empty() ? "" : " on ", operation.resource);
  }
  if (perhaps_done && operation.repeat == Repeat::kUnsafe) {
    text += "; it may have been carried out, so it was not sent again";
  }
  return text;
}

}  // namespace

ServiceClient::ServiceClient(std::shared_ptr<CredentialChain> credentials,
                             const CallOptions& options)
    : credentials_(std::move(credentials)), options_(options), random_(std::random_device{}()) {}

net::Response ServiceClient::call(const Destination& destination, net::Request request) {
  Operation operation{.request = std::move(request)};
  bool perhaps_done = false;
  return try_all(destination, operation, perhaps_done);
}

net::Response ServiceClient::perform(const Destination& destination, Operation operation) {
  bool perhaps_done = false;
  try {
    return try_all(destination, operation, perhaps_done);
  } catch (const ServiceError& error) {
    throw ServiceError(error, described(operation, error, perhaps_done));
  } catch (const net::Untrusted& error) {
    throw net::Untrusted(described(operation, error, perhaps_done));
  } catch (const InvalidInput&) {
    throw;
  } catch (const Error& error) {
    throw Error(described(operation, error, perhaps_done));
  }
}

void ServiceClient::sign_now(const Destination& destination, net::Request& request,
                             const std::string& digest) {
  request.headers.set("Host", destination.origin.authority());
  if (!credentials_) return;
  const Time now = std::chrono::system_clock::now();
  sign(request, credentials_->get(now), destination.scope, now, digest);
}

// `perhaps_done` tells, where this throws, whether an attempt may have been carried out.
net::Response ServiceClient::try_all(const Destination& destination, Operation& operation,
                                     bool& perhaps_done) {
  const std::string digest = payload_digest(destination, operation.request.body);
  const Seconds limit = operation.exchange_limit.value_or(options_.exchange_limit);
  const auto start = std::chrono::steady_clock::now();
  Backoff backoff(options_.retry, random_);
  bool renewed = false;
  const auto wait_or_rethrow = [&](Seconds at_least) {
    if (perhaps_done && operation.repeat == Repeat::kUnsafe) throw;
    const auto wait = backoff.next(std::chrono::steady_clock::now() - start, at_least);
    if (!wait) throw;
    std::this_thread::sleep_for(*wait);
  };
  while (true) {
    sign_now(destination, operation.request, digest);
    try {
      return attempt(destination, operation.request, limit);
    } catch (const ServiceError& error) {
      if (expired(error) && credentials_ && !renewed) {
        renewed = true;
        credentials_->forget();
        continue;
      }
      if (!passes_by(error)) throw;
      perhaps_done = perhaps_done || !throttled(error);
      wait_or_rethrow(error.wait());
    } catch (const net::Untrusted&) {
      throw;
    } catch (const net::Unreachable&) {
      wait_or_rethrow(Seconds{0});
    } catch (const Error&) {
      perhaps_done = true;
      wait_or_rethrow(Seconds{0});
    }
  }
}

net::Response ServiceClient::attempt(const Destination& destination, const net::Request& request,
                                     Seconds exchange_limit) {
  if (connected_to_ != destination.origin) {
    connection_ = std::make_unique<net::BlockingClient>(destination.origin, options_.connect_limit);
    connected_to_ = destination.origin;
  }
  net::Response response = connection_->exchange(request, exchange_limit);
  if (is_error(destination, request, response)) throw service_error(response);
  return response;
}

}  // namespace stepconf::aws
