#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace stepconf::cli {

struct FitArguments {
  std::filesystem::path project;
  std::filesystem::path samples;
  std::vector<std::filesystem::path> traces;
  std::filesystem::path output = "models.json";
  std::string form = "auto";
  std::string half_life = "14d";
  bool json = false;
};

/// Fits models to a samples file, to traces, or to both together (docs/drift.md), writes them to
/// `output`, and reports to `out`: a table for people, or one JSON document. Warnings go to `err`.
/// Returns the exit status. Throws InvalidInput where samples, traces or options cannot be used.
int fit(const FitArguments& arguments, std::ostream& out, std::ostream& err);

/// Adds the verb to the command line; `status` is set to its exit status when it was called. `app`
/// keeps the arguments alive.
void add_fit(CLI::App& app, int& status);

}  // namespace stepconf::cli
