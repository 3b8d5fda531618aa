#pragma once

#include <chrono>
#include <compare>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/sample.h"
#include "stepconf/store/sqlite.h"

namespace stepconf::store {

/// Under which circumstances a sample was measured. Samples of different conditions do not belong
/// into one model.
struct Conditions {
  /// The platform, for people: "local, cpu_scale 0.25".
  std::string platform;
  /// A fingerprint of the function and of the jobs that it was measured with.
  std::string function;

  auto operator<=>(const Conditions&) const = default;
};

/// Where a sample comes from.
enum class Origin {
  /// A test of `stepconf profile`.
  profile,
  /// A run of the whole workflow.
  run,
  /// A CSV file.
  imported,
};

/// A sample with what is to be known about it.
struct Record {
  estimator::Sample sample;
  Conditions conditions;
  Origin origin = Origin::profile;
  std::chrono::sys_seconds measured_at{};

  bool operator==(const Record&) const = default;
};

/// Gives the place of a project's store, `.stepconf/samples.db`, by the project file's folder.
std::filesystem::path sample_store_file(const std::filesystem::path& project_folder);

/// Keeps samples in a SQLite file (docs/formats.md, The store of samples). What was added is on
/// disk when `add` returns, and survives the end of the program by whatever signal. Several
/// processes may use one file at the same time; an object is used by one thread.
class SampleStore {
 public:
  /// Opens the store; file and folder are made where they are not there. Throws InvalidInput where
  /// the file is damaged, no store of samples, or written by a newer version, and Error where it
  /// cannot be opened.
  explicit SampleStore(const std::filesystem::path& file);
  SampleStore(const SampleStore&) = delete;
  SampleStore& operator=(const SampleStore&) = delete;

  void add(const Record& record);
  /// Adds all or none.
  void add(std::span<const Record> records);
  /// Lists a function's samples of all conditions in the order in which they were added.
  std::vector<Record> records(const std::string& function);
  /// Removes a function's samples of these conditions; returns how many there were.
  int forget(const std::string& function, const Conditions& conditions);

 private:
  void insert(const Record& record);

  Database database_;
  Statement insert_;
};

}  // namespace stepconf::store
