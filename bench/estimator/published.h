#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bench/estimator/peers.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::bench {

/// Reads lambda-memory: by function and memory size, the durations in the order measured, in
/// milliseconds.
std::map<std::string, std::map<int, std::vector<double>>> memory_data(
    const std::filesystem::path& data);

/// A stage of lambda-stages.
struct Stage {
  /// One function whatever is configured, which then says how many partitions it reads.
  bool serial = true;
  /// The warm epochs: what a mean function took.
  std::vector<StageRun> runs;
};

/// Reads lambda-stages, by workflow and stage.
std::map<std::string, Stage> stage_data(const std::filesystem::path& data);

/// Gives a run as a sample: a stage's whole work is 32 jobs; of a serial stage as many as it reads
/// partitions.
estimator::Sample sample_of(const std::string& name, const Stage& stage, const StageRun& run);

/// Prints errors for 46 memory sizes from 20 invocations at each of five.
void predict_memory_sizes(const std::filesystem::path& data);
/// Prints errors for stages in configurations that were left out of the fit.
void predict_left_out_stages(const std::filesystem::path& data);
/// Prints how many held-back invocations stay below the predicted 95th and 99th percentile.
void check_quantiles(const std::filesystem::path& data);
/// Prints errors of the mapping delay over all places of all Maps, warm and cold.
void predict_mapping_delays(const std::filesystem::path& data);
/// Prints how long a fit and a prediction take.
void time_fits(const std::filesystem::path& data);

}  // namespace stepconf::bench
