#include "stepconf/platform/local/api_reply.h"

#include "stepconf/platform/local/request_id.h"

namespace stepconf::platform {

net::Response api_reply(int status, const Json& body) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-RequestId", make_request_id());
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

net::Response api_error(int status, std::string_view type, std::string_view message,
                        std::string_view reason) {
  Json body = {{"Type", status < 500 ? "User" : "Service"}, {"message", message}};
  if (type == "ResourceNotFoundException") body["Message"] = message;
  if (!reason.empty()) body["Reason"] = reason;
  net::Response response = api_reply(status, body);
  response.headers.set("x-amzn-ErrorType", std::string(type));
  // In seconds; what SDKs show as retryAfterSeconds.
  if (status == 429) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace stepconf::platform
