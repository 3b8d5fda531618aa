#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stepconf::cli {

/// The command line of `stepconf profile`.
struct ProfileArguments {
  std::filesystem::path project = ".";
  std::string deployment;
  std::filesystem::path input;
  std::filesystem::path output = "samples.csv";
  std::filesystem::path import;
  std::optional<int> budget_invocations;
  std::optional<double> budget_usd;
  std::string budget_time;
  double goal = 0.03;
  int points = 24;
  int repeats = 2;
  int max_jobs = 8;
  bool fresh = false;
  bool plan = false;
  bool json = false;
};

}  // namespace stepconf::cli
