#include "stepconf/wrapper/command_line.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"

namespace stepconf::wrapper {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kEscapedInDoubleQuotes = "\"\\$`";

/// The text that is left, with the words taken so far.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> words() {
    std::vector<std::string> found;
    while (skip_blanks()) found.push_back(word());
    return found;
  }

 private:
  bool skip_blanks() {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    return at_ < text_.size();
  }

  std::string word() {
    std::string result;
    while (at_ < text_.size() && kBlanks.find(text_[at_]) == std::string_view::npos) {
      const char c = text_[at_++];
      if (c == '\'') {
        single_quoted(result);
      } else if (c == '"') {
        double_quoted(result);
      } else if (c == '\\') {
        result += escaped();
      } else {
        result += c;
      }
    }
    return result;
  }

  void single_quoted(std::string& result) {
    const auto end = text_.find('\'', at_);
    if (end == std::string_view::npos) fail("a single quote is not closed");
    result += text_.substr(at_, end - at_);
    at_ = end + 1;
  }

  void double_quoted(std::string& result) {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return;
      const bool escape = c == '\\' && at_ < text_.size() &&
                          kEscapedInDoubleQuotes.find(text_[at_]) != std::string_view::npos;
      result += escape ? text_[at_++] : c;
    }
    fail("a double quote is not closed");
  }

  char escaped() {
    if (at_ == text_.size()) fail("a backslash stands at the end");
    return text_[at_++];
  }

  [[noreturn]] void fail(std::string_view why) const {
    throw InvalidInput(fmt::format("command line: {}: {}", why, text_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> split_words(std::string_view text) { return Splitter(text).words(); }

}  // namespace stepconf::wrapper
