#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iosfwd>
#include <string>

namespace stepconf::cli {

struct FitArguments {
  std::filesystem::path samples;
  std::filesystem::path output = "models.json";
  std::string form = "auto";
  bool json = false;
};

/// Fits models to a samples file, writes them to `output`, and reports to `out`: a table for
/// people, or one JSON document. Warnings go to `err`. Returns the exit status. Throws InvalidInput
/// where the samples or the form cannot be used.
int fit(const FitArguments& arguments, std::ostream& out, std::ostream& err);

/// Adds the verb to the command line; `status` is set to its exit status when it was called. `app`
/// keeps the arguments alive.
void add_fit(CLI::App& app, int& status);

}  // namespace stepconf::cli
