#include "stepconf/templates/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace stepconf::templates {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
         c == '/' || c == ':';
}

// Whether a text may stand without quotes and is a text nevertheless, whoever reads it.
bool is_safe_word(const std::string& text) {
  if (text.empty() || !is_letter(text.front()) || text.back() == ':') return false;
  if (!std::ranges::all_of(text, is_word_character)) return false;
  Value plain{.kind = Value::Kind::plain, .scalar = text};
  if (!json_of(plain).is_string()) return false;
  return text != "null" && text != "Null" && text != "NULL" && text != "y" && text != "n" &&
         text != "Y" && text != "N";
}

// Whether a text may stand as a block: no character that only quotes can say.
bool is_safe_block(const std::string& text) {
  if (text.find('\n') == text.npos || text.front() == ' ' || text.front() == '\n') return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\n' || (byte >= 0x20 && byte < 0x7F);
  });
}

// Control characters beyond ASCII must not stand in YAML as they are; JSON does not mind.
std::string quoted(const std::string& text) {
  const std::string json = Json(text).dump();
  std::string result;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0;
    if (byte == 0x7F) {
      result += "\\x7f";
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      result += fmt::format("\\x{:02x}", next);
      ++i;
    } else if (json.compare(i, 3, "\xEF\xBB\xBF") == 0 || json.compare(i, 3, "\xE2\x80\xA8") == 0 ||
               json.compare(i, 3, "\xE2\x80\xA9") == 0 || json.compare(i, 3, "\xEF\xBF\xBE") == 0 ||
               json.compare(i, 3, "\xEF\xBF\xBF") == 0) {
      const int code = ((byte & 0x0F) << 12) | ((next & 0x3F) << 6) |
                       (static_cast<unsigned char>(json[i + 2]) & 0x3F);
      result += fmt::format("\\u{:04x}", code);
      i += 2;
    } else {
      result += json[i];
    }
  }
  return result;
}

std::string spaces(std::size_t indent) { return std::string(indent, ' '); }

class YamlText {
 public:
  std::string take() { return std::move(text_); }

  // Writes behind "name:" or "-"; `indent` is where a block inside begins.
  void behind(const Value& value, std::size_t indent) {
    if (!value.tag.empty()) text_ += " " + value.tag;
    switch (value.kind) {
      case Value::Kind::null:
        text_ += " null\n";
        return;
      case Value::Kind::plain:
        // A plain scalar over several lines was folded; what is left of them is a text.
        text_ +=
            " " +
            (value.scalar.find('\n') == value.scalar.npos ? value.scalar : quoted(value.scalar)) +
            "\n";
        return;
      case Value::Kind::text:
        write_text(value.scalar, indent);
        return;
      case Value::Kind::sequence:
        text_ += value.elements.empty() ? " []\n" : "\n";
        elements(value, indent);
        return;
      case Value::Kind::mapping:
        text_ += value.members.empty() ? " {}\n" : "\n";
        members(value, indent);
        return;
    }
  }

  void members(const Value& value, std::size_t indent, bool first_is_indented = false) {
    for (const auto& [name, member] : value.members) {
      if (!first_is_indented) text_ += spaces(indent);
      first_is_indented = false;
      text_ += (is_safe_word(name) ? name : quoted(name)) + ":";
      behind(member, indent + 2);
    }
  }

 private:
  void elements(const Value& value, std::size_t indent) {
    for (const Value& element : value.elements) {
      text_ += spaces(indent) + "-";
      if (element.is_mapping() && element.tag.empty() && !element.members.empty()) {
        text_ += " ";
        members(element, indent + 2, true);
      } else {
        behind(element, indent + 2);
      }
    }
  }

  void write_text(const std::string& text, std::size_t indent) {
    if (is_safe_word(text)) {
      text_ += " " + text + "\n";
    } else if (is_safe_block(text)) {
      block(text, indent);
    } else {
      text_ += " " + quoted(text) + "\n";
    }
  }

  void block(const std::string& text, std::size_t indent) {
    const std::size_t last = text.find_last_not_of('\n');
    const std::size_t ends = text.size() - 1 - last;
    text_ += ends == 0 ? " |-\n" : ends == 1 ? " |\n" : " |+\n";
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      if (end > begin) text_ += spaces(indent) + text.substr(begin, end - begin);
      text_ += "\n";
      begin = end + 1;
    }
  }

  std::string text_;
};

}  // namespace

std::string write_value(const Value& value, Format format) {
  if (format == Format::json) return json_of(value).dump(2) + "\n";
  YamlText yaml;
  if (value.is_mapping() && value.tag.empty() && !value.members.empty()) {
    yaml.members(value, 0);
    return yaml.take();
  }
  yaml.behind(value, 2);
  return yaml.take().substr(1);
}

}  // namespace stepconf::templates
