// Whatever stands in a trace file: it is refused, or read; what was read and is written again reads
// the same, and its samples are ones that a samples file may hold.
#include "stepconf/executor/trace.h"

#include "stepconf/base/error.h"
#include "stepconf/executor/samples.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  std::vector<executor::TraceLine> lines;
  try {
    lines = executor::parse_trace(fuzz::text(data, size), "t.jsonl");
  } catch (const InvalidInput&) {
    return 0;
  }
  std::vector<executor::StepRecord> records;
  for (const executor::TraceLine& line : lines) {
    const std::string text = executor::to_json(line.record).dump();
    const auto again = executor::parse_trace(text, "t.jsonl");
    fuzz::expect(again.size() == 1, "a record is one line");
    fuzz::expect(executor::to_json(again[0].record).dump() == text, "a line is read as written");
    records.push_back(line.record);
    // The samples file has no place for a function without a name.
    if (records.back().function.empty()) records.back().function = std::string("f");
  }
  const auto samples = executor::samples_of(records);
  if (samples.empty()) return 0;
  const auto same = estimator::parse_samples(estimator::write_samples(samples), "s.csv");
  fuzz::expect(same == samples, "samples are read as written");
  return 0;
}
