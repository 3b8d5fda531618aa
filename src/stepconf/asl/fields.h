#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/asl/path.h"
#include "stepconf/base/json.h"

namespace stepconf::asl {

/// The service's upper bound for most times and numbers of attempts.
inline constexpr std::int64_t kMostSeconds = 99'999'999;

/// Where in a definition a field stands, for messages: "machine.asl.json: state 'Upscale'".
struct Place {
  std::string source;
  /// The state's name; empty for the machine itself.
  std::string state;

  /// Throws InvalidInput "SOURCE: state 'STATE': field 'FIELD' WHY".
  [[noreturn]] void refuse(std::string_view field, std::string_view why) const;
};

/// Reads the fields of one JSON object strictly: each read checks the type, and `finish` refuses
/// what was not read. Keeps references to its arguments.
class Fields {
 public:
  /// Throws InvalidInput where `json` is no object; `prefix` stands before the names of fields in
  /// messages ("Retry[0].").
  Fields(const Json& json, const Place& place, std::string prefix = "");

  /// The field's value, or null where there is none. Counts as read.
  const Json* find(std::string_view name);
  /// As find; throws InvalidInput where it is missing, with `what` it should be.
  const Json& require(std::string_view name, std::string_view what);

  std::optional<std::string> text(std::string_view name);
  std::string required_text(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> number(std::string_view name, double least, double most);
  std::optional<Path> path(std::string_view name);
  /// As path, for fields that need a Reference Path.
  std::optional<Path> reference_path(std::string_view name);

  /// Refuses the field, where present, as not supported, with what to use in its place.
  void unsupported(std::string_view name, std::string_view remedy);
  /// Refuses every field that was not asked for, with the nearest one that was.
  void finish() const;

  [[noreturn]] void refuse(std::string_view name, std::string_view why) const;
  std::string label(std::string_view name) const { return prefix_ + std::string(name); }
  const Place& place() const { return place_; }

 private:
  const Json& json_;
  const Place& place_;
  std::string prefix_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace stepconf::asl
