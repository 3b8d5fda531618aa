#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stepconf/base/json.h"

namespace stepconf::asl {

/// What paths are read from: the state's data (`$`) and the context object (`$$`). Both outlive the
/// call only.
struct Scope {
  const Json& data;
  const Json& context;
};

/// A JSONPath of the Amazon States Language: `$` or `$$`, followed by `.name`, `['name']`, `[0]`,
/// `[-1]`, `[0,2]`, `[1:3]`, `[*]`, `.*` and
/// `..name`, `..*`, `..[0]`. Filters and scripts are refused. Immutable; may be shared between
/// threads.
class Path {
 public:
  /// Parses `text`. Throws InvalidInput that quotes the path and says what is wrong with it.
  static Path parse(std::string_view text);

  /// Whether the path names a single node, so that it may be a Reference Path: only names and
  /// indices.
  bool is_reference() const { return definite_; }
  bool reads_context() const { return context_; }
  const std::string& text() const { return text_; }
  /// Gives the names that the path begins with: a and b of $.a.b[0].c.
  std::vector<std::string> leading_names() const;
  /// Whether it has nothing but names: $.a.b, and $ itself.
  bool has_only_names() const { return leading_names().size() == steps_.size(); }

  /// Finds what the path names. A definite path gives the node itself, absent where it is missing.
  /// Any other path gives the array of all nodes found, in document order, which may be empty;
  /// absent where a definite part before the first choice is missing, as Step Functions has it.
  /// Throws StateFailure (States.Runtime) where more than 100,000 nodes would be visited.
  std::optional<Json> find(const Scope& scope) const;

  /// As find, for a definite path, without a copy: null where the node is missing. REQUIRES:
  /// is_reference().
  const Json* find_node(const Scope& scope) const;

  /// Puts `value` at this place in `root`, creating objects on the way (ResultPath). Throws
  /// StateFailure (States.ResultPathMatchFailure) where a node on the way is of another type or an
  /// array index is out of range. REQUIRES: is_reference() and not reads_context().
  void put(Json& root, Json value) const;

 private:
  struct Name {
    std::string name;
  };
  struct Indices {
    std::vector<std::int64_t> indices;
  };
  struct Slice {
    std::optional<std::int64_t> from, to, step;
  };
  struct Wildcard {};
  struct Step {
    std::variant<Name, Indices, Slice, Wildcard> select;
    bool descend = false;
    bool is_definite() const;
  };
  class Parser;
  class Reader;

  std::string text_;
  std::vector<Step> steps_;
  bool context_ = false;
  bool definite_ = true;
};

}  // namespace stepconf::asl
