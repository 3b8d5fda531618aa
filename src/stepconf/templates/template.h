#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/templates/value.h"

namespace stepconf::templates {

/// The kinds of resource that matter here, of SAM (AWS::Serverless) and of CloudFormation.
enum class ResourceKind { function, serverless_function, machine, serverless_machine, other };

/// A template with its resources by logical id. Complaints name file, line, resource and field.
class Template {
 public:
  /// Throws InvalidInput where `root` is no mapping with Resources, each of which has a Type.
  Template(Value root, std::string source);

  const Value& root() const { return root_; }
  Value& root() { return root_; }
  const std::string& source() const { return source_; }

  /// Tells whether the SAM transform is applied to it.
  bool is_serverless() const;

  const Value& resources() const { return *root_.find("Resources"); }
  Value& resources() { return *root_.find("Resources"); }
  /// Null where there is none.
  const Value* resource(std::string_view id) const { return resources().find(id); }
  /// REQUIRES: the resource is there.
  ResourceKind kind_of(std::string_view id) const;
  std::vector<std::string> ids_of(ResourceKind one, ResourceKind other) const;

  /// Gives a property of a resource as it stands there, null where there is none. `path` goes
  /// through mappings: {"Environment", "Variables"}.
  const Value* own_property(std::string_view id,
                            std::initializer_list<std::string_view> path) const;
  /// The same of the Globals that hold for a SAM function; null for all others.
  const Value* global_property(std::string_view id,
                               std::initializer_list<std::string_view> path) const;
  /// The resource's own, else the Globals'.
  const Value* property(std::string_view id, std::initializer_list<std::string_view> path) const;

  /// Reads a property that has to be known while the template is written: a scalar, or a Ref to a
  /// parameter with a default. Absent where it is not there; throws InvalidInput for anything else.
  std::optional<std::string> known_text(std::string_view id,
                                        std::initializer_list<std::string_view> path) const;
  /// The same of a value; absent where it is not known.
  std::optional<std::string> known_text(const Value& value) const;

  /// Throws InvalidInput "FILE:LINE: Resources.ID.FIELD: WHAT"; `at` may be null.
  [[noreturn]] void fail(const Value* at, std::string_view id, std::string_view field,
                         const std::string& what) const;

  /// Gives `wanted`, or with a number behind it where a resource, parameter or condition has that
  /// name.
  std::string free_id(const std::string& wanted) const;

 private:
  Value root_;
  std::string source_;
};

/// A logical id has letters and digits alone: gives `text` without anything else.
std::string as_logical_id(std::string_view text);

}  // namespace stepconf::templates
