#include "stepconf/cli/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/drift_report.h"
#include "stepconf/cli/traces.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/fold.h"
#include "stepconf/estimator/implausible.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

using estimator::FittedFunction;

std::string percentage(double share) { return fmt::format("{:.1f}", share * 100); }

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
      percentage(spread.outliers.estimate), percentage(spread.outliers.interval.lower),
      percentage(spread.outliers.interval.upper));
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
    return percentage(e.mean) + " / " + percentage(e.max);
  };
  for (const auto& [name, model] : models.functions) {
    const auto& function = std::get<FittedFunction>(model);
    const estimator::FitReport& report = function.report;
    table.add({name, std::string(function.duration.name()), std::to_string(report.samples),
               std::to_string(report.configurations), errors(report.error),
               report.cross_validation ? errors(*report.cross_validation) : "-",
               percentage(report.noise_floor), percentage(function.spread.cv())});
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

OrderedJson to_json(const estimator::Models& models) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [name, model] : models.functions) {
    functions[name] = estimator::to_json(std::get<FittedFunction>(model));
  }
  return {{"functions", std::move(functions)}};
}

constexpr std::size_t kLinesNamed = 10;

// Names the lines whose durations seem to be in another unit.
void warn_of_units(std::span<const estimator::Sample> samples, const std::string& text,
                   const std::string& source, std::ostream& err) {
  const auto rows = estimator::implausible_durations(samples);
  if (rows.empty()) return;
  // A sample a row, in the same order.
  const estimator::CsvTable table = estimator::parse_csv(text, source);
  std::string lines;
  for (std::size_t i = 0; i < std::min(rows.size(), kLinesNamed); ++i)
    lines += fmt::format("{}{}", i == 0 ? "" : ", ", table.rows[rows[i]].line);
  if (rows.size() > kLinesNamed) lines += fmt::format(" and {} more", rows.size() - kLinesNamed);
  err << fmt::format(
      "warning: {}: line{} {}: duration_ms is hundreds of times off what other rows of the "
      "function "
      "say; it must be in milliseconds, is it in seconds?\n",
      source, rows.size() == 1 ? "" : "s", lines);
}

// Samples that have no time of their own count as of when their file was last modified.
std::optional<estimator::Session> read_profile(const std::filesystem::path& file,
                                               std::ostream& err) {
  if (file.empty()) return std::nullopt;
  const std::string text = read_file(file);
  estimator::Session session{modified_at(file).time_since_epoch(),
                             estimator::parse_samples(text, file.string())};
  warn_of_units(session.samples, text, file.string(), err);
  return session;
}

// The models that are about to be replaced; absent where there are none that can be read.
std::optional<estimator::Models> read_replaced(const std::filesystem::path& file,
                                               std::ostream& err) {
  if (!std::filesystem::is_regular_file(file)) return std::nullopt;
  try {
    return estimator::parse_models(read_file(file), file.string());
  } catch (const InvalidInput& problem) {
    err << fmt::format("warning: the traces cannot be compared with the models they replace: {}\n",
                       problem.what());
    return std::nullopt;
  }
}

// Compares recent executions with the models that are replaced, else with a fit of the profile
// alone.
DriftReport drift_of(std::span<const estimator::Session> executions, Seconds half_life,
                     const std::optional<estimator::Session>& profile,
                     const FitArguments& arguments, std::ostream& err) {
  DriftReport report;
  if (executions.empty()) return report;
  auto models = read_replaced(arguments.output, err);
  report.models = arguments.output.string();
  if (!models && profile) {
    models = estimator::fit(profile->samples, {.form = arguments.form});
    report.models = "a fit of " + arguments.samples.string();
  }
  if (!models) return report;
  const auto recent = estimator::since(executions, estimator::recent_since(executions, half_life));
  report.drifts = estimator::drifts_of(*models, recent);
  return report;
}

std::string count(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

void tell_what_was_read(const Traces& traces, std::ostream& err) {
  std::size_t samples = 0;
  std::size_t cold = 0;
  for (const estimator::Session& execution : traces.executions) {
    samples += execution.samples.size();
    cold += static_cast<std::size_t>(
        std::ranges::count_if(execution.samples, &estimator::Sample::cold));
  }
  err << fmt::format("The traces hold {} of {}, {} of them from cold starts.\n",
                     count(samples, "sample"), count(traces.executions.size(), "run"), cold);
  if (!traces.choices.empty()) {
    err << fmt::format("They tell which ways executions went on from {}.\n",
                       count(traces.choices.size(), "state"));
  }
  if (traces.oversubscribed > 0) {
    err << fmt::format(
        "{} left out: the machine had less CPU than it promised, so the times are too long.\n",
        count(static_cast<std::size_t>(traces.oversubscribed), "line"));
  }
  if (traces.repeated > 0) {
    err << fmt::format("{} left out: the same stand in the traces already.\n",
                       count(static_cast<std::size_t>(traces.repeated), "line"));
  }
}

Seconds half_life_of(const FitArguments& arguments) {
  const Seconds half_life = parse_duration(arguments.half_life, "--half-life");
  if (half_life <= Seconds(0)) throw InvalidInput("--half-life is 0, must be over 0, such as 14d");
  return half_life;
}

}  // namespace

int fit(const FitArguments& arguments, std::ostream& out, std::ostream& err) {
  if (arguments.samples.empty() && arguments.traces.empty()) {
    throw InvalidInput("fit needs --samples FILE, --traces FILE... or both");
  }
  const Seconds half_life = half_life_of(arguments);
  const auto profile = read_profile(arguments.samples, err);
  const Traces traces = read_traces(arguments.traces, arguments.project);
  if (!arguments.traces.empty()) tell_what_was_read(traces, err);

  DriftReport report = drift_of(traces.executions, half_life, profile, arguments, err);
  estimator::Folded folded =
      estimator::fold(profile, traces.executions, {half_life, arguments.form});
  if (folded.samples.empty()) {
    throw InvalidInput(fmt::format("{}: no instance ended there, so there is nothing to fit",
                                   arguments.traces.front().string()));
  }
  report.rescaled = std::move(folded.changes);
  estimator::Models models = estimator::fit(folded.samples, {.form = arguments.form});
  models.choices = traces.choices;
  write_file(arguments.output, estimator::to_string(models));

  for (const auto& [name, model] : models.functions) {
    const estimator::FitReport& quality = std::get<FittedFunction>(model).report;
    if (!quality.reliable)
      err << fmt::format("warning: {} cannot be modelled well: {}\n", name, quality.reason);
  }
  warn(report, err);
  if (arguments.json) {
    OrderedJson document = to_json(models);
    if (!arguments.traces.empty()) add_to_json(report, document);
    out << document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) << '\n';
  } else {
    print_table(models, out);
    print(report, out);
    out << fmt::format("\nwritten to {}\n", arguments.output.string());
  }
  return 0;
}

void add_fit(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<FitArguments>();
  CLI::App* verb = app.add_subcommand("fit",
                                      "Fit performance models to samples: how long each function "
                                      "takes with how much memory, how many processes and jobs");
  verb->add_option(
      "PROJECT", arguments->project,
      "Project file or folder, before --traces; only needed for traces of older versions, "
      "which do not say which function a step calls");
  verb->add_option("--samples", arguments->samples,
                   "CSV with a row for each measured instance; needs the columns function, "
                   "memory_mb and duration_ms");
  verb->add_option(
          "--traces", arguments->traces,
          "Traces that `run --trace` wrote: their instances are samples too, and functions "
          "that became slower or faster since the models in --output were made are told")
      ->check(not_empty);
  verb->add_option("--half-life", arguments->half_life,
                   "Age at which a sample counts half as much as the newest, where there are "
                   "traces; those younger than this tell how fast functions are at present")
      ->capture_default_str();
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
  verb->callback([arguments, &status] { status = fit(*arguments, std::cout, std::cerr); });
}

}  // namespace stepconf::cli
