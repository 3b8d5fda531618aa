#include "stepconf/cli/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string_view>
#include <variant>

#include "stepconf/base/file.h"
#include "stepconf/estimator/fit.h"

namespace stepconf::cli {
namespace {

using estimator::FittedFunction;

std::string percent(double share) { return fmt::format("{:.1f}", share * 100); }

std::string parameters_of(const FittedFunction& function) {
  std::string result;
  const auto infos = function.duration.form().parameters();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    result += fmt::format("{}{} = {:.4g} {}", i == 0 ? "" : ", ", infos[i].name,
                          function.duration.parameters()[i], infos[i].unit);
  }
  return result;
}

std::string delay_of(const FittedFunction& function) {
  const estimator::MappingDelay& delay = function.dispatch;
  if (delay == estimator::MappingDelay{}) return "none measured";
  std::string result = fmt::format("{:.4g} s + {:.4g} s per instance", delay.base_s, delay.slope_s);
  if (delay.knee) {
    result += fmt::format(", beyond {} also {:.4g} s x + {:.4g} s x^2 for each x more", *delay.knee,
                          delay.ramp1_s, delay.ramp2_s);
  }
  return result;
}

void print_table(const estimator::Models& models, std::ostream& out) {
  std::size_t width = std::string_view("function").size();
  for (const auto& [name, model] : models.functions) width = std::max(width, name.size());
  out << fmt::format("{:<{}}  {:<9}  {:>7}  {:>7}  {:>17}  {:>17}  {:>6}\n", "function", width,
                     "form", "samples", "configs", "error mean/max %", "left out m./max %", "CV %");
  for (const auto& [name, model] : models.functions) {
    const auto& function = std::get<FittedFunction>(model);
    const estimator::FitReport& report = function.report;
    const auto errors = [](const estimator::ErrorSummary& e) {
      return percent(e.mean) + " / " + percent(e.max);
    };
    out << fmt::format("{:<{}}  {:<9}  {:>7}  {:>7}  {:>17}  {:>17}  {:>6}\n", name, width,
                       function.duration.name(), report.samples, report.configurations,
                       errors(report.error),
                       report.cross_validation ? errors(*report.cross_validation) : "-",
                       percent(function.spread.cv()));
  }
  for (const auto& [name, model] : models.functions) {
    const auto& function = std::get<FittedFunction>(model);
    out << fmt::format("\n{}: {}\n  mapping delay: {}\n", name, parameters_of(function),
                       delay_of(function));
    if (!function.report.reliable)
      out << fmt::format("  not reliable: {}\n", function.report.reason);
  }
}

void print_json(const estimator::Models& models, std::ostream& out) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [name, model] : models.functions) {
    functions[name] = estimator::to_json(std::get<FittedFunction>(model));
  }
  out << OrderedJson{{"functions", std::move(functions)}}.dump(
             2, ' ', false, OrderedJson::error_handler_t::replace)
      << '\n';
}

}  // namespace

int fit(const FitArguments& arguments, std::ostream& out, std::ostream& err) {
  const auto samples =
      estimator::parse_samples(read_file(arguments.samples), arguments.samples.string());
  const estimator::Models models = estimator::fit(samples, {.form = arguments.form});
  write_file(arguments.output, estimator::to_string(models));
  for (const auto& [name, model] : models.functions) {
    const estimator::FitReport& report = std::get<FittedFunction>(model).report;
    if (!report.reliable)
      err << fmt::format("warning: {} cannot be modelled well: {}\n", name, report.reason);
  }
  if (arguments.json) {
    print_json(models, out);
  } else {
    print_table(models, out);
    out << fmt::format("\nwritten to {}\n", arguments.output.string());
  }
  return 0;
}

void add_fit(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<FitArguments>();
  CLI::App* verb = app.add_subcommand("fit",
                                      "Fit performance models to samples: how long each function "
                                      "takes with how much memory, how many processes and jobs");
  verb->add_option("--samples", arguments->samples,
                   "CSV with a row for each measured instance; needs the columns function, "
                   "memory_mb and duration_ms")
      ->required();
  verb->add_option("--output", arguments->output,
                   "Where to write the models; plan, simulate, run and predict read them")
      ->capture_default_str();
  verb->add_option("--form", arguments->form,
                   "Shape of the curve: case1, case2 or piecewise fix it for all functions, auto "
                   "takes for each the one "
                   "that best predicts configurations left out of the fit")
      ->capture_default_str();
  verb->add_flag("--json", arguments->json,
                 "Print the report as one JSON document instead of a table");
  verb->callback([arguments, &status] { status = fit(*arguments, std::cout, std::cerr); });
}

}  // namespace stepconf::cli
