#include "stepconf/cli/drift_report.h"

#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "stepconf/asl/timestamp.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

using estimator::Drift;
using estimator::Interval;
using estimator::ShareAbove;
using estimator::Verdict;

// Nobody knows how far the truth may be.
bool open(const Interval& interval) { return std::isinf(interval.upper); }

OrderedJson to_json(const Interval& interval) {
  if (open(interval)) return nullptr;
  return {interval.lower, interval.upper};
}

OrderedJson to_json(const ShareAbove& above) {
  return {{"share", above.share}, {"interval", to_json(above.interval)}};
}

OrderedJson to_json(const Drift& drift) {
  OrderedJson json = {{"verdict", to_text(drift.verdict)}};
  if (!drift.reason.empty()) json["reason"] = drift.reason;
  json["slo_at_risk"] = drift.endangers_slo();
  json["executions"] = drift.executions;
  json["instances"] = drift.instances;
  if (drift.executions == 0) return json;
  json["factor"] = drift.factor;
  json["interval"] = to_json(drift.interval);
  json["above_p95"] = to_json(drift.above_p95);
  json["above_p99"] = to_json(drift.above_p99);
  return json;
}

// Sessions count their time from 1970.
std::string time_of(const estimator::SpeedChange& change) {
  return asl::format_timestamp(
      asl::Timestamp(std::chrono::round<std::chrono::milliseconds>(change.since)));
}

OrderedJson to_json(const estimator::SpeedChange& change) {
  return {{"since", time_of(change)},
          {"factor", change.drift.factor},
          {"interval", to_json(change.drift.interval)},
          {"executions", change.drift.executions},
          {"samples", change.samples}};
}

std::string factor(double value) { return fmt::format("{:.3g}", value); }

std::string factor_between(const Interval& interval) {
  return open(interval) ? "?" : factor(interval.lower) + " to " + factor(interval.upper);
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

// "95 %: 1.24 to 1.33, 20 runs".
std::string evidence(const Drift& drift) {
  return fmt::format("95 %: {}, {} runs", factor_between(drift.interval), drift.executions);
}

std::string evidence(const ShareAbove& above) {
  return fmt::format("{} (95 %: {} to {})", percent(above.share), percent(above.interval.lower),
                     percent(above.interval.upper));
}

std::string sentence(const std::string& function, const Drift& drift, const std::string& models) {
  switch (drift.verdict) {
    case Verdict::slower:
      return fmt::format(
          "warning: {} takes {} times as long as {} says ({}): the SLO of plans made with it is "
          "at risk\n",
          function, factor(drift.factor), models, evidence(drift));
    case Verdict::tail_heavier:
      return fmt::format(
          "warning: the tail of {} is heavier than {} says: {} of {} instances took longer than "
          "its p95 and {} longer than its p99: the SLO of plans made with it is at risk\n",
          function, models, evidence(drift.above_p95), drift.instances, evidence(drift.above_p99));
    case Verdict::faster:
      return fmt::format(
          "note: {} takes {} times as long as {} says ({}): plans may become cheaper\n", function,
          factor(drift.factor), models, evidence(drift));
    case Verdict::steady:
    case Verdict::undecided:
      break;
  }
  return {};
}

}  // namespace

void add_to_json(const DriftReport& report, OrderedJson& document) {
  document["drift"] = OrderedJson::object();
  for (const auto& [function, drift] : report.drifts) {
    document["drift"][function] = to_json(drift);
    document["drift"][function]["compared_with"] = report.models;
  }
  document["rescaled"] = OrderedJson::object();
  for (const auto& [function, changes] : report.rescaled) {
    for (const estimator::SpeedChange& change : changes)
      document["rescaled"][function].push_back(to_json(change));
  }
}

void print(const DriftReport& report, std::ostream& out) {
  if (report.drifts.empty()) return;
  using report::Align;
  report::Table table({{"function"},
                       {"measured / predicted", Align::right},
                       {"95 %"},
                       {"runs", Align::right},
                       {"instances", Align::right},
                       {"over p95", Align::right},
                       {"over p99", Align::right},
                       {"verdict"}});
  for (const auto& [function, drift] : report.drifts) {
    const bool any = drift.executions > 0;
    table.add(
        {function, any ? factor(drift.factor) : "-", any ? factor_between(drift.interval) : "-",
         std::to_string(drift.executions), std::to_string(drift.instances),
         any ? percent(drift.above_p95.share) : "-", any ? percent(drift.above_p99.share) : "-",
         std::string(to_text(drift.verdict)) + (drift.reason.empty() ? "" : ": " + drift.reason)});
  }
  out << fmt::format("\nThe traces against {}:\n{}", report.models, table.text());
}

void warn(const DriftReport& report, std::ostream& err) {
  for (const auto& [function, drift] : report.drifts)
    err << sentence(function, drift, report.models);
  for (const auto& [function, changes] : report.rescaled) {
    for (const estimator::SpeedChange& change : changes) {
      err << fmt::format(
          "note: since {} {} takes {} times as long as before ({}): the durations of its {} older "
          "samples were multiplied by that\n",
          time_of(change), function, factor(change.drift.factor), evidence(change.drift),
          change.samples);
    }
  }
}

}  // namespace stepconf::cli
