#include "stepconf/base/units.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "stepconf/base/error.h"

namespace stepconf {
namespace {

// In seconds; 0 where there is no such unit.
double scale_of(std::string_view unit) {
  if (unit == "ms") return 1e-3;
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86'400;
  return 0;
}

}  // namespace

Seconds parse_duration(std::string_view text, std::string_view what) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const double scale = scale_of(unit);
  if (failure != std::errc() || scale == 0.0) {
    throw InvalidInput(fmt::format(
        "{} is \"{}\"; write a number and ms, s, m, h or d, for example 250ms, 20s or 1.5m", what,
        text));
  }
  if (!std::isfinite(number) || number < 0) {
    throw InvalidInput(fmt::format("{} is \"{}\", must be at least 0", what, text));
  }
  return Seconds(number * scale);
}

std::string format_duration(Seconds duration) {
  const double seconds = duration.count();
  if (!std::isfinite(seconds)) return "never";
  const double size = std::abs(seconds);
  if (size == 0) return "0 s";
  if (size > 1e15) return fmt::format("{:.3g} s", seconds);
  if (size < 0.9995e-3) return fmt::format("{:.0f} us", seconds * 1e6);
  if (size < 0.9995) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (size < 9.995) return fmt::format("{:.2f} s", seconds);
  if (size < 99.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(size));
  return fmt::format("{}{} m {:02} s", seconds < 0 ? "-" : "", whole / 60, whole % 60);
}

}  // namespace stepconf
