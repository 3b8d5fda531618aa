#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "stepconf/estimator/sample.h"

namespace stepconf::evaluation {

/// A samples file that grows while it is measured, and from which an earlier call's samples are
/// taken up. For one thread and one program at a time.
class SampleFile {
 public:
  /// Reads the file, where there is one. A last line without a line break, as a program that was
  /// killed leaves it, is dropped. Throws InvalidInput as parse_samples does.
  explicit SampleFile(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<estimator::Sample>& samples() const { return samples_; }
  /// Appends samples in one write, after which they are in the file whatever becomes of the
  /// program. Makes the file and its folder where they are missing. Throws Error.
  void append(std::span<const estimator::Sample> samples);

 private:
  std::filesystem::path path_;
  std::vector<estimator::Sample> samples_;
};

}  // namespace stepconf::evaluation
