#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/platform/local/local_options.h"

namespace stepconf::platform {

/// What a caller named: a function and, where given, an alias or version.
struct InvokeTarget {
  std::string function;
  std::string qualifier;
  bool operator==(const InvokeTarget&) const = default;
};

/// Reads the NAME of /2015-03-31/functions/NAME/..., percent-encoded: a name, NAME:QUALIFIER,
/// ACCOUNT:function:NAME[:QUALIFIER] or an ARN. `query` is what follows '?'; its Qualifier counts
/// where NAME has none. Absent where NAME has none of these forms or the qualifiers contradict each
/// other.
std::optional<InvokeTarget> parse_invoke_target(std::string_view encoded_name,
                                                std::string_view query);

/// Gives the first value of a parameter of a query ("MaxItems=2&Marker=a"), decoded; absent where
/// there is none.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

/// A function as it stands behind a qualifier. A memory size is a published version, numbered from
/// 1 by ascending size, with an alias "mem-512"; $LATEST has the smallest.
struct FunctionVersion {
  MemoryMb memory;
  /// "$LATEST" or a number.
  std::string version;
  bool operator==(const FunctionVersion&) const = default;
};

/// Finds what `target` stands for; absent where there is no such function, alias or version.
std::optional<FunctionVersion> find_version(const LocalPlatformOptions& options,
                                            const InvokeTarget& target);

}  // namespace stepconf::platform
