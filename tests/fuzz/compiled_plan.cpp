// Whatever stands in a plan file, or behind a header that fits it: it is refused, or read; what was
// read and is written again reads the same, and its options are numbers.
#include "stepconf/compiled/compiled_plan.h"

#include <cmath>

#include "stepconf/base/error.h"
#include "stepconf/compiled/compiled_options.h"
#include "stepconf/compiled/container.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stepconf;

void load(std::string_view bytes) {
  compiled::CompiledPlan plan;
  try {
    plan = compiled::plan_from_bytes(bytes, "p.plan");
  } catch (const InvalidInput&) {
    return;
  }
  const std::string written = compiled::to_bytes(plan);
  const compiled::CompiledPlan again = compiled::plan_from_bytes(written, "p.plan");
  fuzz::expect(compiled::to_bytes(again) == written, "a plan is read as written");
  const compiled::CompiledOptions options(plan);
  for (const workflow::Step& step : plan.workflow.steps) {
    for (const int jobs : {1, 7, 1000}) {
      if (!step.batched && jobs > 7) continue;
      for (const estimator::Option& option : options.options(step, jobs)) {
        fuzz::expect(!std::isnan(option.duration.count()), "a duration is a number");
        fuzz::expect(!std::isnan(option.cost.value), "a cost is a number");
      }
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  load(bytes);
  // The hash keeps a fuzzer out of everything behind it, so it gets its content sealed.
  load(compiled::seal(bytes));
  return 0;
}
