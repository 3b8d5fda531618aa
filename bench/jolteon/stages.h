// Jolteon's stochastic model of a stage (Zhang et al., NSDI 2024, section 4), fitted to its own
// published profiles: what both methods of jolteon_bench choose from.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace stepconf::bench {

/// How a stage is configured: functions, and vCPUs of each (1,792 MB a vCPU).
struct StageConfiguration {
  double functions = 1, vcpus = 1;
};

/// A stage's duration: cold + a/d + b/(kd) + c log(x)/x + e/x^2 + f with d functions of k vCPUs
/// and x = d or kd; of a serial stage with x = k.
class StageModel {
 public:
  using Coefficients = std::array<double, 6>;

  /// One run: of `functions` functions of `vcpus` each, their mean seconds.
  struct Run {
    StageConfiguration configuration;
    double cold = 0, read = 0, compute = 0, write = 0;
  };

  /// Fits reading, computing and writing by least squares, and draws `samples` sets of
  /// coefficients from the fits' normal distributions (and `cold` from what was measured).
  StageModel(const std::vector<Run>& runs, bool serial, int samples, unsigned seed);

  bool serial() const { return serial_; }
  /// What the coefficients are multiplied by; the stage's seconds are the sum of that.
  Coefficients terms(const StageConfiguration& configuration) const;
  const Coefficients& mean() const { return mean_; }
  const std::vector<Coefficients>& samples() const { return samples_; }
  /// Jolteon's price of the stage at mean coefficients and the 70th percentile of `cold`, USD.
  double usd(const StageConfiguration& configuration) const;

 private:
  bool serial_;
  // Whether computing depends on kd, not on d.
  bool computes_by_both_ = false;
  Coefficients mean_{};
  std::vector<Coefficients> samples_;
};

/// Reads the warm epochs of lambda-stages/WORKFLOW.csv, by stage.
std::vector<StageModel> stage_models(const std::filesystem::path& data, const std::string& workflow,
                                     int samples);

}  // namespace stepconf::bench
