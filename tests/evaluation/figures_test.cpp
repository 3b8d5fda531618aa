#include "stepconf/evaluation/figures.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/estimator/models.h"
#include "stepconf/evaluation/errors.h"
#include "stepconf/evaluation/gnuplot.h"
#include "tests/evaluation/rows.h"
#include "tests/temporary_folder.h"

namespace stepconf::evaluation {
namespace {

using stepconf::tests::TemporaryFolder;

// A model that says a second a job, whatever the memory.
estimator::Models second_a_job() {
  estimator::FittedFunction fitted{
      estimator::DurationModel(*estimator::find_duration_form("constant"), {0, 1})};
  estimator::Models models;
  models.functions.emplace("f", fitted);
  return models;
}

std::vector<estimator::Sample> truth() {
  auto cold = row("f", 512, 1, 2, 100);
  cold.cold = true;
  return {row("f", 512, 1, 2, 2.4), row("f", 512, 1, 2, 2.6),  cold,
          row("f", 512, 2, 2, 1.6), row("f", 1024, 1, 4, 4.0), row("g", 512, 1, 1, 1.0)};
}

TEST(ErrorRows, HoldTheModelAgainstTheMeanOfTheWarmSamples) {
  const auto rows = error_rows(truth(), second_a_job());
  ASSERT_EQ(rows.size(), 3u) << "there is no model of g";
  EXPECT_DOUBLE_EQ(rows[0].measured_s, 2.5);
  // Two samples 0.1 to either side: the root of 0.02 / 1.
  EXPECT_NEAR(rows[0].deviation_s, 0.14142, 1e-5);
  EXPECT_EQ(rows[0].repeats, 2);
  EXPECT_DOUBLE_EQ(rows[0].relative(), 2 / 2.5 - 1);
  EXPECT_DOUBLE_EQ(rows[1].relative(), 2 / 1.6 - 1);
  EXPECT_DOUBLE_EQ(rows[2].relative(), 0);
}

TEST(Summarize, GivesMeanAndWorstOfTheAbsoluteErrors) {
  const auto errors = summarize(error_rows(truth(), second_a_job())).at("f");
  EXPECT_EQ(errors.loads, 3);
  EXPECT_NEAR(errors.mean, (0.2 + 0.25 + 0) / 3, 1e-12);
  EXPECT_EQ(errors.worst.load, (estimator::InstanceLoad{{512}, 2, 2}));
}

TEST(ErrorsCsv, HasARowForEachLoad) {
  const auto rows = error_rows(truth(), second_a_job());
  EXPECT_EQ(to_csv(std::span(rows).first(1)),
            "function,memory_mb,processes,jobs,measured_s,deviation_s,repeats,predicted_s,"
            "relative_error\n"
            "f,512,1,2,2.5,0.141421,2,2,-0.2\n");
}

TEST(ErrorMap, HasTheMeanOrTheGreatestOverTheProcesses) {
  const auto rows = error_rows(truth(), second_a_job());
  const HeatMap mean = error_map(12, rows, "f", false);
  EXPECT_EQ(mean.file, "fig12-f");
  EXPECT_EQ(mean.columns, (std::vector<int>{512, 1024}));
  EXPECT_EQ(mean.rows, (std::vector<int>{2, 4}));
  EXPECT_NEAR(*mean.values[0][0], 0.225, 1e-12);
  EXPECT_EQ(mean.values[1][0], std::nullopt);
  EXPECT_NEAR(*error_map(12, rows, "f", true).values[0][0], 0.25, 1e-12);
}

TEST(FitChart, ShowsTheFastestNumberOfProcessesBesideThePrediction) {
  const auto rows = error_rows(truth(), second_a_job());
  const auto models = second_a_job();
  const auto& model = std::get<estimator::FittedFunction>(models.functions.at("f")).duration;
  const Chart chart = fit_chart(10, rows, "f", model);
  ASSERT_EQ(chart.curves.size(), 4u);
  EXPECT_EQ(chart.curves[0].name, "2");
  ASSERT_EQ(chart.curves[0].points.size(), 1u);
  EXPECT_DOUBLE_EQ(chart.curves[0].points[0].y, 1.6);
  EXPECT_EQ(chart.curves[1].look, Curve::Look::fitted);
  EXPECT_DOUBLE_EQ(chart.curves[1].points[0].y, 2);
}

TEST(RatioChart, HasACurveForEachRatio) {
  const std::vector samples = {row("alu-ratio-1", 512, 1, 1, 2), row("alu-ratio-1", 512, 1, 1, 4),
                               row("alu-ratio-0.5", 1024, 1, 1, 1), row("f", 512, 1, 1, 9)};
  const Chart chart = ratio_chart(samples);
  EXPECT_EQ(to_csv(chart),
            "ratio,memory_mb,duration_s,deviation,kind\n"
            "0.5,1024,1,0,measured\n"
            "1,512,3,1.414,measured\n");
  EXPECT_EQ(chart.x_ticks, (std::vector<double>{512, 1024}));
}

TEST(MappingChart, HasWhatWasPublishedBesideWhatWasMeasured) {
  const std::vector rows = {step_row("alu-sleep-0.1s", 2, 0.1, 1),
                            step_row("alu-sleep-0.1s", 2, 0.3, 1)};
  const auto steps = steps_in(rows);
  const Chart chart = mapping_chart(steps, {});
  ASSERT_EQ(chart.curves.size(), 3u);
  EXPECT_EQ(chart.curves[0].name, "direct, 0.1 s");
  EXPECT_DOUBLE_EQ(chart.curves[0].points.at(0).y, 0.3);
  EXPECT_NE(to_csv(chart).find("\n\"direct, 0.1 s\",2,0.3,0,measured\n"), std::string::npos);
  EXPECT_EQ(chart.curves[1].points.size(), 50u);
  EXPECT_TRUE(mapping_chart({}, {}).curves.empty()) << "nothing measured, nothing to compare";
}

TEST(ProcessesChart, TakesTheNumberOfJobsNearestToEight) {
  const std::vector samples = {row("f", 512, 1, 2, 2), row("f", 512, 2, 6, 3),
                               row("f", 512, 1, 16, 9)};
  const Chart chart = processes_chart(samples, "f");
  ASSERT_EQ(chart.curves.size(), 1u);
  EXPECT_EQ(chart.curves[0].name, "2");
  EXPECT_DOUBLE_EQ(chart.curves[0].points[0].y, 3);
}

TEST(GnuplotScript, NamesFilesTitlesAndUnits) {
  const std::vector samples = {row("alu-ratio-1", 512, 1, 1, 2), row("alu-ratio-1", 1024, 1, 1, 1)};
  const std::string script = gnuplot_script(ratio_chart(samples));
  for (const char* part :
       {"set output 'fig3.svg'", "set output 'fig3.png'", "set xlabel \"memory (MB)\"",
        "set ylabel \"duration (s)\"", "set logscale x", "512 2 0\n1024 1 0\n", "\"1024\" 1024"}) {
    EXPECT_NE(script.find(part), std::string::npos) << part << "\n" << script;
  }
}

TEST(Gnuplot, DrawsChartsAndMapsAsSmallPictures) {
  if (!has_gnuplot()) GTEST_SKIP() << "there is no gnuplot";
  const TemporaryFolder folder;
  const auto rows = error_rows(truth(), second_a_job());
  run_gnuplot(gnuplot_script(error_map(12, rows, "f", false)), folder.path());
  const std::vector samples = {row("alu-ratio-1", 512, 1, 1, 2), row("alu-ratio-1", 1024, 1, 1, 1)};
  run_gnuplot(gnuplot_script(ratio_chart(samples)), folder.path());
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_GT(entry.file_size(), 1000u) << entry.path();
    EXPECT_LT(entry.file_size(), 60'000u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4u) << "an SVG and a PNG each, and nothing else";
}

TEST(Gnuplot, SaysWhatIsWrongWithAScript) {
  if (!has_gnuplot()) GTEST_SKIP() << "there is no gnuplot";
  const TemporaryFolder folder;
  try {
    run_gnuplot("plot nonsense\n", folder.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("nonsense"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace stepconf::evaluation
