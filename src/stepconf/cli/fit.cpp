#include "stepconf/cli/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string_view>
#include <variant>

#include "stepconf/base/file.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

using estimator::FittedFunction;

std::string percent(double share) { return fmt::format("{:.1f}", share * 100); }

// Those that are 0 are left out.
std::string parameters_of(const FittedFunction& function) {
  std::string result;
  const auto infos = function.duration.form().parameters();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const double value = function.duration.parameters()[i];
    if (value == 0) continue;
    result += fmt::format("{}{} = {:.4g} {}", result.empty() ? "" : ", ", infos[i].name, value,
                          infos[i].unit);
  }
  return result.empty() ? "no time at all" : result;
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

std::string outliers_of(const FittedFunction& function) {
  const estimator::SpreadParameters& spread = function.spread.parameters();
  return fmt::format(
      "{} % of the instances take far longer than the others (95 % sure: {} to {} %)",
      percent(spread.outliers.estimate), percent(spread.outliers.lower),
      percent(spread.outliers.upper));
}

std::string cold_of(const FittedFunction& function) {
  const estimator::ColdStart& cold = function.cold;
  if (cold.samples == 0) return "none measured";
  return fmt::format("INIT {:.3g} s; the first call {:.3g} s + {:.3g} vCPU s longer", cold.init_s,
                     cold.first_call_s, cold.first_call_work);
}

void print_table(const estimator::Models& models, std::ostream& out) {
  using report::Align;
  report::Table table({{"function"},
                       {"form"},
                       {"samples", Align::right},
                       {"configs", Align::right},
                       {"error %", Align::right},
                       {"left out %", Align::right},
                       {"noise %", Align::right},
                       {"CV %", Align::right}});
  const auto errors = [](const estimator::ErrorSummary& e) {
    return percent(e.mean) + " / " + percent(e.max);
  };
  for (const auto& [name, model] : models.functions) {
    const auto& function = std::get<FittedFunction>(model);
    const estimator::FitReport& report = function.report;
    table.add({name, std::string(function.duration.name()), std::to_string(report.samples),
               std::to_string(report.configurations), errors(report.error),
               report.cross_validation ? errors(*report.cross_validation) : "-",
               percent(report.noise_floor), percent(function.spread.cv())});
  }
  out << table.text()
      << "(errors: mean / max over the configurations, in the fit and where left out of it; noise: "
         "the mean error that a perfect model would show)\n";
  for (const auto& [name, model] : models.functions) {
    const auto& function = std::get<FittedFunction>(model);
    const estimator::FitReport& report = function.report;
    out << fmt::format("\n{}: {}{}\n", name,
                       function.duration.correction()
                           ? fmt::format("corrected {}: ", function.duration.form().name())
                           : "",
                       parameters_of(function));
    if (!report.reliable) out << fmt::format("  not reliable: {}\n", report.reason);
    if (!report.chosen_because.empty()) out << fmt::format("  form: {}\n", report.chosen_because);
    out << fmt::format("  spread: {}\n  cold start: {}\n  mapping delay: {}\n",
                       outliers_of(function), cold_of(function), delay_of(function));
    if (!report.advice.empty()) out << fmt::format("  most helpful now: {}\n", report.advice);
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
                   "Shape of the curve. auto takes for each function the one that best predicts "
                   "configurations left out of the fit; equation1 does so among the paper's own "
                   "(case1, case2, piecewise), interpolated among all, with their errors at what "
                   "was measured put right; else one form for all: also case1-saturated, "
                   "case2-saturated, additive, waves, constant")
      ->capture_default_str();
  verb->add_flag("--json", arguments->json,
                 "Print the report as one JSON document instead of a table");
  verb->callback([arguments, &status] {
    status = fit(*arguments, std::cout, std::cerr); });
}

}  // namespace stepconf::cli
