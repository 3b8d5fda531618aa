#pragma once

#include <string>
#include <vector>

namespace stepconf::report {

enum class Align { left, right };

/// A table for a terminal: columns as wide as their widest cell, two spaces between them.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row; missing cells stay empty. Throws Error where it has more cells than there are
  /// columns.
  void add(std::vector<std::string> cells);
  /// Writes titles, rows and, where there are none, the titles alone; each line begins with
  /// `indent` and ends in a line break, without trailing spaces.
  std::string text(const std::string& indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Writes an amount of money with three significant digits and no exponent: "$0.000123", "$1.25".
std::string format_usd(double usd);

}  // namespace stepconf::report
