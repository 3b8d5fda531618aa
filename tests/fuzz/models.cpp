// Whatever stands in a models file: it is refused, or read; what was read and is written again
// reads the same, and predicts a number.
#include "stepconf/estimator/models.h"

#include <cmath>
#include <variant>

#include "stepconf/base/error.h"
#include "stepconf/estimator/step_distribution.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  estimator::Models models;
  try {
    models = estimator::parse_models(fuzz::text(data, size), "m.json");
  } catch (const InvalidInput&) {
    return 0;
  }
  const std::string text = estimator::to_string(models);
  fuzz::expect(estimator::to_string(estimator::parse_models(text, "m.json")) == text,
               "models are read as written");
  for (const auto& [name, model] : models.functions) {
    const auto* function = std::get_if<estimator::FittedFunction>(&model);
    if (function == nullptr) continue;
    const estimator::StepDistribution step(*function, {MemoryMb{1024}, 2, 3, 4});
    fuzz::expect(!std::isnan(step.mean().count()), "the mean is a number");
    fuzz::expect(!std::isnan(step.quantile(0.95).count()), "the percentile is a number");
  }
  return 0;
}
