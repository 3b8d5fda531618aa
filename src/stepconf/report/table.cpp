#include "stepconf/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stepconf/base/error.h"

namespace stepconf::report {
namespace {

// Columns on the screen: bytes that continue a UTF-8 character take none.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) {
    throw Error(
        fmt::format("a row of {} cells in a table of {} columns", cells.size(), columns_.size()));
  }
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(const std::string& indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    std::size_t widest = width(columns_[column].title);
    for (const auto& row : rows_) widest = std::max(widest, width(row[column]));
    widths.push_back(widest);
  }
  const auto line = [&](const auto& cell) {
    std::string result = indent;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const std::string& content = cell(column);
      const std::string padding(widths[column] - width(content), ' ');
      result += columns_[column].align == Align::right ? padding + content : content + padding;
      result += "  ";
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result + "\n";
  };
  std::string result =
      line([&](std::size_t column) -> const std::string& { return columns_[column].title; });
  for (const auto& row : rows_) {
    result += line([&](std::size_t column) -> const std::string& { return row[column]; });
  }
  return result;
}

std::string format_usd(double usd) {
  if (usd == 0) return "$0";
  const double magnitude = std::floor(std::log10(std::abs(usd)));
  const int decimals = std::clamp(2 - static_cast<int>(magnitude), 2, 12);
  return fmt::format("${:.{}f}", usd, decimals);
}

}  // namespace stepconf::report
