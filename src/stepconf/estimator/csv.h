#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepconf::estimator {

/// A CSV file (RFC 4180: quotes, doubled quotes, line breaks in quotes; also CRLF and a byte order
/// mark) with a header.
struct CsvTable {
  struct Row {
    /// Line on which the row begins, from 1.
    int line = 0;
    /// As many as the header has.
    std::vector<std::string> fields;
  };
  std::string source;
  std::vector<std::string> header;
  std::vector<Row> rows;

  /// Finds a column by name.
  std::optional<std::size_t> column(std::string_view name) const;
};

/// Parses CSV text; empty lines are skipped, and blanks around fields that are not quoted. Throws
/// InvalidInput "SOURCE:LINE: ..." where the header is missing or names a column twice, a quote is
/// not closed, or a row has another number of fields than the header.
CsvTable parse_csv(std::string_view text, const std::string& source);

/// Quotes a field where it needs quotes.
std::string csv_field(std::string_view text);

/// Reads the fields of one row by column name. An absent column and an empty field are unknown.
class CsvFields {
 public:
  CsvFields(const CsvTable& table, const CsvTable::Row& row) : table_(table), row_(row) {}

  std::string_view text(std::string_view name) const;
  /// Reads a finite number from `lower` to `upper`. Throws InvalidInput with line and field.
  std::optional<double> number(std::string_view name, double lower, double upper) const;
  /// Reads a whole number from `lower` to `upper`. Throws InvalidInput with line and field.
  std::optional<int> whole(std::string_view name, int lower, int upper) const;
  [[noreturn]] void fail(std::string_view name, const std::string& what) const;

 private:
  const CsvTable& table_;
  const CsvTable::Row& row_;
};

}  // namespace stepconf::estimator
