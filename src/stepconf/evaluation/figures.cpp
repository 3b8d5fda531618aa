#include "stepconf/evaluation/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "stepconf/evaluation/published_delays.h"

namespace stepconf::evaluation {
namespace {

// Values of one point of a curve.
class Average {
 public:
  void add(double value) { values_.push_back(value); }
  Point at(double x) const {
    double sum = 0, squares = 0;
    for (const double value : values_) sum += value;
    const auto count = static_cast<double>(values_.size());
    for (const double value : values_) squares += std::pow(value - sum / count, 2);
    return {x, sum / count, values_.size() < 2 ? 0 : std::sqrt(squares / (count - 1))};
  }

 private:
  std::vector<double> values_;
};

// By curve, then by x.
using Curves = std::map<double, std::map<double, Average>>;

std::vector<Curve> drawn(const Curves& curves, const std::string& name, Curve::Look look) {
  std::vector<Curve> result;
  for (const auto& [key, points] : curves) {
    Curve curve{fmt::format(fmt::runtime(name), key), look, {}};
    for (const auto& [x, average] : points) curve.points.push_back(average.at(x));
    result.push_back(std::move(curve));
  }
  return result;
}

// The number behind a variant's prefix, as in "alu-ratio-0.25"; absent of other functions.
std::optional<double> variant_value(const std::string& function, const std::string& prefix) {
  if (!function.starts_with(prefix)) return std::nullopt;
  return std::strtod(function.c_str() + prefix.size(), nullptr);
}

Chart against_memory(std::string file, std::string title) {
  Chart chart;
  chart.file = std::move(file);
  chart.title = std::move(title);
  chart.x_title = "memory (MB)";
  chart.y_title = "duration (s)";
  chart.x_column = "memory_mb";
  chart.y_column = "duration_s";
  chart.log_x = true;
  return chart;
}

void label_memory_sizes(Chart& chart) {
  std::set<double> sizes;
  for (const Curve& curve : chart.curves) {
    if (curve.look == Curve::Look::fitted) continue;
    for (const Point& point : curve.points) sizes.insert(point.x);
  }
  chart.x_ticks.assign(sizes.begin(), sizes.end());
}

// From the first to the last, each 3 % more than the one before.
std::vector<int> in_small_steps(int first, int last) {
  std::vector<int> result;
  for (double value = first; value < last; value *= 1.03) {
    result.push_back(static_cast<int>(std::lround(value)));
  }
  result.push_back(last);
  return result;
}

Curves by_sleep(std::span<const MeasuredStep> steps) {
  Curves curves;
  for (const MeasuredStep& step : steps) {
    const auto sleep = variant_value(step.function, "alu-sleep-");
    if (!sleep || !step.counts) continue;
    curves[*sleep][step.configuration.instances].add(step.delay.count());
  }
  return curves;
}

}  // namespace

Chart ratio_chart(std::span<const estimator::Sample> samples) {
  Curves curves;
  for (const estimator::Sample& sample : samples) {
    const auto ratio = variant_value(sample.function, "alu-ratio-");
    if (!ratio || !sample.ok() || sample.cold) continue;
    curves[*ratio][sample.memory.value].add(*sample.duration_ms / 1e3);
  }
  Chart chart = against_memory("fig3", "ALU function: duration by memory and multi-core ratio");
  chart.legend_title = "multi-core ratio";
  chart.name_column = "ratio";
  chart.log_y = true;
  chart.curves = drawn(curves, "{}", Curve::Look::measured);
  label_memory_sizes(chart);
  return chart;
}

Chart mapping_chart(std::span<const MeasuredStep> direct,
                    std::span<const MeasuredStep> step_functions) {
  Chart chart;
  chart.file = "fig4";
  chart.title = "Mapping delay of a step's last instance, by length of the function";
  chart.x_title = "instances";
  chart.y_title = "delay (s)";
  chart.legend_title = "dispatch";
  chart.name_column = "dispatch";
  chart.x_column = "instances";
  chart.y_column = "delay_s";
  chart.log_y = true;
  chart.curves = drawn(by_sleep(step_functions), "step-functions, {} s", Curve::Look::measured);
  const auto called = drawn(by_sleep(direct), "direct, {} s", Curve::Look::measured);
  chart.curves.insert(chart.curves.end(), called.begin(), called.end());
  if (chart.curves.empty()) return chart;
  chart.curves.push_back(
      {"AWS, n-th of a Map of 50", Curve::Look::published, published_delays_of_50()});
  chart.curves.push_back(
      {"AWS, last of a Map of n", Curve::Look::published_points, published_last_delays()});
  return chart;
}

Chart steps_chart(std::span<const MeasuredStep> steps, const std::string& function) {
  Curves curves;
  int jobs = 0;
  for (const MeasuredStep& step : steps) {
    if (step.function != function || !step.counts) continue;
    jobs = step.jobs;
    curves[step.configuration.memory.value][step.configuration.instances].add(
        step.duration.count());
  }
  Chart chart;
  chart.file = "fig5-" + function;
  chart.title = fmt::format("{}: duration of a step of {} jobs", function, jobs);
  chart.x_title = "instances";
  chart.y_title = "duration (s)";
  chart.legend_title = "memory";
  chart.name_column = "memory";
  chart.x_column = "instances";
  chart.y_column = "duration_s";
  chart.log_x = chart.log_y = true;
  chart.x_ticks = {1, 2, 4, 8, 16, 32};
  chart.curves = drawn(curves, "{} MB", Curve::Look::measured);
  return chart;
}

Chart processes_chart(std::span<const estimator::Sample> truth, const std::string& function) {
  constexpr int kJobs = 8;
  const auto counts = [&](const estimator::Sample& sample) {
    return sample.function == function && sample.ok() && !sample.cold;
  };
  int jobs = 0;
  for (const estimator::Sample& sample : truth) {
    const bool nearer = jobs == 0 || std::abs(sample.jobs - kJobs) < std::abs(jobs - kJobs);
    if (counts(sample) && nearer) jobs = sample.jobs;
  }
  Curves curves;
  for (const estimator::Sample& sample : truth) {
    if (!counts(sample) || sample.jobs != jobs) continue;
    curves[sample.processes][sample.memory.value].add(*sample.duration_ms / 1e3);
  }
  Chart chart = against_memory(
      "fig6-" + function,
      fmt::format("{}: duration of {} jobs by memory and processes", function, jobs));
  chart.legend_title = "processes";
  chart.name_column = "processes";
  chart.log_y = true;
  chart.curves = drawn(curves, "{}", Curve::Look::measured);
  label_memory_sizes(chart);
  return chart;
}

Chart fit_chart(int number, std::span<const ErrorRow> rows, const std::string& function,
                const estimator::DurationModel& model) {
  // By jobs, then by memory: the fastest number of processes; and which numbers there are.
  std::map<int, std::map<int, Point>> best;
  std::map<int, std::set<int>> processes;
  for (const ErrorRow& row : rows) {
    if (row.function != function) continue;
    const int memory = row.load.memory.value;
    const auto [found, added] = best[row.load.jobs].try_emplace(
        memory, Point{static_cast<double>(memory), row.measured_s, row.deviation_s});
    if (!added && row.measured_s < found->second.y) {
      found->second.y = row.measured_s;
      found->second.deviation = row.deviation_s;
    }
    processes[row.load.jobs].insert(row.load.processes);
  }
  Chart chart = against_memory(
      fmt::format("fig{}-{}", number, function),
      fmt::format("{}: measured (points) and predicted (lines), best processes", function));
  chart.legend_title = "jobs in the instance";
  chart.name_column = "jobs";
  chart.log_y = true;
  for (const auto& [jobs, points] : best) {
    const std::string name = std::to_string(jobs);
    Curve measured{name, Curve::Look::points, {}};
    for (const auto& [memory, point] : points) measured.points.push_back(point);
    Curve fitted{name, Curve::Look::fitted, {}};
    for (const int memory : in_small_steps(points.begin()->first, points.rbegin()->first)) {
      double fastest = std::numeric_limits<double>::infinity();
      for (const int each : processes[jobs]) {
        fastest = std::min(fastest, model.predict({{memory}, each, jobs}).count());
      }
      fitted.points.push_back({static_cast<double>(memory), fastest});
    }
    chart.curves.push_back(std::move(measured));
    chart.curves.push_back(std::move(fitted));
  }
  label_memory_sizes(chart);
  return chart;
}

HeatMap error_map(int number, std::span<const ErrorRow> rows, const std::string& function,
                  bool greatest) {
  std::map<std::pair<int, int>, std::vector<double>> cells;
  std::set<int> memory_sizes, jobs;
  for (const ErrorRow& row : rows) {
    if (row.function != function) continue;
    memory_sizes.insert(row.load.memory.value);
    jobs.insert(row.load.jobs);
    cells[{row.load.jobs, row.load.memory.value}].push_back(std::abs(row.relative()));
  }
  HeatMap map;
  const char* what = greatest ? "greatest" : "mean";
  map.file = fmt::format("fig{}-{}{}", number, function, greatest ? "-max" : "");
  map.title = fmt::format("{}: {} relative error over the numbers of processes", function, what);
  map.x_title = "memory (MB)";
  map.y_title = "jobs in the instance";
  map.value_title = "relative error (%)";
  map.columns.assign(memory_sizes.begin(), memory_sizes.end());
  map.rows.assign(jobs.begin(), jobs.end());
  for (const int row : map.rows) {
    std::vector<std::optional<double>> values;
    for (const int column : map.columns) {
      const auto found = cells.find({row, column});
      if (found == cells.end()) {
        values.emplace_back();
        continue;
      }
      double sum = 0;
      for (const double error : found->second) sum += error;
      values.push_back(greatest ? std::ranges::max(found->second)
                                : sum / static_cast<double>(found->second.size()));
    }
    map.values.push_back(std::move(values));
  }
  return map;
}

}  // namespace stepconf::evaluation
