#pragma once

#include <optional>
#include <span>
#include <vector>

#include "stepconf/estimator/duration_form.h"

namespace stepconf::estimator {

/// How much what was measured at one load says about another: 1 for the same, falling to 0.
/// Matérn's kernel with exponent 3/2 on the logarithms of memory, processes, jobs and instances.
struct Similarity {
  /// Distances over which it falls to about a half, in doublings.
  double memory = 0.4, processes = 1, jobs = 4, instances = 16;

  bool operator==(const Similarity&) const = default;
  double operator()(const InstanceLoad& a, const InstanceLoad& b) const;
};

/// What a form misses, learnt from its errors: the logarithm of measured over predicted is taken
/// for a Gaussian process, of which the mean given the measurements is added (simple kriging;
/// Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, section 2.2).
///
/// Near measured loads the form is put right; far from all of them nothing changes.
struct Correction {
  struct Anchor {
    InstanceLoad load;
    /// This anchor's part: the logarithm of the factor is the sum of weight times similarity.
    double weight = 0;

    bool operator==(const Anchor&) const = default;
  };
  Similarity similarity;
  /// Standard deviation of the logarithm far from all anchors.
  double amplitude = 0;
  std::vector<Anchor> anchors;

  bool operator==(const Correction&) const = default;
  /// Gives the factor on the form's prediction. O(anchors).
  double factor(const InstanceLoad& load) const;
  /// Gives the factors for every memory size with every shape, a row of `shapes.size()` a memory
  /// size; bit for bit those of `factor`. One multiplication and addition for each anchor and
  /// factor: the kernel is a product over memory, processes, jobs and instances, so each part is
  /// computed once for each of its values.
  std::vector<double> factors(std::span<const MemoryMb> memories,
                              std::span<const LoadShape> shapes) const;
};

/// An error of a form at one load: log(measured / predicted), and the variance that the measured
/// mean's own noise gives it.
struct LogError {
  InstanceLoad load;
  double value = 0;
  double noise = 0;
};

/// Learns a correction from a form's errors, with the similarity and amplitude under which these
/// errors are most likely (marginal likelihood). Absent where that is no correction at all.
/// O(errors^3) for each of a few dozen tries.
std::optional<Correction> learn_correction(std::span<const LogError> errors);

/// The same with similarity and amplitude given.
Correction learn_correction(std::span<const LogError> errors, const Similarity& similarity,
                            double amplitude);

}  // namespace stepconf::estimator
