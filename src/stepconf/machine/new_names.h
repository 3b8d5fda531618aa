#pragma once

#include <set>
#include <string>
#include <string_view>

#include "stepconf/base/json.h"

namespace stepconf::machine {

/// Makes names for generated states: derived from the user's, of at most 80 characters, and unique
/// in the whole definition, as Step Functions asks
/// (https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html).
class NewNames {
 public:
  /// Takes the names of all states of `definition` as given.
  explicit NewNames(const Json& definition);

  /// Gives "STATE: ROLE", the state's name cut where it is too long, with a number where that is
  /// taken.
  std::string make(std::string_view state, std::string_view role);
  /// Gives the name of a workflow variable for the step number `index`; no variable of the
  /// definition begins like it.
  std::string variable(int index) const;

 private:
  void add(const Json& scope);

  std::set<std::string, std::less<>> taken_;
  std::string prefix_ = "stepconf";
};

}  // namespace stepconf::machine
