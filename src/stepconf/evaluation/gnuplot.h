#pragma once

#include <filesystem>
#include <string>

namespace stepconf::evaluation {

/// Tells whether a program called gnuplot is in PATH.
bool has_gnuplot();

/// Runs gnuplot on a script in `folder`, where it leaves its pictures, and waits until it has
/// ended. The script is not kept. Throws Error with what gnuplot says where it fails.
void run_gnuplot(const std::string& script, const std::filesystem::path& folder);

}  // namespace stepconf::evaluation
