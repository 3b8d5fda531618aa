#include "stepconf/estimator/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "stepconf/base/error.h"

namespace stepconf::estimator {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Enough to recognise a value in a message, however long the file's line is.
std::string shortened(std::string_view text) {
  return text.size() <= 40 ? std::string(text) : std::string(text.substr(0, 40)) + "...";
}

// Takes the text apart one record at a time.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, const std::string& source) : text_(text), source_(source) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  std::optional<CsvTable::Row> next() {
    skip_empty_lines();
    if (at_ >= text_.size()) return std::nullopt;
    CsvTable::Row row;
    row.line = line_;
    do {
      row.fields.push_back(field());
    } while (take(','));
    end_of_line();
    return row;
  }

 private:
  void skip_empty_lines() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_] == '\n') ++line_;
      ++at_;
    }
  }

  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void end_of_line() {
    take('\r');
    if (take('\n')) ++line_;
  }

  std::string field() {
    if (take('"')) return quoted();
    const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string result(trim(text_.substr(at_, end - at_)));
    at_ = end;
    return result;
  }

  std::string quoted() {
    const int first_line = line_;
    std::string result;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"' && !take('"')) {
        if (at_ < text_.size() &&
            std::string_view(",\r\n").find(text_[at_]) == std::string_view::npos) {
          throw InvalidInput(fmt::format(
              "{}:{}: after a closing quote must come a comma or the line's end", source_, line_));
        }
        return result;
      }
      if (c == '\n') ++line_;
      result += c;
    }
    throw InvalidInput(
        fmt::format("{}:{}: a quote is opened and never closed", source_, first_line));
  }

  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(header, name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

CsvTable parse_csv(std::string_view text, const std::string& source) {
  CsvTable table;
  table.source = source;
  CsvScanner scanner(text, source);
  const auto header = scanner.next();
  if (!header)
    throw InvalidInput(fmt::format("{}: is empty, must begin with a header line", source));
  for (const std::string& name : header->fields) {
    const std::string_view column = trim(name);
    if (!column.empty() && table.column(column)) {
      throw InvalidInput(fmt::format("{}:{}: the header names the column {} twice", source,
                                     header->line, shortened(column)));
    }
    table.header.emplace_back(column);
  }
  while (auto row = scanner.next()) {
    if (row->fields.size() != table.header.size()) {
      throw InvalidInput(fmt::format("{}:{}: has {} fields, the header has {}", source, row->line,
                                     row->fields.size(), table.header.size()));
    }
    table.rows.push_back(std::move(*row));
  }
  return table;
}

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos;
  if (plain && trim(text).size() == text.size()) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string_view CsvFields::text(std::string_view name) const {
  const auto column = table_.column(name);
  return column ? std::string_view(row_.fields[*column]) : std::string_view();
}

std::optional<double> CsvFields::number(std::string_view name, double lower, double upper) const {
  const std::string_view field = trim(text(name));
  if (field.empty()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  const bool whole_field = end == field.data() + field.size();
  if (error == std::errc::invalid_argument || !whole_field) {
    fail(name, fmt::format("is \"{}\", must be a number", shortened(field)));
  }
  if (error != std::errc{} || !std::isfinite(value)) {
    fail(name, fmt::format("is {}, must be a finite number", shortened(field)));
  }
  if (value < lower) fail(name, fmt::format("is {}, must be at least {}", shortened(field), lower));
  if (value > upper) fail(name, fmt::format("is {}, must be at most {}", shortened(field), upper));
  return value;
}

std::optional<int> CsvFields::whole(std::string_view name, int lower, int upper) const {
  const auto value = number(name, lower, upper);
  if (!value) return std::nullopt;
  if (*value != std::floor(*value))
    fail(name, fmt::format("is {}, must be a whole number", *value));
  return static_cast<int>(*value);
}

void CsvFields::fail(std::string_view name, const std::string& what) const {
  throw InvalidInput(fmt::format("{}:{}: {} {}", table_.source, row_.line, name, what));
}

}  // namespace stepconf::estimator
