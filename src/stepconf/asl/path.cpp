#include "stepconf/asl/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "stepconf/asl/failure.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

// Deep enough for any data that the limit on a state's nesting lets through.
constexpr std::size_t kMostSteps = 256;
// `$..*..*` finds a node once for each way to it; this keeps such a path from outgrowing its data.
constexpr std::size_t kMostVisits = 100'000;

bool in_plain_name(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) ||
         c == '_' || c == '-' || c == '$' || c == ' ' || c == ':' || c == '/' || c == '#';
}

const Json* member(const Json& node, const std::string& name) {
  if (!node.is_object()) return nullptr;
  const auto found = node.find(name);
  return found == node.end() ? nullptr : &*found;
}

const Json* element(const Json& node, std::int64_t index) {
  if (!node.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(node.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? nullptr : &node[static_cast<std::size_t>(index)];
}

}  // namespace

bool Path::Step::is_definite() const {
  if (descend) return false;
  if (std::holds_alternative<Name>(select)) return true;
  const auto* indices = std::get_if<Indices>(&select);
  return indices != nullptr && indices->indices.size() == 1;
}

class Path::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Path parse() {
    Path path;
    path.text_ = std::string(text_);
    if (!take('$')) fail("it must begin with $");
    path.context_ = take('$');
    while (at_ < text_.size()) {
      path.steps_.push_back(step());
      path.definite_ = path.definite_ && path.steps_.back().is_definite();
      if (path.steps_.size() > kMostSteps) fail(fmt::format("more than {} parts", kMostSteps));
    }
    return path;
  }

 private:
  Step step() {
    Step step;
    if (take('.')) {
      step.descend = take('.');
      if (take('*')) {
        step.select = Wildcard{};
        return step;
      }
      if (!step.descend || peek() != '[') {
        step.select = plain_name();
        return step;
      }
    }
    if (!take('[')) fail(fmt::format("unexpected '{}' at character {}", peek(), at_ + 1));
    if (peek() == '?' || peek() == '(') fail("filters and scripts are not supported");
    if (take('*')) {
      step.select = Wildcard{};
    } else if (peek() == '\'' || peek() == '"') {
      step.select = quoted_name();
      if (peek() == ',') fail("several names in one pair of brackets are not supported");
    } else {
      step.select = numbers();
    }
    if (!take(']')) fail(fmt::format("expected ']' at character {}", at_ + 1));
    return step;
  }

  Name plain_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && in_plain_name(text_[at_])) ++at_;
    if (at_ == begin) fail(fmt::format("expected a name at character {}", at_ + 1));
    return {std::string(text_.substr(begin, at_ - begin))};
  }

  Name quoted_name() {
    const char quote = text_[at_++];
    Name name;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      name.name += text_[at_++];
    }
    if (!take(quote)) fail("a quoted name does not end");
    return name;
  }

  std::variant<Name, Indices, Slice, Wildcard> numbers() {
    const auto first = number();
    if (peek() == ':') {
      Slice slice{first, {}, {}};
      take(':');
      slice.to = number();
      if (take(':')) slice.step = number();
      if (slice.step && *slice.step < 1) fail("a slice's step must be at least 1");
      return slice;
    }
    if (!first) fail(fmt::format("expected an index at character {}", at_ + 1));
    Indices indices{{*first}};
    while (take(',')) {
      const auto next = number();
      if (!next) fail(fmt::format("expected an index at character {}", at_ + 1));
      indices.indices.push_back(*next);
    }
    return indices;
  }

  std::optional<std::int64_t> number() {
    while (peek() == ' ') ++at_;
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (end == begin) return std::nullopt;
    constexpr std::int64_t kLargest = 1'000'000'000;
    if (error != std::errc() || value > kLargest || value < -kLargest)
      fail("an index is too large");
    at_ += static_cast<std::size_t>(end - begin);
    while (peek() == ' ') ++at_;
    return value;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw InvalidInput(fmt::format("'{}' is no path: {}", text_.substr(0, 200), why));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Path Path::parse(std::string_view text) { return Parser(text).parse(); }

std::vector<std::string> Path::leading_names() const {
  std::vector<std::string> names;
  for (const Step& step : steps_) {
    const auto* name = std::get_if<Name>(&step.select);
    if (name == nullptr || step.descend) break;
    names.push_back(name->name);
  }
  return names;
}

// Carries the set of nodes found so far from step to step, so that long paths need no recursion.
class Path::Reader {
 public:
  explicit Reader(const Path& path) : path_(path) {}

  // Absent where a definite part at the beginning is missing.
  std::optional<std::vector<const Json*>> read(const Json& root) {
    std::vector<const Json*> nodes = {&root};
    bool upstream_definite = true;
    for (const Step& step : path_.steps_) {
      std::vector<const Json*> next;
      for (const Json* node : nodes) {
        if (step.descend) {
          descend(step, *node, next);
        } else {
          select(step, *node, next);
        }
      }
      if (next.empty() && upstream_definite && must_exist(step, nodes)) return std::nullopt;
      upstream_definite = upstream_definite && step.is_definite();
      nodes = std::move(next);
    }
    return nodes;
  }

 private:
  // A slice or several indices of what is no array are an error after a definite path, a wildcard
  // or `..` just finds nothing.
  static bool must_exist(const Step& step, const std::vector<const Json*>& nodes) {
    if (step.descend || std::holds_alternative<Wildcard>(step.select)) return false;
    return step.is_definite() || nodes.empty() || !nodes.front()->is_array();
  }

  void add(const Json* node, std::vector<const Json*>& found) {
    if (node == nullptr) return;
    visit();
    found.push_back(node);
  }

  void visit() {
    if (++visits_ > kMostVisits) {
      throw StateFailure(kRuntime, fmt::format("The path '{}' visits more than {} nodes.",
                                               path_.text_, kMostVisits));
    }
  }

  void select(const Step& step, const Json& node, std::vector<const Json*>& found) {
    if (const auto* name = std::get_if<Name>(&step.select)) {
      add(member(node, name->name), found);
    } else if (const auto* indices = std::get_if<Indices>(&step.select)) {
      for (const std::int64_t index : indices->indices) add(element(node, index), found);
    } else if (const auto* slice = std::get_if<Slice>(&step.select)) {
      select_slice(*slice, node, found);
    } else if (node.is_structured()) {
      for (const Json& child : node) add(&child, found);
    }
  }

  void select_slice(const Slice& slice, const Json& node, std::vector<const Json*>& found) {
    if (!node.is_array()) return;
    const auto size = static_cast<std::int64_t>(node.size());
    const auto bound = [size](std::int64_t value) {
      return std::clamp<std::int64_t>(value < 0 ? value + size : value, 0, size);
    };
    const std::int64_t end = bound(slice.to.value_or(size));
    for (std::int64_t i = bound(slice.from.value_or(0)); i < end; i += slice.step.value_or(1)) {
      add(&node[static_cast<std::size_t>(i)], found);
    }
  }

  void descend(const Step& step, const Json& root, std::vector<const Json*>& found) {
    std::vector<const Json*> pending = {&root};
    while (!pending.empty()) {
      const Json* node = pending.back();
      pending.pop_back();
      visit();
      select(step, *node, found);
      if (!node->is_structured()) continue;
      const std::size_t children = pending.size();
      for (const Json& child : *node) pending.push_back(&child);
      std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(children), pending.end());
    }
  }

  const Path& path_;
  std::size_t visits_ = 0;
};

const Json* Path::find_node(const Scope& scope) const {
  const Json* node = context_ ? &scope.context : &scope.data;
  for (const Step& step : steps_) {
    const auto* name = std::get_if<Name>(&step.select);
    node = name ? member(*node, name->name)
                : element(*node, std::get<Indices>(step.select).indices.front());
    if (node == nullptr) return nullptr;
  }
  return node;
}

std::optional<Json> Path::find(const Scope& scope) const {
  if (definite_) {
    const Json* node = find_node(scope);
    if (node == nullptr) return std::nullopt;
    return *node;
  }
  const auto nodes = Reader(*this).read(context_ ? scope.context : scope.data);
  if (!nodes) return std::nullopt;
  Json found = Json::array();
  for (const Json* node : *nodes) found.push_back(*node);
  return found;
}

void Path::put(Json& root, Json value) const {
  const auto mismatch = [this](const std::string& why) {
    throw StateFailure(kResultPathMatchFailure,
                       fmt::format("Unable to apply the ResultPath '{}': {}.", text_, why));
  };
  Json* node = &root;
  for (const Step& step : steps_) {
    if (const auto* name = std::get_if<Name>(&step.select)) {
      if (!node->is_object()) {
        mismatch(fmt::format("'{}' would be a member of a {}", name->name, node->type_name()));
      }
      const auto [member, created] = node->emplace(name->name, Json::object());
      node = &*member;
    } else {
      const std::int64_t index = std::get<Indices>(step.select).indices.front();
      const Json* found = element(*node, index);
      if (found == nullptr) mismatch(fmt::format("there is no element [{}]", index));
      const auto size = static_cast<std::int64_t>(node->size());
      node = &(*node)[static_cast<std::size_t>(index < 0 ? index + size : index)];
    }
  }
  *node = std::move(value);
}

}  // namespace stepconf::asl
