#include "stepconf/project/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/base/suggest.h"

namespace stepconf::project {
namespace {

std::optional<double> as_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || rest != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// The parser takes other bytes as they are; they would come out in JSON documents, which are UTF-8.
std::optional<int> first_line_not_utf8(const std::string& content) {
  int line = 1;
  for (std::size_t begin = 0; begin < content.size(); ++line) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    try {
      static_cast<void>(Json(content.substr(begin, end - begin)).dump());
    } catch (const Json::type_error&) {
      return line;
    }
    begin = end + 1;
  }
  return std::nullopt;
}

// Where documents begin. YAML::LoadAll tells too how many there are, but goes on for ever where a
// document begins with a comma, which is then also where the next one begins.
class DocumentStarts final : public YAML::EventHandler {
 public:
  explicit DocumentStarts(const std::string& content) {
    std::istringstream stream(content);
    YAML::Parser parser(stream);
    while (lines_.size() < 2 && parser.HandleNextDocument(*this)) {
    }
  }

  std::optional<int> second_line() const {
    return lines_.size() > 1 ? std::optional(lines_[1] + 1) : std::nullopt;
  }

 private:
  using Style = YAML::EmitterStyle::value;

  void OnDocumentStart(const YAML::Mark& mark) override { lines_.push_back(mark.line); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, Style) override {}
  void OnMapEnd() override {}

  std::vector<int> lines_;
};

}  // namespace

void YamlValue::fail(const std::string& what) const {
  const int line_number = line();
  const std::string place = line_number > 0 ? fmt::format("{}:{}", file_, line_number) : file_;
  throw InvalidInput(field_.empty() ? fmt::format("{}: {}", place, what)
                                    : fmt::format("{}: {}: {}", place, field_, what));
}

YamlValue YamlValue::at(const YAML::Node& node, const std::string& name) const {
  return {node, file_, field_.empty() ? name : field_ + "." + name};
}

void YamlValue::expect_members(std::initializer_list<std::string_view> known) const {
  for (const auto& [name, value] : members()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string meant = nearest(name, {known.begin(), known.size()});
    value.fail(meant.empty()
                   ? fmt::format("is not known here; known are {}", fmt::join(known, ", "))
                   : fmt::format("is not known here; did you mean {}?", meant));
  }
}

std::optional<YamlValue> YamlValue::member(const std::string& name) const {
  const YAML::Node found = node_[name];
  if (!found.IsDefined()) return std::nullopt;
  YamlValue value = at(found, name);
  if (found.IsNull()) value.fail("has no value; give it one or leave it out");
  return value;
}

YamlValue YamlValue::required(const std::string& name, std::string_view example) const {
  auto value = member(name);
  if (!value) fail(fmt::format("lacks \"{}\"; for example {}: {}", name, name, example));
  return *value;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::members() const {
  if (!node_.IsMap()) fail("must be a mapping, one `name: value` a line");
  std::vector<std::pair<std::string, YamlValue>> result;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) fail("has a member whose name is not a plain word");
    const std::string& name = entry.first.Scalar();
    // The member's own line is its name's: a value may begin a line later.
    if (!seen.insert(name).second) at(entry.first, name).fail("occurs twice; keep one");
    result.emplace_back(name, at(entry.second, name));
  }
  return result;
}

std::vector<YamlValue> YamlValue::elements() const {
  if (!node_.IsSequence()) fail("must be a list: [VALUE, VALUE], or one `- VALUE` a line");
  std::vector<YamlValue> result;
  for (std::size_t i = 0; i < node_.size(); ++i) {
    result.push_back({node_[i], file_, fmt::format("{}[{}]", field_, i)});
  }
  return result;
}

bool YamlValue::is_number() const { return node_.IsScalar() && as_number(node_.Scalar()); }

std::string YamlValue::text() const {
  if (!node_.IsScalar()) fail("must be a single text");
  return node_.Scalar();
}

std::string YamlValue::choice(std::initializer_list<std::string_view> choices) const {
  const std::string value = text();
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail(fmt::format("is \"{}\", must be one of {}", value, fmt::join(choices, ", ")));
  }
  return value;
}

int YamlValue::integer(int least, int greatest) const {
  const std::string value = text();
  const auto number = as_number(value);
  if (!number || *number != std::floor(*number) || *number < least || *number > greatest) {
    fail(fmt::format("is \"{}\", must be a whole number from {} to {}", value, least, greatest));
  }
  return static_cast<int>(*number);
}

double YamlValue::number(double least, double greatest) const {
  const std::string value = text();
  const auto number = as_number(value);
  if (!number || *number < least || *number > greatest) {
    fail(std::isfinite(greatest)
             ? fmt::format("is \"{}\", must be a number from {} to {}", value, least, greatest)
             : fmt::format("is \"{}\", must be a number, at least {}", value, least));
  }
  return *number;
}

Seconds YamlValue::duration() const {
  const std::string value = text();
  try {
    return parse_duration(value, "this");
  } catch (const InvalidInput&) {
    fail(fmt::format("is \"{}\"; write a number, at least 0, and ms, s or m, for example 20s",
                     value));
  }
}

std::vector<int> YamlValue::integers(int least, int greatest) const {
  std::vector<int> result;
  for (const YamlValue& element : elements()) result.push_back(element.integer(least, greatest));
  if (result.empty()) fail("is empty, must have at least one value");
  std::sort(result.begin(), result.end());
  const auto twice = std::adjacent_find(result.begin(), result.end());
  if (twice != result.end()) fail(fmt::format("has {} twice; keep one", *twice));
  return result;
}

std::vector<std::string> YamlValue::texts() const {
  std::vector<std::string> result;
  for (const YamlValue& element : elements()) result.push_back(element.text());
  return result;
}

Json YamlValue::json() const {
  if (node_.IsMap()) {
    Json result = Json::object();
    for (const auto& [name, value] : members()) result[name] = value.json();
    return result;
  }
  if (node_.IsSequence()) {
    Json result = Json::array();
    for (const YamlValue& element : elements()) result.push_back(element.json());
    return result;
  }
  if (node_.IsNull()) return nullptr;
  const std::string& scalar = node_.Scalar();
  const bool quoted = node_.Tag() == "!";
  if (quoted) return scalar;
  const Json read = Json::parse(scalar, nullptr, false);
  return read.is_discarded() ? Json(scalar) : read;
}

std::filesystem::path YamlValue::path() const {
  const std::string value = text();
  if (value.empty()) fail("is empty, must be a path");
  return (std::filesystem::absolute(file_).parent_path() / value).lexically_normal();
}

YamlValue parse_yaml(const std::string& content, const std::filesystem::path& file) {
  if (const auto line = first_line_not_utf8(content)) {
    throw InvalidInput(fmt::format("{}:{}: is not valid UTF-8", file.string(), *line));
  }
  try {
    if (const auto line = DocumentStarts(content).second_line()) {
      throw InvalidInput(
          fmt::format("{}:{}: a second document begins, must be one", file.string(), *line));
    }
    return {YAML::Load(content), file.string(), ""};
  } catch (const YAML::ParserException& error) {
    throw InvalidInput(
        fmt::format("{}:{}: no valid YAML: {}", file.string(), error.mark.line + 1, error.msg));
  } catch (const YAML::Exception& error) {
    throw InvalidInput(fmt::format("{}: no valid YAML: {}", file.string(), error.what()));
  }
}

}  // namespace stepconf::project
