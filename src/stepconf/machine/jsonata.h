#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/json.h"

// JSONata as text: what the generated states say, and what is changed in the user's own expressions
// (https://docs.jsonata.org). Expressions are never evaluated here.

namespace stepconf::machine {

/// Writes an expression as Step Functions takes it in a state: "{% EXPRESSION %}".
std::string query(std::string_view expression);

/// Gives the expression of "{% EXPRESSION %}"; absent where the value is anything else.
std::optional<std::string> expression_in(const Json& value);

/// Tells whether names can stand in an expression between quotes or backticks as they are.
bool are_plain(std::span<const std::string> names);

/// Writes `base.a.b`, names in backticks where they are no identifiers. REQUIRES: are_plain(names).
std::string member_of(std::string base, std::span<const std::string> names);

/// Writes an expression for the object `into` with `value` at `names` (ResultPath): objects on the
/// way are created. Without names it is `value`. REQUIRES: are_plain(names).
std::string with_member(const std::string& into, std::span<const std::string> names,
                        const std::string& value);

/// What `$states.a.b.c` becomes, given the names a, b, c; absent where it must not be used. `used`
/// is set to how many of the names the replacement stands for; the rest stays behind it.
using Replace = std::function<std::optional<std::string>(std::span<const std::string> names,
                                                         std::size_t& used)>;

/// Replaces each use of `$states` in an expression, strings and comments left alone. Absent where
/// `replace` refuses one, or where `$states` is used whole, so that what it reads is not known.
std::optional<std::string> replace_states(std::string_view expression, const Replace& replace);

/// Turns a template of a JSONata state (JSON whose texts may be "{% ... %}") into one expression,
/// with `replace_states` applied. Absent where that refuses, and for arrays with expressions
/// inside: an expression's array constructor would flatten what the template keeps nested.
std::optional<std::string> template_as_expression(const Json& value, const Replace& replace);

/// Tells whether an expression is `$states.a.b` and nothing else: it reads, and cannot fail.
bool is_path(std::string_view expression);

/// Applies `replace_states` to each expression in a template. Absent where it refuses one.
std::optional<OrderedJson> replace_in_template(const OrderedJson& value, const Replace& replace);

/// Tells whether an expression or template uses `$states.NAME...`.
bool uses_states(const Json& value, std::string_view name);

}  // namespace stepconf::machine
