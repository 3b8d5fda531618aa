#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "stepconf/estimator/failure.h"
#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

// The least line over the largest peak seen with each number of processes: slope by least squares,
// raised until no peak stands above it.
MemoryNeed::Peak line_over(const std::map<int, double>& peaks) {
  if (peaks.size() == 1) {
    // With one number of processes base and slope cannot be told apart: take each process for a
    // copy of all.
    const auto& [processes, peak] = *peaks.begin();
    return {0, peak / processes};
  }
  const double n = static_cast<double>(peaks.size());
  double q = 0, mb = 0, qq = 0, qmb = 0;
  for (const auto& [processes, peak] : peaks) {
    q += processes;
    mb += peak;
    qq += static_cast<double>(processes) * processes;
    qmb += processes * peak;
  }
  MemoryNeed::Peak line;
  line.per_process_mb = std::max(0.0, (n * qmb - q * mb) / (n * qq - q * q));
  for (const auto& [processes, peak] : peaks) {
    line.base_mb = std::max(line.base_mb, peak - line.per_process_mb * processes);
  }
  return line;
}

bool implied(const KnownFit& weaker, const KnownFit& stronger) {
  return weaker.memory >= stronger.memory && weaker.processes <= stronger.processes;
}

// Keeps only what does not follow from another.
std::vector<KnownFit> strongest(std::vector<KnownFit> fits) {
  std::ranges::sort(fits, [](const KnownFit& a, const KnownFit& b) {
    return a.memory != b.memory ? a.memory < b.memory : a.processes > b.processes;
  });
  std::vector<KnownFit> result;
  for (const KnownFit& fit : fits) {
    if (std::ranges::none_of(result, [&](const KnownFit& known) { return implied(fit, known); })) {
      result.push_back(fit);
    }
  }
  return result;
}

struct Outcomes {
  int ok = 0;
  int failed = 0;
  std::string status;
};

}  // namespace

MemoryNeed learn_memory_need(std::span<const Sample> samples) {
  std::map<int, double> peaks;
  std::map<InstanceLoad, Outcomes> outcomes;
  std::vector<KnownFit> fits;
  for (const Sample& sample : samples) {
    // Its siblings have memory of their own.
    InstanceLoad load = sample.load();
    load.instances = 1;
    Outcomes& outcome = outcomes[load];
    if (!sample.ok()) {
      if (kind_of_failure(sample.status) == FailureKind::throttled) continue;
      ++outcome.failed;
      outcome.status = sample.status;
      continue;
    }
    ++outcome.ok;
    if (!sample.max_memory_mb) continue;
    double& peak = peaks[sample.processes];
    peak = std::max(peak, *sample.max_memory_mb);
  }
  MemoryNeed need;
  for (const auto& [load, outcome] : outcomes) {
    // One failure among many successes is bad luck, not a limit.
    if (outcome.failed > outcome.ok) {
      need.failures.push_back({load, outcome.status});
    } else if (outcome.ok > 0) {
      fits.push_back({load.memory, load.processes});
    }
  }
  if (!peaks.empty()) {
    need.peak = line_over(peaks);
    need.fits = strongest(std::move(fits));
  }
  return need;
}

}  // namespace stepconf::estimator
