#pragma once

#include <filesystem>

#include "stepconf/evaluation/sample_file.h"

namespace stepconf::evaluation {

/// The folder of an evaluation: a samples file for each measurement.
struct Results {
  /// Reads what is there. Throws InvalidInput.
  explicit Results(const std::filesystem::path& output)
      : folder(output),
        training(output / "training.csv"),
        truth(output / "truth.csv"),
        ratios(output / "ratios.csv"),
        steps(output / "steps.csv"),
        mapping_direct(output / "mapping-direct.csv"),
        mapping_step_functions(output / "mapping-step-functions.csv") {}

  std::filesystem::path folder;
  SampleFile training;
  SampleFile truth;
  /// Figure 3: functions are variants, "alu-ratio-0.25".
  SampleFile ratios;
  /// Figure 5: the rows of a step stand together.
  SampleFile steps;
  /// Figure 4, likewise; functions are variants, "alu-sleep-1s".
  SampleFile mapping_direct, mapping_step_functions;
};

}  // namespace stepconf::evaluation
