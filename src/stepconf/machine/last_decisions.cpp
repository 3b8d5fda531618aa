#include "stepconf/machine/last_decisions.h"

#include <utility>
#include <vector>

#include "stepconf/machine/transitions.h"

namespace stepconf::machine {

LastDecisions::LastDecisions(const OrderedJson& scope, Json::json_pointer place, std::string around,
                             const Left* left)
    : place_(std::move(place)), around_(std::move(around)), left_(left) {
  if (left != nullptr) always_before_ = always_before(scope);
}

std::string LastDecisions::before(const std::string& state) {
  std::vector<std::string> passed;
  std::string result = around_;
  for (std::string at = state;;) {
    if (const auto known = known_.find(at); known != known_.end()) {
      result = known->second;
      break;
    }
    const auto found = always_before_.find(at);
    if (found == always_before_.end()) break;
    passed.push_back(at);
    at = found->second;
    const auto variable = left_->find((place_ / "States" / at).to_string());
    if (variable != left_->end()) {
      result = variable->second;
      break;
    }
  }
  for (const std::string& one : passed) known_[one] = result;
  return result;
}

}  // namespace stepconf::machine
