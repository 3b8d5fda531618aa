#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"

namespace stepconf::project {

/// A value in a YAML file that knows its place, so that every complaint names file, line and field.
class YamlValue {
 public:
  YamlValue(const YAML::Node& node, std::string file, std::string field)
      : node_(node), file_(std::move(file)), field_(std::move(field)) {}

  /// Throws InvalidInput "FILE:LINE: FIELD: `what`".
  [[noreturn]] void fail(const std::string& what) const;

  /// Checks that this is a mapping with no members but `known`, none of them twice.
  void expect_members(std::initializer_list<std::string_view> known) const;

  /// Gives a member of a mapping; absent where it is not there. A member that is there without a
  /// value is an error.
  std::optional<YamlValue> member(const std::string& name) const;
  /// Gives a member that has to be there.
  YamlValue required(const std::string& name, std::string_view example) const;

  /// Gives all members of a mapping in the file's order; none of them twice.
  std::vector<std::pair<std::string, YamlValue>> members() const;
  /// Gives the elements of a sequence.
  std::vector<YamlValue> elements() const;

  bool is_mapping() const { return node_.IsMap(); }
  bool is_scalar() const { return node_.IsScalar(); }
  bool is_number() const;
  int line() const { return node_.Mark().line + 1; }

  std::string text() const;
  /// A text out of `choices`.
  std::string choice(std::initializer_list<std::string_view> choices) const;
  int integer(int least, int greatest) const;
  double number(double least, double greatest) const;
  Seconds duration() const;
  /// A sequence of integers, not empty; given back ascending. A value that occurs twice is an
  /// error.
  std::vector<int> integers(int least, int greatest) const;
  std::vector<std::string> texts() const;
  /// Any value as JSON: plain scalars are numbers, booleans and null where JSON reads them so (and
  /// null where they are empty or ~), else texts, as quoted ones always are.
  Json json() const;
  /// A path; relative ones start at the file's folder.
  std::filesystem::path path() const;

 private:
  YamlValue at(const YAML::Node& node, const std::string& name) const;

  YAML::Node node_;
  std::string file_;
  std::string field_;
};

/// Parses the content of the YAML file `file`. Throws InvalidInput "FILE:LINE: ...".
YamlValue parse_yaml(const std::string& content, const std::filesystem::path& file);

}  // namespace stepconf::project
