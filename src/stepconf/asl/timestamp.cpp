#include "stepconf/asl/timestamp.h"

#include <fmt/format.h>

namespace stepconf::asl {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Exactly `digits` digits, within the bounds.
  std::optional<int> number(int digits, int least, int most) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (at_ >= text_.size() || text_[at_] < '0' || text_[at_] > '9') return std::nullopt;
      value = value * 10 + (text_[at_++] - '0');
    }
    if (value < least || value > most) return std::nullopt;
    return value;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // Digits after the decimal point; absent where there is none.
  std::optional<int> fraction_ms() {
    int value = 0;
    int digits = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, ++digits) {
      if (digits < 3) value = value * 10 + (text_[at_] - '0');
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }
  bool at_end() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<minutes> offset(Reader& reader) {
  if (reader.take('Z')) return minutes{0};
  const bool ahead = reader.take('+');
  if (!ahead && !reader.take('-')) return std::nullopt;
  const auto hours = reader.number(2, 0, 23);
  if (!hours || !reader.take(':')) return std::nullopt;
  const auto rest = reader.number(2, 0, 59);
  if (!rest) return std::nullopt;
  return minutes{(ahead ? 1 : -1) * (*hours * 60 + *rest)};
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  namespace chrono = std::chrono;
  Reader reader(text);
  const auto year = reader.number(4, 0, 9999);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(2, 1, 12);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.number(2, 1, 31);
  if (!day || !reader.take('T')) return std::nullopt;
  const auto hour = reader.number(2, 0, 23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 0, 59);
  if (!minute || !reader.take(':')) return std::nullopt;
  const auto second = reader.number(2, 0, 60);
  if (!second) return std::nullopt;
  std::optional<int> millisecond = 0;
  if (reader.take('.')) millisecond = reader.fraction_ms();
  if (!millisecond) return std::nullopt;
  const auto ahead = offset(reader);
  const chrono::year_month_day date{chrono::year{*year},
                                    chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day))};
  if (!ahead || !reader.at_end() || !date.ok()) return std::nullopt;
  return chrono::sys_days{date} + chrono::hours{*hour} + minutes{*minute} +
         chrono::seconds{*second} + milliseconds{*millisecond} - *ahead;
}

std::string format_timestamp(Timestamp time) {
  namespace chrono = std::chrono;
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date{day};
  const auto rest = (time - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

}  // namespace stepconf::asl
