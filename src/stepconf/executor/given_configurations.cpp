#include "stepconf/executor/given_configurations.h"

namespace stepconf::executor {

optimizer::Decision GivenConfigurations::decide(const optimizer::Question& question) {
  optimizer::Decision decision;
  decision.configuration = configurations_.at(static_cast<std::size_t>(question.step));
  decision.note = reason_;
  return decision;
}

}  // namespace stepconf::executor
