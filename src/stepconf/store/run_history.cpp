#include "stepconf/store/run_history.h"

#include "stepconf/base/error.h"
#include "stepconf/store/schema.h"

namespace stepconf::store {
namespace {

constexpr Purpose kHistoryPurpose = {.name = "run history",
                                     .keeps = "what runs came to",
                                     .recover = "",
                                     .patience = std::chrono::seconds(5)};

constexpr Schema kHistorySchema = {1, R"(
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    execution TEXT NOT NULL,
    workflow TEXT NOT NULL,
    slo_s REAL,
    target REAL NOT NULL,
    strategy TEXT NOT NULL,
    status TEXT NOT NULL,
    met INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    cost_usd REAL NOT NULL,
    log_price REAL
  ) STRICT;
  CREATE TABLE prices (
    workflow TEXT NOT NULL,
    slo_s REAL NOT NULL,
    target REAL NOT NULL,
    log_price REAL NOT NULL,
    moves INTEGER NOT NULL,
    PRIMARY KEY (workflow, slo_s, target)
  ) STRICT;
)"};

Database open_history(const std::filesystem::path& file) {
  make_folder(file, kHistoryPurpose);
  Database database(file, kHistoryPurpose);
  // A reader then sees the last commit while somebody writes, and holds nobody up.
  try {
    database.execute("PRAGMA journal_mode = WAL");
  } catch (const InvalidInput&) {
    throw;
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    // As on some network file systems: the two then wait for each other.
  }
  bring_up_to_date(database, kHistorySchema);
  return database;
}

std::optional<double> seconds(const std::optional<Seconds>& time) {
  return time ? std::optional(time->count()) : std::nullopt;
}

void bind(Statement& statement, int first, const PriceKey& key) {
  statement.bind(first, std::string_view(key.workflow));
  statement.bind(first + 1, std::optional(key.slo.count()));
  statement.bind(first + 2, std::optional(key.target));
}

}  // namespace

std::filesystem::path run_history_file(const std::filesystem::path& project_folder) {
  return project_folder / ".stepconf" / "runs.db";
}

RunHistory::RunHistory(const std::filesystem::path& file) : database_(open_history(file)) {}

void RunHistory::add(const RunEntry& run) {
  Statement insert = database_.prepare(
      "INSERT INTO runs (started_at, execution, workflow, slo_s, target, strategy, status, met, "
      "duration_s, cost_usd, log_price) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(0, std::int64_t{run.started_at.time_since_epoch().count()});
  insert.bind(1, std::string_view(run.execution));
  insert.bind(2, std::string_view(run.workflow));
  insert.bind(3, seconds(run.slo));
  insert.bind(4, std::optional(run.target));
  insert.bind(5, std::string_view(run.strategy));
  insert.bind(6, std::string_view(run.status));
  insert.bind(7, std::int64_t{run.met});
  insert.bind(8, std::optional(run.duration.count()));
  insert.bind(9, std::optional(run.cost.value));
  insert.bind(10, run.log_price);
  insert.step();
}

std::vector<RunEntry> RunHistory::runs() {
  Statement query = database_.prepare(
      "SELECT started_at, execution, workflow, slo_s, target, strategy, status, met, duration_s, "
      "cost_usd, log_price FROM runs ORDER BY id");
  std::vector<RunEntry> result;
  while (query.step()) {
    RunEntry run;
    run.started_at = std::chrono::sys_seconds(std::chrono::seconds(query.integer(0)));
    run.execution = query.text(1);
    run.workflow = query.text(2);
    if (const auto slo = query.number(3)) run.slo = Seconds(*slo);
    run.target = query.number(4).value_or(0);
    run.strategy = query.text(5);
    run.status = query.text(6);
    run.met = query.integer(7) != 0;
    run.duration = Seconds(query.number(8).value_or(0));
    run.cost = Usd{query.number(9).value_or(0)};
    run.log_price = query.number(10);
    result.push_back(std::move(run));
  }
  return result;
}

std::optional<double> RunHistory::price(const PriceKey& key) {
  Statement query = database_.prepare(
      "SELECT log_price FROM prices WHERE workflow = ? AND slo_s = ? AND target = ?");
  bind(query, 0, key);
  return query.step() ? query.number(0) : std::nullopt;
}

double RunHistory::move_price(const PriceKey& key,
                              const std::function<double(std::optional<double>)>& move) {
  Transaction transaction(database_);
  const double moved = move(price(key));
  Statement store = database_.prepare(
      "INSERT INTO prices (workflow, slo_s, target, log_price, moves) VALUES (?, ?, ?, ?, 1) "
      "ON CONFLICT DO UPDATE SET log_price = excluded.log_price, moves = moves + 1");
  bind(store, 0, key);
  store.bind(3, std::optional(moved));
  store.step();
  transaction.commit();
  return moved;
}

std::vector<Price> RunHistory::prices() {
  Statement query = database_.prepare(
      "SELECT workflow, slo_s, target, log_price, moves FROM prices "
      "ORDER BY workflow, slo_s, target");
  std::vector<Price> result;
  while (query.step()) {
    result.push_back(
        {{query.text(0), Seconds(query.number(1).value_or(0)), query.number(2).value_or(0)},
         query.number(3).value_or(0),
         static_cast<int>(query.integer(4))});
  }
  return result;
}

}  // namespace stepconf::store
