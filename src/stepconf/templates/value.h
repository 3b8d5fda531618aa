#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/base/json.h"

namespace stepconf::templates {

/// A value in a CloudFormation or SAM template as it is written: the order of members, short-form
/// intrinsics (`!Ref X` has the tag "!Ref"), and whether a scalar stood in quotes are kept, so that
/// what is not changed is written as it was read.
struct Value {
  enum class Kind {
    null,
    /// A scalar without quotes: what it means (5, true, 2010-09-09) is up to who reads it.
    plain,
    /// A text in quotes or a block.
    text,
    sequence,
    mapping,
  };
  using Member = std::pair<std::string, Value>;

  Kind kind = Kind::null;
  std::string tag{};
  std::string scalar{};
  std::vector<Value> elements{};
  std::vector<Member> members{};
  /// Where it begins in its file, from 1; 0 where nobody knows.
  int line = 0;

  bool is_scalar() const { return kind == Kind::plain || kind == Kind::text; }
  bool is_mapping() const { return kind == Kind::mapping; }
  bool is_sequence() const { return kind == Kind::sequence; }

  /// Gives a member, null where there is none or this is no mapping.
  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);
  /// Gives a member, which is added at the end where it is missing. Makes a null a mapping.
  Value& member(std::string_view name);
  void erase(std::string_view name);
};

/// Makes a text.
Value text_value(std::string text);

/// Makes a value of JSON. Members Ref and Fn::NAME that stand alone become short forms.
Value value_of(const OrderedJson& json);

/// Writes {"Ref": ID}, and {"Fn::GetAtt": [ID, "Arn"]}.
OrderedJson reference_to(const std::string& id);
OrderedJson arn_of(const std::string& id);

/// Gives what a value is as JSON: short forms become long ones, plain scalars what YAML 1.1 takes
/// them for as far as JSON has it (numbers as JSON writes them; true, yes, on and their opposites).
OrderedJson json_of(const Value& value);

/// An intrinsic function and its argument.
struct Intrinsic {
  /// "Ref", "Condition", or without "Fn::": "GetAtt", "Sub".
  std::string name{};
  const Value* argument = nullptr;

  explicit operator bool() const { return argument != nullptr; }
};

/// Reads a value as an intrinsic function, in short or long form; false where it is none. The
/// argument of a short form is the value itself.
Intrinsic intrinsic_of(const Value& value);

/// Reads `GetAtt`'s argument, "A.B.C" or [A, B.C], as A and B.C; empty where it is anything else.
std::pair<std::string, std::string> attribute_of(const Intrinsic& get_att);

}  // namespace stepconf::templates
