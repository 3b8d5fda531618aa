#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace stepconf::store {

class Statement;

/// What a file is for, in the words of its messages.
struct Purpose {
  std::string_view name;
  /// What is kept there, in the plural.
  std::string_view keeps;
  /// What else to do once a damaged file was moved away.
  std::string_view recover;
  /// How long one connection waits for another that writes; a write takes milliseconds.
  std::chrono::milliseconds patience{30'000};
};

/// An open SQLite file. Used by one thread at a time; other connections, of this process or others,
/// may use the file at the same time.
class Database {
 public:
  /// Opens the file, which is made where it is not there. Throws Error where that is not possible.
  Database(const std::filesystem::path& file, const Purpose& purpose);

  /// Runs statements that take no values and give no rows. Throws as `fail` does.
  void execute(const char* sql);
  /// Undoes the open transaction; does nothing where a failure has undone it already.
  void roll_back() noexcept;
  /// Prepares one statement, which must not outlive the database. Throws as `fail` does.
  Statement prepare(std::string_view sql);
  /// Counts the rows that the last INSERT, UPDATE or DELETE changed.
  int changes() const;
  const std::filesystem::path& file() const { return file_; }
  const Purpose& purpose() const { return purpose_; }

  /// Throws what the result code `code` of SQLite means: InvalidInput where the file is damaged or
  /// no SQLite file, else Error; the message names the file and says what to do.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path file_;
  Purpose purpose_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Values and columns count from 0.
class Statement {
 public:
  Statement(const Database& database, sqlite3_stmt* handle)
      : database_(&database), handle_(handle) {}

  void bind(int place, std::int64_t value);
  /// `value` is copied.
  void bind(int place, std::string_view value);
  /// An absent value is NULL.
  void bind(int place, std::optional<double> value);

  /// Steps to the next row; false where there is none, and the statement can be used again with
  /// other values.
  bool step();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  /// NULL is absent.
  std::optional<double> number(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// A transaction that is the only writer from its beginning on, and is undone unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Throws as Database::fail does.
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace stepconf::store
