// Whatever stands in a samples file: it is refused, or read; what was read and is written again
// reads the same.
#include "stepconf/base/error.h"
#include "stepconf/estimator/sample.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  try {
    const auto samples = estimator::parse_samples(fuzz::text(data, size), "s.csv");
    const auto again = estimator::parse_samples(estimator::write_samples(samples), "s.csv");
    fuzz::expect(again == samples, "samples are read as written");
  } catch (const InvalidInput&) {
  }
  return 0;
}
