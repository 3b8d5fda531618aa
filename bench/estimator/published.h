#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bench/estimator/peers.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::bench {

/// Reads lambda-memory: by function and memory size, the durations in the order measured.
std::map<std::string, std::map<int, std::vector<double>>> memory_data(
    const std::filesystem::path& data);

/// One epoch of one stage of lambda-stages: read, compute and write of a mean instance.
struct StageSample {
  std::string stage;
  estimator::Sample sample;
};

/// Reads lambda-stages, warm epochs. A stage's whole work is 32 jobs, or, of a serial stage, as
/// many as it reads partitions.
std::vector<StageSample> stage_data(const std::filesystem::path& data);

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
