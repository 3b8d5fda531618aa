// Whatever stands in the files that keep samples and runs: they are refused with an error, or read.
#include <fstream>

#include "stepconf/base/error.h"
#include "stepconf/store/run_history.h"
#include "stepconf/store/sample_store.h"
#include "tests/fuzz/fuzz.h"
#include "tests/temporary_folder.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  const tests::TemporaryFolder folder;
  const auto write = [&](const char* name) {
    const std::filesystem::path file = folder.path() / name;
    std::ofstream(file, std::ios::binary) << fuzz::text(data, size);
    return file;
  };
  try {
    store::SampleStore samples(write("samples.db"));
    for (const store::Record& record : samples.records("f"))
      fuzz::expect(record.sample.function == "f", "the function's samples are read");
  } catch (const Error&) {
  }
  try {
    store::RunHistory history(write("runs.db"));
    history.add({.execution = "e", .workflow = "w"});
    fuzz::expect(history.runs().back().execution == "e", "a run that was added is the last");
    history.prices();
  } catch (const Error&) {
  }
  return 0;
}
