#include "stepconf/evaluation/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <variant>

#include "stepconf/base/file.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/evaluation/figures.h"
#include "stepconf/evaluation/gnuplot.h"
#include "stepconf/evaluation/training.h"

namespace stepconf::evaluation {
namespace {

class Drawing {
 public:
  Drawing(const std::vector<Subject>& subjects, const Parts& parts, const Results& results,
          std::ostream& lines)
      : subjects_(subjects), parts_(parts), results_(results), lines_(lines) {}

  Outcome all() {
    if (parts_.needs("training") || parts_.needs("truth")) compare();
    if (parts_.wants("fig3")) add(ratio_chart(results_.ratios.samples()));
    if (parts_.wants("fig4")) {
      add(mapping_chart(steps_in(results_.mapping_direct.samples()),
                        steps_in(results_.mapping_step_functions.samples())));
    }
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      const std::string& function = subjects_[i].function;
      if (parts_.wants("fig5") && i == 0) {
        add(steps_chart(steps_in(results_.steps.samples()), function));
      }
      if (parts_.wants("fig6")) add(processes_chart(results_.truth.samples(), function));
      // The paper shows one single-threaded function, and one multi-core-friendly.
      const int fit = i == 0 ? 10 : 11, errors = i == 0 ? 12 : 13;
      if (parts_.wants(fmt::format("fig{}", fit))) add_fit(fit, function);
      if (parts_.wants(fmt::format("fig{}", errors))) {
        for (const bool greatest : {false, true}) {
          add(error_map(errors, outcome_.errors, function, greatest));
        }
      }
    }
    if (!has_gnuplot() && !outcome_.figures.empty()) {
      lines_ << fmt::format(
          "There is no gnuplot, so {} has the figures' data only; for pictures install it (apt-get "
          "install gnuplot-nox) and call again with --draw.\n",
          results_.folder.string());
    }
    return std::move(outcome_);
  }

 private:
  void compare() {
    if (results_.training.samples().empty()) {
      lines_ << "Nothing is trained yet, so there are no predictions.\n";
      return;
    }
    models_ = estimator::fit(results_.training.samples());
    write_file(results_.folder / "models.json", estimator::to_string(models_));
    outcome_.errors = error_rows(results_.truth.samples(), models_);
    outcome_.by_function = summarize(outcome_.errors);
    write_file(results_.folder / "errors.csv", to_csv(outcome_.errors));
  }

  void add_fit(int number, const std::string& function) {
    const auto found = models_.functions.find(function);
    if (found == models_.functions.end()) return;
    const auto& fitted = std::get<estimator::FittedFunction>(found->second);
    add(fit_chart(number, outcome_.errors, function, fitted.duration));
  }

  void add(const Chart& chart) {
    if (chart.curves.empty()) return;
    write_file(results_.folder / (chart.file + ".csv"), to_csv(chart));
    make_picture(chart.file, gnuplot_script(chart));
  }

  // Its data are errors.csv.
  void add(const HeatMap& map) {
    if (!map.values.empty()) make_picture(map.file, gnuplot_script(map));
  }

  void make_picture(const std::string& file, const std::string& script) {
    outcome_.figures.push_back(file);
    if (has_gnuplot()) run_gnuplot(script, results_.folder);
  }

  const std::vector<Subject>& subjects_;
  const Parts& parts_;
  const Results& results_;
  std::ostream& lines_;
  estimator::Models models_;
  Outcome outcome_;
};

}  // namespace

Outcome draw(const std::vector<Subject>& subjects, const Parts& parts, const Results& results,
             std::ostream& lines) {
  return Drawing(subjects, parts, results, lines).all();
}

OrderedJson to_json(const Outcome& outcome, const Results& results, int training_repeats) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [name, errors] : outcome.by_function) {
    const auto invocations = [of = name](const SampleFile& file) {
      return std::ranges::count_if(file.samples(),
                                   [&](const auto& sample) { return sample.function == of; });
    };
    const ErrorRow& worst = errors.worst;
    functions[name] = {
        {"tests", tests_of(results.training.samples(), name, training_repeats)},
        {"loads", errors.loads},
        {"invocations",
         {{"training", invocations(results.training)}, {"truth", invocations(results.truth)}}},
        {"error", {{"mean", errors.mean}, {"max", std::abs(worst.relative())}}},
        {"worst",
         {{"memory_mb", worst.load.memory.value},
          {"processes", worst.load.processes},
          {"jobs", worst.load.jobs},
          {"measured_s", worst.measured_s},
          {"predicted_s", worst.predicted_s}}}};
  }
  return {{"folder", results.folder.string()},
          {"functions", std::move(functions)},
          {"figures", outcome.figures}};
}

}  // namespace stepconf::evaluation
