#pragma once

#include <map>
#include <vector>

namespace stepconf::bench {

/// Predicts durations as Parrotfish does (Moghimi et al., SoCC 2023): a0 + a1 e^(-m / a2), fitted
/// to costs, duration times memory, by least squares with all three over 0. `seconds` are the
/// measured durations by memory size; gives the seconds predicted for `memory_mb`.
double parrotfish(const std::map<int, std::vector<double>>& seconds, int memory_mb);

/// One run of a stage under one configuration, as Jolteon's profiler keeps it.
struct StageRun {
  int memory_mb = 0;
  /// Functions of the stage; of a serial stage, which is one function, of the stage before.
  int functions = 1;
  double read_s = 0, compute_s = 0, write_s = 0;
};

/// Predicts a stage as Jolteon does (Zhang et al., NSDI 2024, section 4): reading and writing as
/// a / x + b, computing as a / x + b log(x) / x + c / x^2 + d, each by least squares, where x is
/// the number of functions or that times the vCPUs of each, whichever fits better; of a `serial`
/// stage the vCPUs alone, and reading may grow with the functions before. Gives the mean seconds of
/// a function, cold starts left out.
double jolteon(const std::vector<StageRun>& runs, bool serial, int memory_mb, int functions);

}  // namespace stepconf::bench
