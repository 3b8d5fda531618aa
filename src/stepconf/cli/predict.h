#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iosfwd>
#include <string>

namespace stepconf::cli {

struct PredictArguments {
  std::filesystem::path models = "models.json";
  std::filesystem::path points;
  std::string region = "us-east-1";
  std::string architecture = "x86_64";
  std::string orchestrator = "standard";
  std::string cost = "billed";
};

/// Predicts each row of the points file and prints it to `out` as CSV: the row as it came, then
/// instance_s, duration_s, p50_s, p95_s, p99_s, cost_usd and note. Nothing is written to `out`
/// unless every row could be read. Returns the exit status. Throws InvalidInput where a file cannot
/// be used or a function has no model.
int predict(const PredictArguments& arguments, std::ostream& out, std::ostream& err);

/// Adds the verb to the command line; `status` is set to its exit status when it was called. `app`
/// keeps the arguments alive.
void add_predict(CLI::App& app, int& status);

}  // namespace stepconf::cli
