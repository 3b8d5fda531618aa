#include "stepconf/cli/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/forecast.h"

namespace stepconf::cli {
namespace {

constexpr int kMostParallelism = 1'000'000;
constexpr int kMostJobs = 1'000'000'000;

struct Point {
  std::string function;
  estimator::Configuration configuration;
  /// The whole step's.
  int jobs = 1;
};

Point read_point(const estimator::CsvFields& fields) {
  Point point;
  point.function = fields.text("function");
  if (point.function.empty()) fields.fail("function", "is empty, must be a function's name");
  const auto memory = fields.whole("memory_mb", 1, 1 << 24);
  if (!memory) fields.fail("memory_mb", "is empty, must be a number of MB of at least 1");
  point.configuration.memory = MemoryMb{*memory};
  point.configuration.instances = fields.whole("instances", 1, kMostParallelism).value_or(1);
  point.configuration.processes = fields.whole("processes", 1, kMostParallelism).value_or(1);
  point.jobs = fields.whole("jobs", 1, kMostJobs).value_or(1);
  return point;
}

constexpr auto kPredicted = std::to_array<std::string_view>(
    {"instance_s", "duration_s", "p50_s", "p95_s", "p99_s", "cost_usd", "instance_p95_s",
     "instance_p99_s", "cold_s", "note"});

std::string prediction_fields(const estimator::FunctionModel& model, const Point& point,
                              const estimator::Forecast& expected) {
  if (!expected.why_not.empty())
    return std::string(kPredicted.size() - 1, ',') + estimator::csv_field(expected.why_not);
  const auto spread = estimator::quantiles(model, point.jobs, point.configuration);
  return fmt::format("{},{},{},{},{},{},{},{},{},", expected.instance.count(),
                     expected.duration.count(), spread.p50.count(), spread.p95.count(),
                     spread.p99.count(), expected.cost.value, spread.instance_p95.count(),
                     spread.instance_p99.count(), spread.cold.count());
}

// The row as it came, each field with a comma behind it. Columns that stand among the predicted
// ones are left out: an earlier prediction may be asked about again.
std::string given_fields(const estimator::CsvTable& table, const std::vector<std::string>& fields) {
  std::string result;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (std::ranges::find(kPredicted, table.header[i]) != kPredicted.end()) continue;
    result += estimator::csv_field(fields[i]) + ",";
  }
  return result;
}

const estimator::FunctionModel& model_of(const estimator::Models& models,
                                         const std::string& function,
                                         const estimator::CsvFields& fields) {
  try {
    return models.at(function);
  } catch (const InvalidInput& error) {
    fields.fail("function", fmt::format("is unknown: {}", error.what()));
  }
}

void require_columns(const estimator::CsvTable& table) {
  for (const char* needed : {"function", "memory_mb"}) {
    if (!table.column(needed)) {
      throw InvalidInput(
          fmt::format("{}:1: the column {} is missing; columns are "
                      "function,memory_mb[,instances,processes,jobs]",
                      table.source, needed));
    }
  }
}

}  // namespace

int predict(const PredictArguments& arguments, std::ostream& out, std::ostream&) {
  const pricing::PriceSheet prices =
      pricing::price_sheet(arguments.region, arguments.architecture,
                           pricing::parse_orchestrator(arguments.orchestrator));
  const estimator::CostRule rule = estimator::parse_cost_rule(arguments.cost);
  const auto models =
      estimator::parse_models(read_file(arguments.models), arguments.models.string());
  const auto table = estimator::parse_csv(read_file(arguments.points), arguments.points.string());
  require_columns(table);
  std::string text =
      fmt::format("{}{}\n", given_fields(table, table.header), fmt::join(kPredicted, ","));
  for (const auto& row : table.rows) {
    const estimator::CsvFields fields(table, row);
    const Point point = read_point(fields);
    // A points file does not say what kind of state the step is: one job in one instance is a Task,
    // all else takes a Map.
    const bool is_map = point.jobs > 1 || point.configuration.instances > 1;
    const estimator::FunctionModel& model = model_of(models, point.function, fields);
    const auto expected =
        estimator::forecast(model, prices, rule, is_map, point.jobs, point.configuration);
    text += given_fields(table, row.fields) + prediction_fields(model, point, expected) + "\n";
  }
  out << text;
  return 0;
}

void add_predict(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<PredictArguments>();
  CLI::App* verb = app.add_subcommand(
      "predict",
      "Predict duration and cost of steps under given configurations, as CSV on standard output");
  verb->add_option("--models", arguments->models, "Models as fit writes them")
      ->capture_default_str();
  verb->add_option("--points", arguments->points,
                   "CSV with the columns function, memory_mb and, 1 where absent, instances, "
                   "processes and jobs, "
                   "which is the whole step's number")
      ->required();
  verb->add_option("--region", arguments->region, "Region whose prices the cost is computed with")
      ->capture_default_str();
  verb->add_option("--architecture", arguments->architecture,
                   "Processor whose prices the cost is computed with: x86_64, or arm64, which "
                   "costs a fifth less")
      ->capture_default_str();
  verb->add_option("--orchestrator", arguments->orchestrator,
                   "Who starts the instances: standard adds the price of its state transitions, "
                   "express and none add "
                   "nothing to a step")
      ->capture_default_str();
  verb->add_option("--cost", arguments->cost,
                   "billed counts each instance's own time as the vendor does, paper the whole "
                   "step's for each")
      ->capture_default_str();
  verb->callback([arguments, &status] { status = predict(*arguments, std::cout, std::cerr); });
}

}  // namespace stepconf::cli
