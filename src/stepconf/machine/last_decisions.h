#pragma once

#include <map>
#include <string>

#include "stepconf/base/json.h"

namespace stepconf::machine {

/// The variables that states leave to those behind them in the same scope, by JSON pointer.
using Left = std::map<std::string, std::string>;

/// Finds, for the states of one scope, the variable with the last decision that every way to a
/// state has passed.
class LastDecisions {
 public:
  /// `place` is the scope's; `around` the last decision before it. `left` must outlive it; null:
  /// nothing is known, and no answer is needed.
  LastDecisions(const OrderedJson& scope, Json::json_pointer place, std::string around,
                const Left* left);

  /// Gives the variable's name, empty where no decision is certain. Amortised O(log V).
  std::string before(const std::string& state);

 private:
  Json::json_pointer place_;
  std::string around_;
  const Left* left_;
  std::map<std::string, std::string> always_before_;
  std::map<std::string, std::string> known_;
};

}  // namespace stepconf::machine
