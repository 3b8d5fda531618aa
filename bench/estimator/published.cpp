#include "bench/estimator/published.h"

#include <tuple>

#include "stepconf/base/file.h"
#include "stepconf/estimator/csv.h"

namespace stepconf::bench {
namespace {

using estimator::CsvFields;
using estimator::CsvTable;

constexpr int kStageJobs = 32;

CsvTable read_table(const std::filesystem::path& file) {
  return estimator::parse_csv(read_file(file), file.string());
}

}  // namespace

std::map<std::string, std::map<int, std::vector<double>>> memory_data(
    const std::filesystem::path& data) {
  const CsvTable table = read_table(data / "lambda-memory/functions.csv");
  std::map<std::string, std::map<int, std::vector<double>>> result;
  for (const auto& row : table.rows) {
    const CsvFields fields(table, row);
    result[std::string(fields.text("function"))][*fields.whole("memory_mb", 1, 20'000)].push_back(
        *fields.number("duration_ms", 0, 1e9));
  }
  return result;
}

std::map<std::string, Stage> stage_data(const std::filesystem::path& data) {
  std::map<std::string, Stage> result;
  for (const std::string workflow : {"ml-pipeline", "video-analytics"}) {
    const CsvTable table = read_table(data / "lambda-stages" / (workflow + ".csv"));
    // Three rows, for read, compute and write, make one run.
    std::map<std::tuple<std::string, int, int, int>, StageRun> runs;
    for (const auto& row : table.rows) {
      const CsvFields fields(table, row);
      const std::string name = workflow + " " + std::string(fields.text("stage"));
      const int epoch = *fields.whole("epoch", 0, 1000);
      const std::string_view component = fields.text("component");
      if (epoch == 0 || component == "cold") continue;
      const int memory = *fields.whole("memory_mb", 1, 20'000);
      const int functions = *fields.whole("configured_functions", 1, 10'000);
      const double seconds = *fields.number("avg_s", 0, 1e6);
      if (*fields.whole("functions", 1, 10'000) != 1) result[name].serial = false;
      StageRun& run = runs[{name, memory, functions, epoch}];
      run.memory_mb = memory;
      run.functions = functions;
      (component == "read"      ? run.read_s
       : component == "compute" ? run.compute_s
                                : run.write_s) = seconds;
    }
    for (const auto& [key, run] : runs) result[std::get<0>(key)].runs.push_back(run);
  }
  return result;
}

estimator::Sample sample_of(const std::string& name, const Stage& stage, const StageRun& run) {
  estimator::Sample sample;
  sample.function = name;
  sample.memory = MemoryMb{run.memory_mb};
  sample.instances = stage.serial ? 1 : run.functions;
  sample.jobs = stage.serial ? run.functions : kStageJobs / run.functions;
  sample.duration_ms = (run.read_s + run.compute_s + run.write_s) * 1000;
  return sample;
}

}  // namespace stepconf::bench
