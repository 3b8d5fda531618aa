#include "stepconf/store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "stepconf/base/error.h"

namespace stepconf::store {

Database::Database(const std::filesystem::path& file, const Purpose& purpose)
    : file_(file), purpose_(purpose) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  sqlite3_busy_timeout(handle, static_cast<int>(purpose.patience.count()));
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void Database::roll_back() noexcept {
  sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, statement};
}

int Database::changes() const { return sqlite3_changes(handle_.get()); }

void Database::fail(int code) const {
  const std::string name = file_.string();
  const std::string why = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  switch (code & 0xff) {  // the rest of an extended code says where it happened
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw InvalidInput(
          fmt::format("{}: is damaged, or no {} ({}); move it away to begin a new one{}", name,
                      purpose_.name, why, purpose_.recover));
    case SQLITE_BUSY:
      throw Error(
          fmt::format("{}: another process has held it for {} s; try again when that one has "
                      "ended",
                      name, purpose_.patience.count() / 1000));
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      throw Error(
          fmt::format("{}: cannot be written ({}); {} are kept there, so it must be a file in a "
                      "folder that this user may write to",
                      name, why, purpose_.keeps));
    default:
      throw Error(fmt::format("{}: {}", name, why));
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

void Statement::bind(int place, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), place + 1, value);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind(int place, std::string_view value) {
  const int code = sqlite3_bind_text(handle_.get(), place + 1, value.data(),
                                     static_cast<int>(value.size()), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind(int place, std::optional<double> value) {
  const int code = value ? sqlite3_bind_double(handle_.get(), place + 1, *value)
                         : sqlite3_bind_null(handle_.get(), place + 1);
  if (code != SQLITE_OK) database_->fail(code);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(handle_.get());
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const int length = sqlite3_column_bytes(handle_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(length));
}

std::optional<double> Statement::number(int column) const {
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(handle_.get(), column);
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) database_.roll_back();
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace stepconf::store
