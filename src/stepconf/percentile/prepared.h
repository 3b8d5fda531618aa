#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/percentile/price.h"

namespace stepconf::percentile {

/// What a prepared promise was made for.
struct PreparedKey {
  /// Of the problem, the SLO included.
  std::uint64_t problem = 0;
  double target = 0;
  /// Absent: the price that attains the target.
  std::optional<double> log_price{};
};

/// Gives a number that tells problems apart: it depends on every bit of the tree, the alternatives
/// and the SLO (FNV-1a). Tables are used for the very problem that they were solved for, no other.
/// O(steps * alternatives).
std::uint64_t fingerprint(const Problem& problem);

/// What was prepared: what a policy promises, its tables and its chances.
struct Prepared {
  Promise promise;
  Chances chances;
};

/// Writes what was prepared. Several, one behind the other, may be searched together.
std::string to_bytes(const PreparedKey& key, const Promise& promise, const Chances& chances);

/// Finds what was prepared for `key`, whose problem this is; absent where `bytes` have no such
/// promise. Throws InvalidInput where the bytes are damaged or of a newer version.
std::optional<Prepared> find_prepared(std::string_view bytes, const PreparedKey& key,
                                      const Problem& problem, const Chains& chains);

}  // namespace stepconf::percentile
