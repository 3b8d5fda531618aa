#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "stepconf/estimator/session.h"

namespace stepconf::estimator {

/// Draws numbers as the standard library's distributions do not: alike everywhere.
class Draws {
 public:
  explicit Draws(unsigned seed) : random_(seed) {}
  double uniform() { return (random_() + 0.5) / 4294967296.0; }
  /// Draws from the standard normal distribution (Box and Muller).
  double normal() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::acos(-1.0) * uniform());
  }

 private:
  std::mt19937 random_;
};

/// What executions of a function are made up from: each instance takes the true mean times
/// `factor`, a lognormal factor of mean 1 that its execution shares, and one of its own.
struct RunsSpec {
  int executions = 20;
  int instances = 8;
  double factor = 1;
  /// CVs, small ones.
  double shared_cv = 0.03;
  double own_cv = 0.1;
  /// This share of the instances takes `stall` times as long.
  double stalls = 0;
  double stall = 1;
  /// When the first is run, and the time between two.
  Seconds first{0};
  Seconds every{60};
  std::vector<int> memory_mb = {1024};
};

/// The true mean of the function "f": one second of work at one vCPU, and 0.2 s.
inline double true_seconds(int memory_mb) { return 1769.0 / memory_mb + 0.2; }

inline std::vector<Session> draw_runs(unsigned seed, const RunsSpec& spec) {
  Draws draws(seed);
  const auto lognormal = [&](double cv) { return std::exp(cv * draws.normal() - cv * cv / 2); };
  std::vector<Session> executions;
  for (int e = 0; e < spec.executions; ++e) {
    Session execution{spec.first + e * spec.every, {}};
    const double shared = lognormal(spec.shared_cv);
    for (int i = 0; i < spec.instances; ++i) {
      Sample sample;
      sample.function = "f";
      sample.memory = MemoryMb{spec.memory_mb[static_cast<std::size_t>(e) % spec.memory_mb.size()]};
      sample.instances = spec.instances;
      const double stall = draws.uniform() < spec.stalls ? spec.stall : 1;
      sample.duration_ms = 1000 * true_seconds(sample.memory.value) * spec.factor * shared *
                           lognormal(spec.own_cv) * stall;
      execution.samples.push_back(sample);
    }
    executions.push_back(execution);
  }
  return executions;
}

}  // namespace stepconf::estimator
