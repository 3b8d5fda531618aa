#pragma once

#include <chrono>
#include <compare>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/store/sqlite.h"

namespace stepconf::store {

/// What one run was to do and did.
struct RunEntry {
  std::chrono::sys_seconds started_at{};
  std::string execution{};
  /// Which workflow: a hash of its definition.
  std::string workflow{};
  /// Absent where the run had none; `met` is then false.
  std::optional<Seconds> slo{};
  double target = 0.95;
  std::string strategy{};
  /// "succeeded" or "failed".
  std::string status = "succeeded";
  /// Whether it succeeded within its SLO.
  bool met = false;
  Seconds duration{0};
  Usd cost{};
  /// The logarithm to base 10 of the price on a miss that it was planned with, where there was one.
  std::optional<double> log_price{};

  bool operator==(const RunEntry&) const = default;
};

/// What a moving price belongs to.
struct PriceKey {
  std::string workflow;
  Seconds slo{0};
  double target = 0.95;

  auto operator<=>(const PriceKey&) const = default;
};

struct Price {
  PriceKey key;
  /// The logarithm to base 10.
  double log_price = 0;
  /// How many times it was moved.
  int moves = 0;

  bool operator==(const Price&) const = default;
};

/// Gives the place of a project's run history, `.stepconf/runs.db`, by the project file's folder.
std::filesystem::path run_history_file(const std::filesystem::path& project_folder);

/// Keeps what runs came to, and the price on missing the SLO that they move, in a SQLite file
/// (docs/formats.md, The run history). Several processes may use one file at the same time: readers
/// wait for nobody, a writer waits some seconds for another. An object is used by one thread.
class RunHistory {
 public:
  /// Opens the history; file and folder are made where they are not there. Throws InvalidInput
  /// where the file is damaged, no run history, or written by a newer version, and Error where it
  /// cannot be opened.
  explicit RunHistory(const std::filesystem::path& file);
  RunHistory(const RunHistory&) = delete;
  RunHistory& operator=(const RunHistory&) = delete;

  void add(const RunEntry& run);
  /// Lists all runs in the order in which they were added.
  std::vector<RunEntry> runs();

  /// Gives the price of `key`; absent where none was stored yet.
  std::optional<double> price(const PriceKey& key);
  /// Replaces the price of `key` by `move` of it (absent where there is none yet) and returns the
  /// new one. No other process changes it in between, so no run's move is lost.
  double move_price(const PriceKey& key, const std::function<double(std::optional<double>)>& move);
  /// Lists all prices, in ascending order of their keys.
  std::vector<Price> prices();

 private:
  Database database_;
};

}  // namespace stepconf::store
