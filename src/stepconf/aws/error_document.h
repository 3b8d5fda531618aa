#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/base/units.h"
#include "stepconf/net/http.h"

namespace stepconf::aws {

/// Reports that a service refused a request, for good or after the last attempt.
class ServiceError : public Error {
 public:
  ServiceError(int status, std::string code, const std::string& message)
      : Error(message), status_(status), code_(std::move(code)) {}
  /// With a message that says more.
  ServiceError(const ServiceError& other, const std::string& message)
      : ServiceError(other.status_, other.code_, message) {
    document_ = other.document_;
    wait_ = other.wait_;
  }

  /// HTTP's status.
  int status() const { return status_; }
  /// The service's own name of the error, "NoSuchKey"; may be empty.
  const std::string& code() const { return code_; }
  /// The response's body, for members that only some errors have.
  const std::string& document() const { return document_; }
  /// How long the service asks to wait.
  Seconds wait() const { return wait_; }

 private:
  friend ServiceError service_error(const net::Response& response);

  int status_;
  std::string code_;
  std::string document_{};
  Seconds wait_{0};
};

/// Gives the text of the first element `name` that holds text alone, its entities resolved; absent
/// where there is none. No XML parser: any bytes may be given.
std::optional<std::string> xml_text(std::string_view document, std::string_view name);

/// Describes a response that is an error: by the XML of S3 and of the query protocol, or by the
/// JSON and X-Amzn-ErrorType of the others. Any bytes may be given.
ServiceError service_error(const net::Response& response);

/// Tells whether the same request may succeed a little later.
bool passes_by(const ServiceError& error);

/// Tells whether there were too many requests: this one was not carried out.
bool throttled(const ServiceError& error);

/// Tells whether the caller lacks a permission.
bool denied(const ServiceError& error);

/// Tells whether temporary credentials are no longer good.
bool expired(const ServiceError& error);

/// Gives how long a response asks to wait (Retry-After, in seconds, at most a minute); else
/// nothing.
Seconds retry_after(const net::Response& response);

}  // namespace stepconf::aws
