#include "stepconf/asl/choice.h"

#include <fmt/format.h>

#include <compare>
#include <utility>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/timestamp.h"

namespace stepconf::asl {
namespace {

const Json& resolve(const Path& path, const Scope& scope) {
  const Json* node = path.find_node(scope);
  if (node == nullptr) {
    throw StateFailure(kRuntime, fmt::format("Invalid path '{}': the choice state's condition path "
                                             "references an invalid value.",
                                             path.text()));
  }
  return *node;
}

std::partial_ordering compare_numbers(const Json& a, const Json& b) {
  if (a.is_number_float() || b.is_number_float()) return a.get<double>() <=> b.get<double>();
  const auto order = [](auto left, auto right) {
    return std::cmp_less(left, right)    ? std::partial_ordering::less
           : std::cmp_equal(left, right) ? std::partial_ordering::equivalent
                                         : std::partial_ordering::greater;
  };
  const auto as_signed = [](const Json& value) { return value.get<std::int64_t>(); };
  const auto as_unsigned = [](const Json& value) { return value.get<std::uint64_t>(); };
  if (a.is_number_unsigned()) {
    return b.is_number_unsigned() ? order(as_unsigned(a), as_unsigned(b))
                                  : order(as_unsigned(a), as_signed(b));
  }
  return b.is_number_unsigned() ? order(as_signed(a), as_unsigned(b))
                                : order(as_signed(a), as_signed(b));
}

std::optional<Timestamp> timestamp_of(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_timestamp(value.get_ref<const std::string&>());
}

}  // namespace

const std::vector<Condition::Comparison>& Condition::comparisons() {
  static const std::vector<Comparison> kComparisons = {
      {"StringEquals", Type::kString, Order::kEquals},
      {"StringLessThan", Type::kString, Order::kLess},
      {"StringGreaterThan", Type::kString, Order::kGreater},
      {"StringLessThanEquals", Type::kString, Order::kLessEquals},
      {"StringGreaterThanEquals", Type::kString, Order::kGreaterEquals},
      {"NumericEquals", Type::kNumeric, Order::kEquals},
      {"NumericLessThan", Type::kNumeric, Order::kLess},
      {"NumericGreaterThan", Type::kNumeric, Order::kGreater},
      {"NumericLessThanEquals", Type::kNumeric, Order::kLessEquals},
      {"NumericGreaterThanEquals", Type::kNumeric, Order::kGreaterEquals},
      {"BooleanEquals", Type::kBoolean, Order::kEquals},
      {"TimestampEquals", Type::kTimestamp, Order::kEquals},
      {"TimestampLessThan", Type::kTimestamp, Order::kLess},
      {"TimestampGreaterThan", Type::kTimestamp, Order::kGreater},
      {"TimestampLessThanEquals", Type::kTimestamp, Order::kLessEquals},
      {"TimestampGreaterThanEquals", Type::kTimestamp, Order::kGreaterEquals},
      {"StringMatches", Type::kMatches, Order::kEquals},
      {"IsNull", Type::kIs, Order::kEquals},
      {"IsPresent", Type::kIs, Order::kEquals},
      {"IsNumeric", Type::kIs, Order::kEquals},
      {"IsString", Type::kIs, Order::kEquals},
      {"IsBoolean", Type::kIs, Order::kEquals},
      {"IsTimestamp", Type::kIs, Order::kEquals},
  };
  return kComparisons;
}

Condition Condition::parse_part(const Json& json, const Fields& rule, const std::string& label) {
  Fields part(json, rule.place(), label + ".");
  Condition condition = parse(part);
  if (part.find("Next") != nullptr) {
    part.refuse("Next", "stands inside a condition; only the rule itself may have it");
  }
  part.text("Comment");
  part.finish();
  return condition;
}

Condition Condition::parse(Fields& rule) {
  Condition condition;
  const Json* all = rule.find("And");
  const Json* any = rule.find("Or");
  const Json* negated = rule.find("Not");
  const int groups = (all != nullptr) + (any != nullptr) + (negated != nullptr);
  if (groups > 1) rule.refuse("And", "stands beside Or or Not; nest them");
  if (groups == 0) {
    condition.parse_comparison(rule);
    return condition;
  }
  if (negated != nullptr) {
    condition.kind_ = Kind::kNot;
    condition.parts_.push_back(parse_part(*negated, rule, rule.label("Not")));
    return condition;
  }
  const std::string name = all != nullptr ? "And" : "Or";
  const Json& parts = all != nullptr ? *all : *any;
  condition.kind_ = all != nullptr ? Kind::kAnd : Kind::kOr;
  if (!parts.is_array() || parts.empty()) {
    rule.refuse(name, "must be an array of at least one condition");
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    condition.parts_.push_back(
        parse_part(parts[i], rule, fmt::format("{}[{}]", rule.label(name), i)));
  }
  return condition;
}

void Condition::parse_comparison(Fields& rule) {
  rule.require("Variable", "a Reference Path to what is compared, or use And, Or, Not");
  variable_ = rule.reference_path("Variable");
  std::string chosen;
  for (const Comparison& comparison : comparisons()) {
    const std::string with_path = std::string(comparison.name) + "Path";
    const Json* value = rule.find(comparison.name);
    const bool takes_path = comparison.type != Type::kIs && comparison.type != Type::kMatches;
    const bool path = takes_path && rule.find(with_path) != nullptr;
    for (const bool by_path : {false, true}) {
      if (by_path ? !path : value == nullptr) continue;
      const std::string name = by_path ? with_path : std::string(comparison.name);
      if (!chosen.empty()) {
        rule.refuse(name, fmt::format("stands beside '{}'; a rule has one comparison", chosen));
      }
      chosen = name;
      comparison_ = &comparison;
      if (by_path) {
        operand_path_ = rule.reference_path(with_path);
      } else {
        operand_ = *value;
        check_operand(rule, name);
      }
    }
  }
  if (chosen.empty()) {
    rule.finish();
    rule.refuse("Variable", "has no comparison beside it, such as NumericEquals");
  }
}

void Condition::check_operand(const Fields& rule, const std::string& field) const {
  bool right = false;
  std::string_view expected;
  switch (comparison_->type) {
    case Type::kString:
    case Type::kMatches:
      right = operand_.is_string();
      expected = "a string";
      break;
    case Type::kNumeric:
      right = operand_.is_number();
      expected = "a number";
      break;
    case Type::kBoolean:
    case Type::kIs:
      right = operand_.is_boolean();
      expected = "true or false";
      break;
    case Type::kTimestamp:
      right = timestamp_of(operand_).has_value();
      expected = "a timestamp such as \"2016-08-18T17:33:00Z\"";
      break;
  }
  if (!right) {
    rule.refuse(field, fmt::format("is {}, must be {}", operand_.dump().substr(0, 80), expected));
  }
}

bool Condition::holds(const Scope& scope) const {
  switch (kind_) {
    case Kind::kNot:
      return !parts_.front().holds(scope);
    case Kind::kCompare:
      return comparison_->type == Type::kIs ? has_property(scope) : compare(scope);
    default:
      break;
  }
  for (const Condition& part : parts_) {
    if (part.holds(scope) == (kind_ == Kind::kOr)) return kind_ == Kind::kOr;
  }
  return kind_ == Kind::kAnd;
}

bool Condition::has_property(const Scope& scope) const {
  const bool wanted = operand_.get<bool>();
  if (comparison_->name == "IsPresent") return (variable_->find_node(scope) != nullptr) == wanted;
  const Json& value = resolve(*variable_, scope);
  bool has = false;
  if (comparison_->name == "IsNull") has = value.is_null();
  if (comparison_->name == "IsNumeric") has = value.is_number();
  if (comparison_->name == "IsString") has = value.is_string();
  if (comparison_->name == "IsBoolean") has = value.is_boolean();
  if (comparison_->name == "IsTimestamp") has = timestamp_of(value).has_value();
  return has == wanted;
}

bool Condition::compare(const Scope& scope) const {
  const Json& left = resolve(*variable_, scope);
  const Json& right = operand_path_ ? resolve(*operand_path_, scope) : operand_;
  auto order = std::partial_ordering::unordered;
  switch (comparison_->type) {
    case Type::kString:
      if (left.is_string() && right.is_string()) {
        order = left.get_ref<const std::string&>() <=> right.get_ref<const std::string&>();
      }
      break;
    case Type::kNumeric:
      if (left.is_number() && right.is_number()) order = compare_numbers(left, right);
      break;
    case Type::kBoolean:
      if (left.is_boolean() && right.is_boolean()) order = left.get<bool>() <=> right.get<bool>();
      break;
    case Type::kTimestamp: {
      const auto a = timestamp_of(left);
      const auto b = timestamp_of(right);
      if (a && b) order = *a <=> *b;
      break;
    }
    default:
      return left.is_string() &&
             matches(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  }
  switch (comparison_->order) {
    case Order::kEquals:
      return order == 0;
    case Order::kLess:
      return order < 0;
    case Order::kGreater:
      return order > 0;
    case Order::kLessEquals:
      return order <= 0;
    default:
      return order >= 0;
  }
}

// The pieces between the asterisks are looked for from left to right, each at its first place; the
// first is tied to the beginning, the last to the end.
bool matches(std::string_view text, std::string_view pattern) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      pieces.emplace_back();
    } else {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      pieces.back() += pattern[i];
    }
  }
  if (pieces.size() == 1) return text == pieces.front();
  if (!text.starts_with(pieces.front())) return false;
  text.remove_prefix(pieces.front().size());
  if (!text.ends_with(pieces.back())) return false;
  text.remove_suffix(pieces.back().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const auto found = text.find(pieces[i]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + pieces[i].size());
  }
  return true;
}

}  // namespace stepconf::asl
