#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stepconf/asl/intrinsic.h"
#include "stepconf/asl/path.h"
#include "stepconf/base/json.h"

namespace stepconf::asl {

/// A payload template (Parameters, ItemSelector, ResultSelector): JSON in which a member `"name.$"`
/// holds a path or a call of an intrinsic function and becomes `"name"` with the value found.
/// Immutable; may be shared between threads.
class Template {
 public:
  /// Compiles `json`. Throws InvalidInput that names the member and says what is wrong with it.
  static Template parse(const Json& json);

  /// Fills in the values. Throws StateFailure: States.ParameterPathFailure where a path finds
  /// nothing, States.IntrinsicFailure where a call fails, States.DataLimitExceeded as soon as the
  /// values found outgrow the limit on a state's data.
  Json evaluate(const Scope& scope) const;

  /// Lists the paths that it reads, those in calls of functions too.
  std::vector<Path> paths() const;

 private:
  using Member = std::pair<std::string, Template>;
  Json fill(const Scope& scope, std::size_t& bytes) const;
  void add_paths(std::vector<Path>& paths) const;

  /// A part without any `.$` is kept as it is.
  std::variant<Json, Path, Intrinsic, std::vector<Member>, std::vector<Template>> content_;
};

}  // namespace stepconf::asl
