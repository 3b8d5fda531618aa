#include "stepconf/executor/smallest.h"

namespace stepconf::executor {

optimizer::Decision Smallest::decide(const optimizer::Question& question) {
  optimizer::Decision decision;
  decision.configuration = smallest_.at(static_cast<std::size_t>(question.step));
  decision.reason = "no models: the smallest configuration";
  return decision;
}

}  // namespace stepconf::executor
