#include "stepconf/wrapper/json_pieces.h"

namespace stepconf::wrapper {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Steps over blanks and one `mark`, where it comes next.
  void skip_blanks_and(char mark) {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == mark) ++at_;
    skip_blanks();
  }
  bool at_end() const { return at_ >= text_.size() || text_[at_] == ']' || text_[at_] == '}'; }

  std::string_view value() {
    const std::size_t start = at_;
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
      } else if (c == '[' || c == '{') {
        ++depth;
        ++at_;
      } else if (c == ']' || c == '}') {
        --depth;
        ++at_;
      } else if (depth == 0) {
        skip_scalar();
      } else {
        at_ = text_.find_first_of("\"[]{}", at_ + 1);
      }
    } while (depth > 0);
    return text_.substr(start, at_ - start);
  }

 private:
  void skip_blanks() {
    const auto next = text_.find_first_not_of(" \t\r\n", at_);
    at_ = next == std::string_view::npos ? text_.size() : next;
  }
  void skip_string() {
    ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
  }
  void skip_scalar() {
    const auto end = text_.find_first_of(" \t\r\n,]}", at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> elements(std::string_view text) {
  std::vector<std::string_view> found;
  Scanner scanner(text);
  scanner.skip_blanks_and('[');
  while (!scanner.at_end()) {
    found.push_back(scanner.value());
    scanner.skip_blanks_and(',');
  }
  return found;
}

std::vector<std::pair<std::string_view, std::string_view>> members(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  Scanner scanner(text);
  scanner.skip_blanks_and('{');
  while (!scanner.at_end()) {
    const std::string_view name = scanner.value();
    scanner.skip_blanks_and(':');
    found.emplace_back(name, scanner.value());
    scanner.skip_blanks_and(',');
  }
  return found;
}

}  // namespace stepconf::wrapper
