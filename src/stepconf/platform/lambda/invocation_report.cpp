#include "stepconf/platform/lambda/invocation_report.h"

#include <charconv>
#include <cmath>

#include "stepconf/base/json.h"

namespace stepconf::platform {
namespace {

// A week: no invocation takes a quarter of an hour.
constexpr double kMostMilliseconds = 7 * 86'400e3;
constexpr double kMostMegabytes = 1 << 20;
constexpr std::string_view kPrefix = "REPORT RequestId: ";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool within(double value, double most) { return value >= 0 && value <= most; }

// "12.34 ms" with that unit.
std::optional<double> quantity(std::string_view text, std::string_view unit, double most) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || !within(value, most)) return std::nullopt;
  const std::string_view behind(rest, static_cast<std::size_t>(end - rest));
  if (trimmed(behind) != unit) return std::nullopt;
  return value;
}

Seconds milliseconds(double value) { return Seconds(value / 1e3); }

// The value of one of the line's fields, which are "NAME: VALUE" between tabs.
class Fields {
 public:
  explicit Fields(std::string_view line) : line_(line) {}

  std::string_view text(std::string_view name) const {
    for (std::string_view rest = line_; !rest.empty();) {
      const auto end = std::min(rest.find('\t'), rest.size());
      const std::string_view field = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (field.size() <= name.size() || !field.starts_with(name)) continue;
      if (field[name.size()] == ':') return trimmed(field.substr(name.size() + 1));
    }
    return {};
  }
  // Absent where there is none; `broken` where it is no time.
  std::optional<Seconds> time(std::string_view name, bool& broken) const {
    const std::string_view value = text(name);
    if (value.empty()) return std::nullopt;
    const auto found = quantity(value, "ms", kMostMilliseconds);
    broken = broken || !found;
    return found ? std::optional(milliseconds(*found)) : std::nullopt;
  }
  int megabytes(std::string_view name) const {
    return static_cast<int>(quantity(text(name), "MB", kMostMegabytes).value_or(0));
  }

 private:
  std::string_view line_;
};

std::optional<InvocationReport> from_text(std::string_view line) {
  line.remove_prefix(std::string_view("REPORT ").size());
  const Fields fields(line);
  bool broken = false;
  const auto duration = fields.time("Duration", broken);
  const auto billed = fields.time("Billed Duration", broken);
  const auto init = fields.time("Init Duration", broken);
  const auto restored = fields.time("Restore Duration", broken);
  const auto billed_restore = fields.time("Billed Restore Duration", broken);
  InvocationReport report{
      .request_id = std::string(fields.text("RequestId")),
      .duration = duration.value_or(Seconds{0}),
      .billed = billed.value_or(Seconds{0}) + billed_restore.value_or(Seconds{0}),
      .init = restored ? restored : init,
      .memory_mb = fields.megabytes("Memory Size"),
      .max_memory_mb = fields.megabytes("Max Memory Used"),
      .status = std::string(fields.text("Status")),
      .error_type = std::string(fields.text("Error Type"))};
  if (broken || !duration || !billed || report.request_id.empty()) return std::nullopt;
  return report;
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::optional<double> number_of(const Json& object, const char* name, double most) {
  const Json* found = member(object, name);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  return within(value, most) ? std::optional(value) : std::nullopt;
}

std::optional<Seconds> time_of(const Json& object, const char* name) {
  const auto value = number_of(object, name, kMostMilliseconds);
  return value ? std::optional(milliseconds(*value)) : std::nullopt;
}

std::optional<InvocationReport> from_json(std::string_view line) {
  const Json document = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (text_of(document, "type") != "platform.report") return std::nullopt;
  const Json* record = member(document, "record");
  const Json* metrics = record == nullptr ? nullptr : member(*record, "metrics");
  if (metrics == nullptr) return std::nullopt;
  const auto duration = time_of(*metrics, "durationMs");
  const auto billed = time_of(*metrics, "billedDurationMs");
  const auto restored = time_of(*metrics, "restoreDurationMs");
  const Seconds billed_restore = time_of(*metrics, "billedRestoreDurationMs").value_or(Seconds{0});
  const std::string status = text_of(*record, "status");
  InvocationReport report{
      .request_id = text_of(*record, "requestId"),
      .duration = duration.value_or(Seconds{0}),
      .billed = billed.value_or(Seconds{0}) + billed_restore,
      .init = restored ? restored : time_of(*metrics, "initDurationMs"),
      .memory_mb =
          static_cast<int>(number_of(*metrics, "memorySizeMB", kMostMegabytes).value_or(0)),
      .max_memory_mb =
          static_cast<int>(number_of(*metrics, "maxMemoryUsedMB", kMostMegabytes).value_or(0)),
      .status = status == "success" ? "" : status,
      .error_type = text_of(*record, "errorType")};
  if (!duration || !billed || report.request_id.empty()) return std::nullopt;
  return report;
}

}  // namespace

std::optional<InvocationReport> parse_report(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with(kPrefix)) return from_text(line);
  if (line.starts_with('{') && line.find("platform.report") != std::string_view::npos) {
    return from_json(line);
  }
  return std::nullopt;
}

std::optional<InvocationReport> last_report(std::string_view log) {
  while (!log.empty()) {
    const auto newline = log.find_last_of('\n');
    const auto begin = newline == std::string_view::npos ? 0 : newline + 1;
    if (auto report = parse_report(log.substr(begin))) return report;
    log = log.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return std::nullopt;
}

}  // namespace stepconf::platform
