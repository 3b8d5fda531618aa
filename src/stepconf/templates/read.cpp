#include "stepconf/templates/read.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "stepconf/base/error.h"

namespace stepconf::templates {
namespace {

constexpr std::size_t kDeepest = 256;
// Of a template's 1 MB at most; each takes some 150 bytes.
constexpr std::size_t kMostValues = 200'000;

// Builds the value of the first document out of the parser's events.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& source) : source_(source) {}

  Value take() { return std::move(root_); }
  bool has_begun_another() const { return documents_ > 1; }

 private:
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    bool has_name = false;
    std::string name{};
    std::set<std::string> names{};
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& what) const {
    throw InvalidInput(fmt::format("{}:{}: {}", source_, mark.line + 1, what));
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "a second document begins, must be one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, {.line = mark.line + 1}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) fail(mark, "an alias stands within what it names");
    values_ += found->second.second;
    add(mark, found->second.first, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& scalar) override {
    // With a tag nobody can tell whether there were quotes; arguments of intrinsics are texts.
    Value value{.kind = tag == "?" ? Value::Kind::plain : Value::Kind::text,
                .tag = own_tag(mark, tag),
                .scalar = scalar,
                .line = mark.line + 1};
    add(mark, std::move(value), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, Value::Kind::sequence, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, Value::Kind::mapping, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  // Of YAML's own types (!!str) only the value is kept.
  std::string own_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.size() < 2 || tag.front() != '!') return {};
    const bool plain = std::ranges::all_of(
        tag.substr(1), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
    if (!plain) fail(mark, fmt::format("{} is no intrinsic function", tag));
    return tag;
  }

  void open(const YAML::Mark& mark, Value::Kind kind, const std::string& tag,
            YAML::anchor_t anchor) {
    if (stack_.size() >= kDeepest) fail(mark, "is nested deeper than 256 levels");
    if (!stack_.empty()) expect_place(mark);
    stack_.push_back({.value = {.kind = kind, .tag = own_tag(mark, tag), .line = mark.line + 1},
                      .anchor = anchor});
    begun_.push_back(values_);
  }

  // A name cannot be a sequence or a mapping.
  void expect_place(const YAML::Mark& mark) const {
    const Open& top = stack_.back();
    if (top.value.is_mapping() && !top.has_name) {
      fail(mark, "a member's name must be a plain word");
    }
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    const std::size_t size = values_ - begun_.back() + 1;
    begun_.pop_back();
    if (done.value.is_mapping()) merge(done.value);
    const YAML::Mark mark = mark_at(done.value.line);
    if (done.anchor != 0) {
      values_ += size;
      anchored_[done.anchor] = {done.value, size};
    }
    put(mark, std::move(done.value));
  }

  static YAML::Mark mark_at(int line) {
    YAML::Mark mark = YAML::Mark::null_mark();
    mark.line = line - 1;
    return mark;
  }

  void add(const YAML::Mark& mark, Value value, YAML::anchor_t anchor) {
    if (anchor != 0) anchored_[anchor] = {value, 1};
    put(mark, std::move(value));
  }

  void put(const YAML::Mark& mark, Value value) {
    if (++values_ > kMostValues) fail(mark, "has more than 200,000 values");
    if (stack_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& top = stack_.back();
    if (top.value.is_sequence()) {
      top.value.elements.push_back(std::move(value));
    } else if (top.has_name) {
      top.value.members.emplace_back(std::move(top.name), std::move(value));
      top.has_name = false;
    } else {
      if (!value.is_scalar()) fail(mark, "a member's name must be a plain word");
      top.name = std::move(value.scalar);
      if (!top.names.insert(top.name).second) {
        fail(mark, fmt::format("{}: occurs twice; keep one", top.name));
      }
      top.has_name = true;
    }
  }

  // What `<<` names gives the members that are not there.
  void merge(Value& mapping) const {
    const Value* merged = mapping.find("<<");
    if (merged == nullptr) return;
    const Value source = *merged;
    mapping.erase("<<");
    std::vector<const Value*> bases;
    if (source.is_mapping()) bases.push_back(&source);
    for (const Value& element : source.elements) bases.push_back(&element);
    std::set<std::string> names;
    for (const auto& member : mapping.members) names.insert(member.first);
    for (const Value* base : bases) {
      for (const auto& [name, value] : base->members) {
        if (names.insert(name).second) mapping.members.emplace_back(name, value);
      }
    }
  }

  std::string source_;
  int documents_ = 0;
  std::size_t values_ = 0;
  Value root_;
  std::vector<Open> stack_;
  std::vector<std::size_t> begun_;
  // What an anchor names, and how many values that is.
  std::map<YAML::anchor_t, std::pair<Value, std::size_t>> anchored_;
};

Value from_json(const OrderedJson& json) {
  Value value;
  if (json.is_object()) {
    value.kind = Value::Kind::mapping;
    for (const auto& [name, member] : json.items()) {
      value.members.emplace_back(name, from_json(member));
    }
  } else if (json.is_array()) {
    value.kind = Value::Kind::sequence;
    for (const OrderedJson& element : json) value.elements.push_back(from_json(element));
  } else if (json.is_string()) {
    value = text_value(json.get<std::string>());
  } else if (!json.is_null()) {
    value = {.kind = Value::Kind::plain, .scalar = json.dump()};
  }
  return value;
}

void expect_utf8(std::string_view text, const std::string& source) {
  int line = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    try {
      static_cast<void>(Json(text.substr(0, end)).dump());
    } catch (const Json::type_error&) {
      throw InvalidInput(fmt::format("{}:{}: is not valid UTF-8", source, line));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
}

}  // namespace

Format format_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '{' ? Format::json : Format::yaml;
}

Value read_value(std::string_view text, const std::string& source) {
  if (format_of(text) == Format::json) {
    // Refuses members that occur twice, which the other reading would not notice.
    static_cast<void>(parse_json(text, source));
    return from_json(OrderedJson::parse(text));
  }
  expect_utf8(text, source);
  Builder builder(source);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // The second call is for a second document, which is refused; a third could go on for ever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::ParserException& error) {
    throw InvalidInput(
        fmt::format("{}:{}: no valid YAML: {}", source, error.mark.line + 1, error.msg));
  } catch (const YAML::Exception& error) {
    throw InvalidInput(fmt::format("{}: no valid YAML: {}", source, error.what()));
  }
  return builder.take();
}

}  // namespace stepconf::templates
