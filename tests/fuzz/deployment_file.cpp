// Whatever stands in a deployment file: it is refused with a reason that names the file, or every
// step of it has a safe configuration that can be called.
#include "stepconf/base/error.h"
#include "stepconf/configurator/deployment.h"
#include "stepconf/configurator/dispatch.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  using namespace stepconf::configurator;
  Deployment deployment;
  try {
    deployment = parse_deployment(fuzz::text(data, size), "deployment.json");
  } catch (const InvalidInput& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("deployment.json"), "it is named");
    return 0;
  }
  for (const auto& [name, step] : deployment.steps) {
    for (const int jobs : {0, 1, 7, 100'000'000}) {
      const auto told = dispatch(step, step.safe, jobs, {1'000'000'000'000'000, {}});
      fuzz::expect(told && told->size >= 1, "the safe configuration can be called");
      fuzz::expect(std::int64_t{told->size} * told->instances >= jobs, "all jobs are covered");
    }
  }
  return 0;
}
