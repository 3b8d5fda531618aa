#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/net/http.h"

namespace stepconf::aws {

/// Reports that a service refused a request, for good or after the last attempt.
class ServiceError : public Error {
 public:
  ServiceError(int status, std::string code, const std::string& message)
      : Error(message), status_(status), code_(std::move(code)) {}

  /// HTTP's status.
  int status() const { return status_; }
  /// The service's own name of the error, "NoSuchKey"; may be empty.
  const std::string& code() const { return code_; }

 private:
  int status_;
  std::string code_;
};

/// Gives the text of the first element `name` that holds text alone, its entities resolved; absent
/// where there is none. No XML parser: any bytes may be given.
std::optional<std::string> xml_text(std::string_view document, std::string_view name);

/// Describes a response that is an error, from S3's XML where it has any.
ServiceError service_error(const net::Response& response);

/// Tells whether the same request may succeed a little later.
bool passes_by(const ServiceError& error);

}  // namespace stepconf::aws
