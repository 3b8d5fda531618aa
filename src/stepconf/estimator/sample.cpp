#include "stepconf/estimator/sample.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/csv.h"

namespace stepconf::estimator {
namespace {

// Far beyond any platform's limits, and far from where squares and products overflow.
constexpr double kMostMs = 1e10;
constexpr int kMostMemoryMb = 1 << 24;
constexpr int kMostParallelism = 1'000'000;
constexpr int kMostJobs = 1'000'000'000;

constexpr auto kColumns = std::to_array<std::string_view>(
    {"function", "memory_mb", "instances", "processes", "jobs", "duration_ms", "init_ms",
     "dispatch_ms", "max_memory_mb", "cold", "status"});

void require_columns(const CsvTable& table) {
  for (const std::string_view needed : {"function", "memory_mb", "duration_ms"}) {
    if (table.column(needed)) continue;
    const std::vector<std::string_view> given(table.header.begin(), table.header.end());
    const std::string guess = nearest(needed, given);
    throw InvalidInput(fmt::format(
        "{}:1: the column {} is missing{}; columns are {}", table.source, needed,
        guess.empty() ? "" : fmt::format(" (is \"{}\" meant?)", guess), fmt::join(kColumns, ",")));
  }
}

// Names go into JSON documents, which are UTF-8.
bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(Json(std::string(text)).dump());
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

std::string name(const CsvFields& fields, std::string_view column) {
  const std::string_view text = fields.text(column);
  if (!is_utf8(text)) fields.fail(column, "is not valid UTF-8");
  return std::string(text);
}

Sample read_sample(const CsvFields& fields) {
  Sample sample;
  sample.function = name(fields, "function");
  if (sample.function.empty()) fields.fail("function", "is empty, must be a function's name");
  const auto memory = fields.whole("memory_mb", 1, kMostMemoryMb);
  if (!memory) fields.fail("memory_mb", "is empty, must be a number of MB of at least 1");
  sample.memory = MemoryMb{*memory};
  sample.instances = fields.whole("instances", 1, kMostParallelism).value_or(1);
  sample.processes = fields.whole("processes", 1, kMostParallelism).value_or(1);
  sample.jobs = fields.whole("jobs", 1, kMostJobs).value_or(1);
  sample.duration_ms = fields.number("duration_ms", 0, kMostMs);
  sample.init_ms = fields.number("init_ms", 0, kMostMs);
  sample.dispatch_ms = fields.number("dispatch_ms", 0, kMostMs);
  sample.max_memory_mb = fields.number("max_memory_mb", 0, kMostMemoryMb);
  sample.cold = fields.whole("cold", 0, 1).value_or(0) == 1;
  if (const auto status = name(fields, "status"); !status.empty()) sample.status = status;
  if (sample.ok() && !sample.duration_ms) {
    fields.fail("duration_ms", "is empty, must be given where the status is ok");
  }
  return sample;
}

std::string written(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

}  // namespace

std::vector<Sample> parse_samples(std::string_view text, const std::string& source) {
  const CsvTable table = parse_csv(text, source);
  require_columns(table);
  if (table.rows.empty()) {
    throw InvalidInput(
        fmt::format("{}: has a header and no samples, must have at least one row", source));
  }
  std::vector<Sample> samples;
  samples.reserve(table.rows.size());
  for (const CsvTable::Row& row : table.rows) samples.push_back(read_sample(CsvFields(table, row)));
  return samples;
}

std::string write_samples(std::span<const Sample> samples) {
  fmt::memory_buffer out;
  fmt::format_to(std::back_inserter(out), "{}\n", fmt::join(kColumns, ","));
  for (const Sample& s : samples) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{:d},{}\n",
                   csv_field(s.function), s.memory.value, s.instances, s.processes, s.jobs,
                   written(s.duration_ms), written(s.init_ms), written(s.dispatch_ms),
                   written(s.max_memory_mb), s.cold, csv_field(s.status));
  }
  return fmt::to_string(out);
}

}  // namespace stepconf::estimator
