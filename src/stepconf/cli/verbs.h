#pragma once

#include <CLI/CLI.hpp>

namespace stepconf::cli {

// Each adds one verb to the command line; `status` is set to its exit status when it was called.
// `app` keeps the arguments alive.
void add_deploy(CLI::App& app, int& status);
void add_evaluate(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_history(CLI::App& app, int& status);
void add_local(CLI::App& app, int& status);
void add_plan(CLI::App& app, int& status);
void add_profile(CLI::App& app, int& status);
void add_remove(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_simulate(CLI::App& app, int& status);
void add_status(CLI::App& app, int& status);
void add_transform(CLI::App& app, int& status);

/// Adds the argument PROJECT, default the current folder.
void add_project(CLI::App& verb, std::filesystem::path& project);

/// Checks an option's value: what is wrong with it, empty where nothing is.
std::string not_empty(const std::string& text);

}  // namespace stepconf::cli
