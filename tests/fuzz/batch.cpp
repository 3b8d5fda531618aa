// Whatever event arrives: it is refused, is no batch, or is one whose jobs are JSON texts.
#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/wrapper/envelope.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  try {
    const auto batch = wrapper::parse_batch(fuzz::text(data, size));
    if (!batch) return 0;
    fuzz::expect(batch->processes >= 1, "a batch has a process");
    std::vector<wrapper::Outcome> outcomes;
    for (const std::string_view job : batch->jobs) {
      fuzz::expect(Json::accept(job), "a job is a JSON text");
      outcomes.push_back({.body = std::string(job)});
    }
    const std::string joined = wrapper::join_results(outcomes, batch->collect);
    fuzz::expect(Json::accept(joined), "the results of a batch are a JSON text");
  } catch (const InvalidInput&) {
  }
  return 0;
}
