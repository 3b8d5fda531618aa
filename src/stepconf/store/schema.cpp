#include "stepconf/store/schema.h"

#include <fmt/format.h>

#include <system_error>

#include "stepconf/base/error.h"

namespace stepconf::store {
namespace {

std::int64_t single_integer(Database& database, const char* sql) {
  Statement statement = database.prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

}  // namespace

void make_folder(const std::filesystem::path& file, const Purpose& purpose) {
  std::error_code problem;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), problem);
  if (!problem) return;
  throw Error(fmt::format("{}: cannot be made: {}; {} are kept there", file.parent_path().string(),
                          problem.message(), purpose.keeps));
}

void bring_up_to_date(Database& database, const Schema& schema) {
  // Only who finds something to do has to be the only writer.
  if (single_integer(database, "PRAGMA user_version") == schema.version) return;
  Transaction transaction(database);
  const std::int64_t there = single_integer(database, "PRAGMA user_version");
  if (there > schema.version) {
    throw InvalidInput(fmt::format(
        "{}: was written by a newer stepconf (schema {}, this one knows {}); use that one, or move "
        "the file away to begin a new one",
        database.file().string(), there, schema.version));
  }
  if (there == 0) {
    if (single_integer(database, "SELECT count(*) FROM sqlite_master") > 0) {
      throw InvalidInput(
          fmt::format("{}: is another program's SQLite file, no {}; move it away to begin one",
                      database.file().string(), database.purpose().name));
    }
    database.execute(schema.tables);
    database.execute(fmt::format("PRAGMA user_version = {}", schema.version).c_str());
  }
  transaction.commit();
}

void check_pages(Database& database) {
  Statement check = database.prepare("PRAGMA quick_check(1)");
  if (!check.step()) return;
  if (const std::string found = check.text(0); found != "ok") {
    throw InvalidInput(fmt::format("{}: is damaged ({}); move it away to begin a new one{}",
                                   database.file().string(), found, database.purpose().recover));
  }
}

}  // namespace stepconf::store
