#include "stepconf/asl/intrinsic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/payload.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

constexpr int kDeepestNesting = 10;
constexpr std::int64_t kLongestRange = 1000;
constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

[[noreturn]] void fail(const std::string& why) { throw StateFailure(kIntrinsicFailure, why); }

void expect_array(const Json& value) {
  if (!value.is_array()) fail(fmt::format("expected an array, got a {}", value.type_name()));
}

// "If you specify a non-integer value, Step Functions rounds it off to the nearest integer."
std::int64_t integer_argument(const Json& value) {
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    fail(fmt::format("{} is too large", value.dump()));
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number()) fail(fmt::format("expected a number, got a {}", value.type_name()));
  const double rounded = std::floor(value.get<double>() + 0.5);
  if (!(std::abs(rounded) < 9.0e18)) fail(fmt::format("{} is too large", value.dump()));
  return static_cast<std::int64_t>(rounded);
}

Json array(std::vector<Json>& arguments) { return Json(std::move(arguments)); }

Json array_partition(std::vector<Json>& arguments) {
  const Json& items = arguments[0];
  expect_array(items);
  const std::int64_t size = integer_argument(arguments[1]);
  if (size < 1) fail(fmt::format("the chunk size is {}, must be at least 1", size));
  Json chunks = Json::array();
  for (const Json& item : items) {
    if (chunks.empty() || static_cast<std::int64_t>(chunks.back().size()) == size) {
      chunks.push_back(Json::array());
    }
    chunks.back().push_back(item);
  }
  return chunks;
}

Json array_length(std::vector<Json>& arguments) {
  expect_array(arguments[0]);
  return arguments[0].size();
}

Json array_get_item(std::vector<Json>& arguments) {
  const Json& items = arguments[0];
  expect_array(items);
  const std::int64_t index = integer_argument(arguments[1]);
  if (index < 0 || index >= static_cast<std::int64_t>(items.size())) {
    fail(fmt::format("there is no element {} in an array of {}", index, items.size()));
  }
  return items[static_cast<std::size_t>(index)];
}

Json array_range(std::vector<Json>& arguments) {
  const std::int64_t first = integer_argument(arguments[0]);
  const std::int64_t last = integer_argument(arguments[1]);
  const std::int64_t step = integer_argument(arguments[2]);
  if (step == 0) fail("the step must not be 0");
  Json range = Json::array();
  for (std::int64_t value = first; step > 0 ? value <= last : value >= last;) {
    if (static_cast<std::int64_t>(range.size()) == kLongestRange) {
      fail(fmt::format("the range has more than {} elements", kLongestRange));
    }
    range.push_back(value);
    if (__builtin_add_overflow(value, step, &value)) break;
  }
  return range;
}

Json string_to_json(std::vector<Json>& arguments) {
  if (!arguments[0].is_string()) {
    fail(fmt::format("expected a string, got a {}", arguments[0].type_name()));
  }
  try {
    return parse_json(arguments[0].get_ref<const std::string&>(), "the string");
  } catch (const InvalidInput& error) {
    fail(error.what());
  }
}

Json json_to_string(std::vector<Json>& arguments) { return arguments[0].dump(); }

Json math_add(std::vector<Json>& arguments) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(integer_argument(arguments[0]), integer_argument(arguments[1]),
                             &sum)) {
    fail("the sum is too large");
  }
  return sum;
}

// Fills each {} of the template; `\{`, `\}`, `\'` and `\\` stand for the character itself.
Json format(std::vector<Json>& arguments) {
  if (!arguments[0].is_string()) fail("the first argument must be a string");
  const std::string& pattern = arguments[0].get_ref<const std::string&>();
  std::string text;
  std::size_t used = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool more = i + 1 < pattern.size();
    if (pattern[i] == '\\' && more) {
      text += pattern[++i];
    } else if (pattern[i] == '{' && more && pattern[i + 1] == '}') {
      ++i;
      if (used == arguments.size()) fail("there are more {} than arguments");
      const Json& value = arguments[used++];
      text += value.is_string() ? value.get<std::string>() : value.dump();
      if (text.size() > kMostPayloadBytes) fail("the text is too long");
    } else {
      text += pattern[i];
    }
  }
  if (used != arguments.size()) fail("there are more arguments than {}");
  return text;
}

}  // namespace

struct Intrinsic::Entry {
  std::string_view name;
  std::size_t fewest, most;
  Function function;
};

const Intrinsic::Entry* Intrinsic::find(std::string_view name) {
  static constexpr Entry kFunctions[] = {
      {"States.Format", 1, kAnyNumber, format},
      {"States.Array", 0, kAnyNumber, array},
      {"States.ArrayPartition", 2, 2, array_partition},
      {"States.ArrayLength", 1, 1, array_length},
      {"States.ArrayGetItem", 2, 2, array_get_item},
      {"States.ArrayRange", 3, 3, array_range},
      {"States.StringToJson", 1, 1, string_to_json},
      {"States.JsonToString", 1, 1, json_to_string},
      {"States.MathAdd", 2, 2, math_add},
  };
  const auto* found = std::ranges::find(kFunctions, name, &Entry::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

class Intrinsic::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Intrinsic parse() {
    Intrinsic call = parse_call(1);
    skip_spaces();
    if (at_ != text_.size()) fail_at("expected the end");
    return call;
  }

 private:
  Intrinsic parse_call(int depth) {
    if (depth > kDeepestNesting) {
      fail_at(fmt::format("calls are nested deeper than {}", kDeepestNesting));
    }
    Intrinsic call;
    const std::size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) || peek() == '.') ++at_;
    call.name_ = std::string(text_.substr(begin, at_ - begin));
    const Entry* entry = find(call.name_);
    if (entry == nullptr) {
      fail_at(fmt::format(
          "the function '{}' is not supported; supported are States.Format, Array, ArrayPartition, "
          "ArrayLength, ArrayGetItem, ArrayRange, StringToJson, JsonToString, MathAdd",
          call.name_));
    }
    if (!take('(')) fail_at("expected '('");
    if (!take(')')) {
      do {
        call.arguments_.push_back(parse_argument(depth));
      } while (take(','));
      if (!take(')')) fail_at("expected ',' or ')'");
    }
    const std::size_t count = call.arguments_.size();
    if (count < entry->fewest || count > entry->most) {
      fail_at(fmt::format("{} takes {} argument(s), not {}", call.name_, entry->fewest, count));
    }
    return call;
  }

  Argument parse_argument(int depth) {
    skip_spaces();
    if (peek() == '\'') return parse_quoted();
    if (peek() == '$') return parse_path();
    if (text_.substr(at_).starts_with("States.")) return parse_call(depth + 1);
    const std::size_t begin = at_;
    while (at_ < text_.size() && peek() != ',' && peek() != ')' && peek() != ' ') ++at_;
    Json literal = Json::parse(text_.substr(begin, at_ - begin), nullptr, false);
    if (literal.is_discarded() || literal.is_structured() || literal.is_string()) {
      fail_at("an argument must be a path, a number, true, false, null, a call or 'text'");
    }
    return literal;
  }

  Quoted parse_quoted() {
    Quoted quoted;
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      quoted.raw += text_[at_];
      if (text_[at_] == '\\') {
        ++at_;
        if (peek() != '\'' && peek() != '{' && peek() != '}' && peek() != '\\') {
          fail_at(R"(only \', \{, \} and \\ are escapes)");
        }
        quoted.raw += text_[at_];
      }
      quoted.value += text_[at_];
    }
    if (at_ >= text_.size()) fail_at("a quoted text does not end");
    ++at_;
    return quoted;
  }

  Path parse_path() {
    const std::size_t begin = at_;
    bool bracket = false;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != '\0') {
        if (c == '\\') ++at_;
        if (c == quote) quote = '\0';
      } else if (bracket) {
        if (c == '\'' || c == '"') quote = c;
        if (c == ']') bracket = false;
      } else if (c == '[') {
        bracket = true;
      } else if (c == ',' || c == ')') {
        break;
      }
    }
    at_ = std::min(at_, text_.size());
    std::size_t end = at_;
    while (end > begin && text_[end - 1] == ' ') --end;
    return Path::parse(text_.substr(begin, end - begin));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (peek() != c) return false;
    ++at_;
    skip_spaces();
    return true;
  }
  [[noreturn]] void fail_at(const std::string& why) const {
    throw InvalidInput(fmt::format("'{}', character {}: {}", text_.substr(0, 200), at_ + 1, why));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Intrinsic Intrinsic::parse(std::string_view text) { return Parser(text).parse(); }

Json Intrinsic::evaluate(const Scope& scope) const {
  std::vector<Json> values;
  values.reserve(arguments_.size());
  std::size_t bytes = 0;
  for (const Argument& argument : arguments_) {
    if (const auto* quoted = std::get_if<Quoted>(&argument)) {
      const bool is_pattern = values.empty() && name_ == "States.Format";
      values.emplace_back(is_pattern ? quoted->raw : quoted->value);
    } else if (const auto* literal = std::get_if<Json>(&argument)) {
      values.push_back(*literal);
    } else if (const auto* path = std::get_if<Path>(&argument)) {
      auto found = path->find(scope);
      if (!found) fail(fmt::format("{}: there is nothing at '{}'.", name_, path->text()));
      values.push_back(std::move(*found));
    } else {
      values.push_back(std::get<Intrinsic>(argument).evaluate(scope));
    }
    bytes += payload_bytes(values.back());
    if (bytes > kMostPayloadBytes) fail(fmt::format("{}: its arguments are too large.", name_));
  }
  try {
    return find(name_)->function(values);
  } catch (const StateFailure& failure) {
    throw StateFailure(failure.error(), fmt::format("{}: {}.", name_, failure.what()));
  }
}

void Intrinsic::add_paths(std::vector<Path>& paths) const {
  for (const Argument& argument : arguments_) {
    if (const auto* path = std::get_if<Path>(&argument)) paths.push_back(*path);
    if (const auto* call = std::get_if<Intrinsic>(&argument)) call->add_paths(paths);
  }
}

}  // namespace stepconf::asl
