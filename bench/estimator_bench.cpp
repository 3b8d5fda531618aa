// How well the estimator predicts real measurements: the tables of docs/evaluation.md. It measures
// nothing itself; the data are published ones, which a checkout does not hold (docs/evaluation.md
// says where they come from).

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "bench/estimator/published.h"
#include "bench/estimator/replay.h"

int main(int argc, char** argv) {
  CLI::App app("Tables of how well the estimator predicts published measurements",
               "estimator_bench");
  std::filesystem::path data = "../shared/data";
  std::string only;
  app.add_option("--data", data, "Folder with lambda-memory/, lambda-stages/ and step-functions/")
      ->capture_default_str();
  std::filesystem::path truth;
  app.add_option("--truth", truth,
                 "truth.csv of `stepconf evaluate estimator`: profiles are replayed on it");
  app.add_option("--only", only, "memory, stages, calibration, dispatch or speed; default all");
  CLI11_PARSE(app, argc, argv);
  if (!truth.empty()) {
    stepconf::bench::replay_profiles(truth);
    return 0;
  }
  if (!std::filesystem::exists(data)) {
    std::cout << fmt::format("{}: not there, so nothing can be predicted\n", data.string());
    return 0;
  }
  const auto wanted = [&](std::string_view name) { return only.empty() || only == name; };
  if (wanted("memory")) stepconf::bench::predict_memory_sizes(data);
  if (wanted("stages")) stepconf::bench::predict_left_out_stages(data);
  if (wanted("calibration")) stepconf::bench::check_quantiles(data);
  if (wanted("dispatch")) stepconf::bench::predict_mapping_delays(data);
  if (wanted("speed")) stepconf::bench::time_fits(data);
}
