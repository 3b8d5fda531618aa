#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepconf::workflow {

/// Share of executions that each handler of a Catch is taken to see where nobody says: small, as
/// failures that Retry does not mend are, and enough for the handler's steps to have a price.
inline constexpr double kHandlerShare = 0.01;

/// Shares out executions among the ways on from a state where nothing is known: evenly among the
/// `ways` (at least 1) of a Choice. Where the state `catches`, the first way is the one of success,
/// and the others have kHandlerShare each, half of all executions at most.
std::vector<double> default_shares(std::size_t ways, bool catches);

/// Takes the shares that the user gives by the name of each way. Ways that are not `given` share
/// the rest: evenly; where the state `catches`, handlers have kHandlerShare and success, the first
/// way, what is left. Throws InvalidInput "WHERE ..." for unknown names (with the nearest known
/// one), shares that are not more than 0 and at most 1, do not sum to 1, or leave nothing for the
/// ways that are not given.
std::vector<double> given_shares(std::span<const std::string> ways, bool catches,
                                 const std::map<std::string, double>& given,
                                 std::string_view where);

/// What executions have shown of a state's ways.
struct LearntWays {
  /// Executions that came past the state.
  int executions = 0;
  /// How often each way was taken, more than 0; a state in a Map may be passed several times.
  std::map<std::string, int> taken;

  bool operator==(const LearntWays&) const = default;
};

/// Takes what executions have shown, and what is assumed where nothing is known (default_shares)
/// for one more pass, so that a way that was not taken yet keeps a share: 0.5 of 11 where ten
/// executions went the other of two. Absent where nothing was shown, or of a way that does not
/// exist, as after a change of the definition.
std::optional<std::vector<double>> learnt_shares(std::span<const std::string> ways, bool catches,
                                                 const LearntWays& learnt);

}  // namespace stepconf::workflow
