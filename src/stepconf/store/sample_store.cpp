#include "stepconf/store/sample_store.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/store/schema.h"

namespace stepconf::store {
namespace {

constexpr Purpose kSamplesPurpose = {
    .name = "store of samples",
    .keeps = "measured samples",
    .recover = ", and give it the samples of an exported CSV with --import"};

constexpr Schema kSamplesSchema = {1, R"(
  CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    measured_at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    platform TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    function TEXT NOT NULL,
    memory_mb INTEGER NOT NULL,
    instances INTEGER NOT NULL,
    processes INTEGER NOT NULL,
    jobs INTEGER NOT NULL,
    duration_ms REAL,
    init_ms REAL,
    dispatch_ms REAL,
    max_memory_mb REAL,
    cold INTEGER NOT NULL,
    status TEXT NOT NULL
  ) STRICT;
  CREATE INDEX samples_of_function ON samples (function);
)"};

constexpr std::array<std::pair<Origin, std::string_view>, 3> kOrigins = {
    {{Origin::profile, "profile"}, {Origin::run, "run"}, {Origin::imported, "import"}}};

std::string_view name_of(Origin origin) {
  for (const auto& [value, name] : kOrigins) {
    if (value == origin) return name;
  }
  throw Error("a sample's origin has no name");
}

Origin origin_of(const Database& database, std::string_view text) {
  for (const auto& [value, name] : kOrigins) {
    if (name == text) return value;
  }
  throw InvalidInput(
      fmt::format("{}: has a sample of the origin \"{}\", must be one of profile, "
                  "run, import",
                  database.file().string(), text));
}

Database open_samples(const std::filesystem::path& file) {
  make_folder(file, kSamplesPurpose);
  Database database(file, kSamplesPurpose);
  check_pages(database);
  bring_up_to_date(database, kSamplesSchema);
  return database;
}

}  // namespace

std::filesystem::path sample_store_file(const std::filesystem::path& project_folder) {
  return project_folder / ".stepconf" / "samples.db";
}

SampleStore::SampleStore(const std::filesystem::path& file)
    : database_(open_samples(file)),
      insert_(database_.prepare(
          "INSERT INTO samples (measured_at, origin, platform, fingerprint, function, memory_mb, "
          "instances, processes, jobs, duration_ms, init_ms, dispatch_ms, max_memory_mb, cold, "
          "status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {}

void SampleStore::add(const Record& record) { insert(record); }

void SampleStore::add(std::span<const Record> records) {
  Transaction transaction(database_);
  for (const Record& record : records) insert(record);
  transaction.commit();
}

void SampleStore::insert(const Record& record) {
  const estimator::Sample& sample = record.sample;
  insert_.bind(0, std::int64_t{record.measured_at.time_since_epoch().count()});
  insert_.bind(1, name_of(record.origin));
  insert_.bind(2, std::string_view(record.conditions.platform));
  insert_.bind(3, std::string_view(record.conditions.function));
  insert_.bind(4, std::string_view(sample.function));
  insert_.bind(5, std::int64_t{sample.memory.value});
  insert_.bind(6, std::int64_t{sample.instances});
  insert_.bind(7, std::int64_t{sample.processes});
  insert_.bind(8, std::int64_t{sample.jobs});
  insert_.bind(9, sample.duration_ms);
  insert_.bind(10, sample.init_ms);
  insert_.bind(11, sample.dispatch_ms);
  insert_.bind(12, sample.max_memory_mb);
  insert_.bind(13, std::int64_t{sample.cold});
  insert_.bind(14, std::string_view(sample.status));
  insert_.step();
}

std::vector<Record> SampleStore::records(const std::string& function) {
  Statement query = database_.prepare(
      "SELECT measured_at, origin, platform, fingerprint, memory_mb, instances, processes, jobs, "
      "duration_ms, init_ms, dispatch_ms, max_memory_mb, cold, status FROM samples "
      "WHERE function = ? ORDER BY id");
  query.bind(0, std::string_view(function));
  std::vector<Record> result;
  while (query.step()) {
    Record record;
    record.measured_at = std::chrono::sys_seconds(std::chrono::seconds(query.integer(0)));
    record.origin = origin_of(database_, query.text(1));
    record.conditions = {query.text(2), query.text(3)};
    estimator::Sample& sample = record.sample;
    sample.function = function;
    sample.memory = MemoryMb{static_cast<int>(query.integer(4))};
    sample.instances = static_cast<int>(query.integer(5));
    sample.processes = static_cast<int>(query.integer(6));
    sample.jobs = static_cast<int>(query.integer(7));
    sample.duration_ms = query.number(8);
    sample.init_ms = query.number(9);
    sample.dispatch_ms = query.number(10);
    sample.max_memory_mb = query.number(11);
    sample.cold = query.integer(12) != 0;
    sample.status = query.text(13);
    result.push_back(std::move(record));
  }
  return result;
}

int SampleStore::forget(const std::string& function, const Conditions& conditions) {
  Statement remove = database_.prepare(
      "DELETE FROM samples WHERE function = ? AND platform = ? AND fingerprint = ?");
  remove.bind(0, std::string_view(function));
  remove.bind(1, std::string_view(conditions.platform));
  remove.bind(2, std::string_view(conditions.function));
  remove.step();
  return database_.changes();
}

}  // namespace stepconf::store
