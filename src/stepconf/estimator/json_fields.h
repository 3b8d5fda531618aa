#pragma once

#include <set>
#include <string>
#include <string_view>

#include "stepconf/base/json.h"

namespace stepconf::estimator {

/// Reads the members of one JSON object, each by name and kind, and refuses those that nobody asked
/// for. Every failure is an InvalidInput "SOURCE: PATH: ...", where PATH is like
/// $.functions.resize.spread.cv.
class JsonFields {
 public:
  /// `value` and `source` must outlive this object. Throws where `value` is not an object.
  JsonFields(const Json& value, std::string path, const std::string& source);

  bool has(const std::string& name);
  /// Gives the member of any kind. Throws where it is missing.
  const Json& any(const std::string& name);
  /// Reads a finite number from `lower` to `upper`.
  double number(const std::string& name, double lower, double upper);
  int whole(const std::string& name, int lower);
  bool boolean(const std::string& name);
  std::string text(const std::string& name);
  const Json& array(const std::string& name);
  JsonFields object(const std::string& name);

  /// Refuses members that were not read, naming the nearest that could have been.
  void done() const;
  [[noreturn]] void fail(const std::string& name, const std::string& what) const;
  std::string path(const std::string& name) const;

 private:
  const Json& value_;
  std::string path_;
  const std::string& source_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace stepconf::estimator
