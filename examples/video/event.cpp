#include "examples/video/event.h"

#include <fmt/format.h>

#include <cmath>

#include "stepconf/runtime/serve.h"

namespace video {
namespace {

[[noreturn]] void refuse(const Json& event, const std::string& name, const char* expected) {
  const bool present = event.is_object() && event.contains(name);
  const std::string found = present             ? event.at(name).dump()
                            : event.is_object() ? "absent"
                                                : "absent, since the event is no object";
  throw stepconf::runtime::HandlerError(
      "InvalidEvent",
      fmt::format("event: {} is {}, must be {}", name, found.substr(0, 200), expected));
}

}  // namespace

std::string text_member(const Json& event, const std::string& name) {
  if (!event.is_object() || !event.contains(name) || !event.at(name).is_string()) {
    refuse(event, name, "a string");
  }
  return event.at(name).get<std::string>();
}

double positive_member(const Json& event, const std::string& name, double otherwise) {
  if (!event.is_object() || !event.contains(name) || event.at(name).is_null()) return otherwise;
  const Json& member = event.at(name);
  const double value = member.is_number() ? member.get<double>() : 0;
  if (!(value > 0) || !std::isfinite(value)) refuse(event, name, "a positive number");
  return value;
}

const Json& array_member(const Json& event, const std::string& name) {
  if (!event.is_object() || !event.contains(name) || !event.at(name).is_array()) {
    refuse(event, name, "an array");
  }
  return event.at(name);
}

}  // namespace video
