#include "bench/estimator/published.h"

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

std::vector<StageSample> stage_data(const std::filesystem::path& data) {
  std::vector<StageSample> result;
  for (const char* workflow : {"ml-pipeline", "video-analytics"}) {
    const CsvTable table = read_table(data / "lambda-stages" / (std::string(workflow) + ".csv"));
    // Three rows, for read, compute and write, make one sample.
    std::map<std::tuple<std::string, int, int, int>, double> seconds;
    std::map<std::string, bool> is_serial;
    std::map<std::tuple<std::string, int, int, int>, int> functions;
    for (const auto& row : table.rows) {
      const CsvFields fields(table, row);
      const std::string stage = workflow + (" " + std::string(fields.text("stage")));
      const int epoch = *fields.whole("epoch", 0, 1000);
      if (epoch == 0 || fields.text("component") == "cold") continue;
      const int configured = *fields.whole("configured_functions", 1, 10'000);
      const int count = *fields.whole("functions", 1, 10'000);
      const std::tuple key{stage, *fields.whole("memory_mb", 1, 20'000), configured, epoch};
      seconds[key] += *fields.number("avg_s", 0, 1e6);
      functions[key] = count;
      is_serial.try_emplace(stage, true);
      if (count != 1) is_serial[stage] = false;
    }
    for (const auto& [key, time] : seconds) {
      const auto& [stage, memory, configured, epoch] = key;
      estimator::Sample sample;
      sample.function = stage;
      sample.memory = MemoryMb{memory};
      sample.instances = functions.at(key);
      sample.jobs = is_serial.at(stage) ? configured : kStageJobs / sample.instances;
      sample.duration_ms = time * 1000;
      result.push_back({stage, std::move(sample)});
    }
  }
  return result;
}

}  // namespace stepconf::bench
