#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "stepconf/asl/fields.h"
#include "stepconf/asl/path.h"
#include "stepconf/base/json.h"

namespace stepconf::asl {

/// The condition of a Choice rule: And, Or, Not over comparisons of a variable. Immutable; may be
/// shared between threads.
class Condition {
 public:
  /// Reads the condition's fields from `rule`; the caller reads Next and Comment and finishes
  /// `rule`. Throws InvalidInput that names the field.
  static Condition parse(Fields& rule);

  /// Tells whether the condition holds. And and Or stop at the first part that decides. A variable
  /// of another type than the comparison's does not match. Throws StateFailure (States.Runtime)
  /// where a variable is missing, unless IsPresent asks for it.
  bool holds(const Scope& scope) const;

 private:
  enum class Kind { kAnd, kOr, kNot, kCompare };
  enum class Type { kString, kNumeric, kBoolean, kTimestamp, kMatches, kIs };
  enum class Order { kEquals, kLess, kGreater, kLessEquals, kGreaterEquals };
  struct Comparison {
    std::string_view name;
    Type type;
    Order order;
  };
  static const std::vector<Comparison>& comparisons();
  static Condition parse_part(const Json& json, const Fields& rule, const std::string& label);
  void parse_comparison(Fields& rule);
  void check_operand(const Fields& rule, const std::string& field) const;
  bool compare(const Scope& scope) const;
  bool has_property(const Scope& scope) const;

  Kind kind_ = Kind::kCompare;
  std::vector<Condition> parts_;
  std::optional<Path> variable_;
  const Comparison* comparison_ = nullptr;
  Json operand_;
  std::optional<Path> operand_path_;
};

/// Tells whether `text` matches `pattern`, in which `*` stands for any characters, `\*` for an
/// asterisk and `\\` for a backslash.
bool matches(std::string_view text, std::string_view pattern);

}  // namespace stepconf::asl
