#include "stepconf/base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "stepconf/base/error.h"

namespace stepconf {
namespace {

constexpr std::size_t kDeepestNesting = 256;

std::string position(std::string_view text, std::size_t byte, bool one_line) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  if (one_line) return fmt::format("{}", before.size() + 1);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto last_break = before.rfind('\n');
  const auto column = before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1);
  return fmt::format("{}:{}", line, column + 1);
}

// Other languages' words for what JSON has no numbers for, where one stands at `byte` (from 1).
std::string_view not_a_number(std::string_view text, std::size_t byte) {
  const auto in_word = [&](std::size_t i) {
    return std::isalpha(static_cast<unsigned char>(text[i])) || text[i] == '-' || text[i] == '+';
  };
  std::size_t begin = std::min(byte > 0 ? byte - 1 : 0, text.size());
  std::size_t end = begin;
  while (begin > 0 && in_word(begin - 1)) --begin;
  while (end < text.size() && in_word(end)) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  std::string lower;
  for (const char c : word)
    if (std::isalpha(static_cast<unsigned char>(c)))
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower == "nan" || lower == "inf" || lower == "infinity" ? word : std::string_view();
}

// The library's text is "[json.exception.parse_error.101] parse error at line 1, column 2: what";
// we say the place ourselves.
std::string without_place(const std::string& message) {
  for (const std::string_view before : {": ", "] "}) {
    const auto what = message.find(before);
    if (what != std::string::npos) return message.substr(what + before.size());
  }
  return message;
}

// Reads the whole text without building a value, so that what is wrong is known before memory is
// spent on it.
class Checker final : public nlohmann::json_sax<Json> {
 public:
  // `source` names the file; where the text is one line of it, the line too.
  Checker(std::string_view text, std::string_view source, bool one_line)
      : text_(text), source_(source), one_line_(one_line) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }

  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    if (!level.names.insert(name).second) {
      throw InvalidInput(
          fmt::format("{}: {}: member \"{}\" occurs twice; keep one", source_, path(), name));
    }
    level.current = name;
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::string_view word = not_a_number(text_, byte);
    throw InvalidInput(fmt::format(
        "{}:{}: no valid JSON: {}", source_, position(text_, byte, one_line_),
        word.empty() ? without_place(error.what())
                     : fmt::format("{} is no number; write a finite one, or leave out what is not "
                                   "known or cannot run",
                                   word)));
  }

 private:
  struct Level {
    std::set<std::string> names;
    std::string current;
  };

  bool enter() {
    if (levels_.size() == kDeepestNesting) {
      throw InvalidInput(
          fmt::format("{}: values are nested deeper than {} levels", source_, kDeepestNesting));
    }
    levels_.emplace_back();
    return true;
  }

  bool leave() {
    levels_.pop_back();
    return true;
  }

  std::string path() const {
    std::string path = "$";
    for (const Level& level : levels_) {
      if (&level != &levels_.back() && !level.current.empty()) path += "." + level.current;
    }
    return path;
  }

  std::string_view text_;
  std::string_view source_;
  bool one_line_;
  std::vector<Level> levels_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view source) {
  Checker checker(text, source, false);
  Json::sax_parse(text, &checker);
  return Json::parse(text);
}

Json parse_json_line(std::string_view text, std::string_view source, int line) {
  const std::string place = fmt::format("{}:{}", source, line);
  Checker checker(text, place, true);
  Json::sax_parse(text, &checker);
  return Json::parse(text);
}

}  // namespace stepconf
