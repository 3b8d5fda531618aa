#include "stepconf/configurator/log_line.h"

#include <fmt/format.h>

#include "stepconf/optimizer/decision_json.h"

namespace stepconf::configurator {
namespace {

// CloudWatch's own bound for the value of a dimension.
constexpr std::size_t kLongestDimension = 1024;

// Dimensions take printable ASCII alone; names of states are any Unicode.
std::string dimension(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '%') {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (result.size() > kLongestDimension) result.resize(kLongestDimension);
  return result;
}

struct Metric {
  const char* name = "";
  const char* unit = "";
  std::optional<double> value{};
};

void add_metrics(OrderedJson& line, const Verdict& verdict, std::int64_t milliseconds,
                 Seconds took) {
  std::optional<double> cost;
  if (verdict.decision && verdict.decision->cost) cost = verdict.decision->cost->value;
  std::optional<double> left;
  if (verdict.time_left) left = verdict.time_left->count();
  const Metric metrics[] = {{"TimeLeft", "Seconds", left},
                            {"ExpectedCost", "None", cost},
                            {"DecisionTime", "Milliseconds", took.count() * 1e3},
                            {"Late", "Count", verdict.late() ? 1 : 0},
                            {"Safe", "Count", verdict.why_safe.empty() ? 0 : 1}};
  OrderedJson definitions = OrderedJson::array();
  for (const Metric& metric : metrics) {
    if (metric.value) definitions.push_back({{"Name", metric.name}, {"Unit", metric.unit}});
  }
  line["_aws"] = {{"Timestamp", milliseconds},
                  {"CloudWatchMetrics",
                   {{{"Namespace", kNamespace},
                     {"Dimensions", {{"Deployment", "Step"}, OrderedJson::array({"Deployment"})}},
                     {"Metrics", std::move(definitions)}}}}};
  for (const Metric& metric : metrics) {
    if (metric.value) line[metric.name] = *metric.value;
  }
}

OrderedJson number_or_null(const std::optional<Seconds>& seconds) {
  return seconds ? OrderedJson(seconds->count()) : OrderedJson(nullptr);
}

void add_decision(OrderedJson& line, const Verdict& verdict) {
  if (verdict.chosen) {
    line["memory_mb"] = verdict.chosen->memory.value;
    line["instances"] = verdict.chosen->instances;
    line["processes"] = verdict.chosen->processes;
  }
  line["repeated"] = verdict.repeated;
  line["rounds"] = verdict.rounds;
  if (!verdict.decision) return;
  const optimizer::Decision& decision = *verdict.decision;
  line["sub_slo_s"] = number_or_null(decision.sub_slo);
  line["predicted_s"] = number_or_null(decision.duration);
  line["predicted_usd"] = decision.cost ? OrderedJson(decision.cost->value) : OrderedJson(nullptr);
  line["reason"] = optimizer::explain(decision);
  line.update(optimizer::why_to_json(decision));
}

}  // namespace

std::string log_line(const Verdict& verdict, const std::string& deployment,
                     std::int64_t milliseconds, Seconds took) {
  const Event& event = verdict.event;
  OrderedJson line;
  add_metrics(line, verdict, milliseconds, took);
  line["Deployment"] = dimension(deployment);
  line["Step"] = dimension(event.step);
  line["execution"] = event.execution;
  line["step"] = event.step;
  line["attempt"] = event.attempt;
  line["jobs"] = verdict.jobs;
  line["mode"] = to_string(verdict.mode);
  line["ready_s"] = static_cast<double>(event.milliseconds) / 1e3;
  line["time_left_s"] = number_or_null(verdict.time_left);
  add_decision(line, verdict);
  if (!verdict.why_safe.empty()) line["safe"] = verdict.why_safe;
  const Dispatch& answered = verdict.dispatch;
  line["answer"] = {{"memory_mb", answered.memory.value},
                    {"size", answered.size},
                    {"instances", answered.instances},
                    {"processes", answered.processes}};
  return line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace stepconf::configurator
