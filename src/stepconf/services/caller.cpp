#include "stepconf/services/caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace stepconf::services {
namespace {

const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

Session open_session(aws::Environment environment, const aws::CallOptions& options) {
  auto chain = std::make_shared<aws::CredentialChain>(environment);
  return {
      .environment = std::move(environment), .credentials = std::move(chain), .options = options};
}

Caller::Caller(const aws::Service& service, const Session& session)
    : action_prefix_(std::string(service.signing) + ":"),
      destination_(aws::destination(service, session.environment)),
      client_(session.credentials, session.options) {}

net::Response Caller::call(std::string_view operation, std::string_view resource,
                           net::Request request, Repeat repeat, std::optional<Seconds> limit) {
  return client_.perform(destination_,
                         aws::Operation{.action = action_prefix_ + std::string(operation),
                                        .resource = std::string(resource),
                                        .request = std::move(request),
                                        .repeat = repeat,
                                        .exchange_limit = limit});
}

Json Caller::object(std::string_view operation, std::string_view resource, net::Request request,
                    Repeat repeat) {
  return aws::json_answer(call(operation, resource, std::move(request), repeat),
                          action_prefix_ + std::string(operation));
}

std::optional<Json> Caller::object_if_there(std::string_view operation, std::string_view resource,
                                            net::Request request) {
  try {
    return object(operation, resource, std::move(request));
  } catch (const aws::ServiceError& error) {
    if (!not_there(error)) throw;
    return std::nullopt;
  }
}

bool Caller::remove(std::string_view operation, std::string_view resource, net::Request request) {
  try {
    call(operation, resource, std::move(request));
    return true;
  } catch (const aws::ServiceError& error) {
    if (!not_there(error)) throw;
    return false;
  }
}

bool not_there(const aws::ServiceError& error) {
  constexpr std::array<std::string_view, 6> kCodes = {
      "ResourceNotFoundException", "ResourceNotFound",      "NoSuchEntity",
      "StateMachineDoesNotExist",  "ExecutionDoesNotExist", "StateMachineDeleting"};
  return std::ranges::find(kCodes, error.code()) != kCodes.end();
}

std::string new_token() {
  std::random_device source;
  std::string token = "stepconf-";
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", source());
  return token;
}

std::string text_of(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t integer_of(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

double time_of(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_number() ? found->get<double>() : 0;
}

std::map<std::string, std::string> texts_of(const Json& object, std::string_view name) {
  std::map<std::string, std::string> texts;
  const Json* found = member(object, name);
  if (found == nullptr || !found->is_object()) return texts;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) texts[key] = value.get<std::string>();
  }
  return texts;
}

std::vector<Json> objects_of(const Json& object, std::string_view name) {
  std::vector<Json> objects;
  const Json* found = member(object, name);
  if (found == nullptr || !found->is_array()) return objects;
  for (const Json& element : *found) {
    if (element.is_object()) objects.push_back(element);
  }
  return objects;
}

}  // namespace stepconf::services
