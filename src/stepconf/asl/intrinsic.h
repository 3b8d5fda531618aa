#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stepconf/asl/path.h"
#include "stepconf/base/json.h"

namespace stepconf::asl {

/// A call of an intrinsic function in a payload template: States.Format, Array, ArrayPartition,
/// ArrayLength, ArrayGetItem, ArrayRange, StringToJson, JsonToString, MathAdd
/// (https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html). Immutable; may
/// be shared between threads.
class Intrinsic {
 public:
  /// Parses "States.Format('{}-{}', $.name, States.ArrayLength($.list))". Throws InvalidInput that
  /// quotes the call where it is malformed, nested deeper than 10 calls, or names a function that
  /// is not supported.
  static Intrinsic parse(std::string_view text);

  /// Computes the value. Throws StateFailure (States.IntrinsicFailure) where an argument is missing
  /// or of the wrong type, or a limit is exceeded: ArrayRange gives at most 1000 elements.
  Json evaluate(const Scope& scope) const;

  /// Adds the paths among its arguments, those of inner calls too.
  void add_paths(std::vector<Path>& paths) const;

 private:
  class Parser;
  /// A quoted string; `raw` still has its escapes, which States.Format needs to tell `\{` from a
  /// placeholder.
  struct Quoted {
    std::string raw;
    std::string value;
  };
  using Argument = std::variant<Quoted, Json, Path, Intrinsic>;
  using Function = Json (*)(std::vector<Json>&);
  struct Entry;
  static const Entry* find(std::string_view name);

  std::string name_;
  std::vector<Argument> arguments_;
};

}  // namespace stepconf::asl
