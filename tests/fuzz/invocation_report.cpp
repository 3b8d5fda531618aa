// Whatever a function writes into its log: a report is found or not, and its figures are in range.
#include "stepconf/platform/lambda/invocation_report.h"

#include <cmath>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  const auto report = platform::last_report(fuzz::text(data, size));
  if (!report) return 0;
  fuzz::expect(!report->request_id.empty(), "a report is of a request");
  for (const Seconds time : {report->duration, report->billed, report->init.value_or(Seconds{0})}) {
    fuzz::expect(std::isfinite(time.count()) && time.count() >= 0, "times are times");
  }
  fuzz::expect(report->memory_mb >= 0 && report->max_memory_mb >= 0, "sizes are sizes");
  return 0;
}
