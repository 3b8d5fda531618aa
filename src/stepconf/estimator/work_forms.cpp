#include <algorithm>
#include <array>
#include <cmath>

#include "stepconf/estimator/duration_form.h"

// What the paper's Eq. (1) lacks on real functions: time that no memory shortens (waiting for a
// store), a part of the work that only one thread can do beside one that several can, work that is
// done once whatever the number of jobs, and instances that disturb each other. Each is a sum of
// terms of 0 or more, so a function that lacks one gets 0 for it.
//
// Both forms read the same parameters and differ in how the jobs of an instance share its CPUs:
// `additive` takes them for a fluid, `waves` for whole jobs of which q run at a time, so that 5
// jobs take 4 processes two waves.

namespace stepconf::estimator {
namespace {

enum Parameter : std::size_t {
  kBase,
  kBaseWork,
  kBaseParallelWork,
  kPerJob,
  kWork,
  kParallelWork,
  kPoolThreads,
  kPerInstance,
  kParameterCount
};

constexpr std::array<ParameterInfo, kParameterCount> kParameters = {{
    {"base", "s"},
    {"base_work", "vCPU s"},
    {"base_parallel_work", "vCPU s"},
    {"per_job", "s per job"},
    {"work", "vCPU s per job"},
    {"parallel_work", "vCPU s per job"},
    // Of one process, in the parallel parts; under 1 where these wait for a disk or a network.
    {"threads", "vCPUs per process", 0.1, 16, 1},
    {"per_instance", "s per instance"},
}};

double base_seconds(std::span<const double> p, const InstanceLoad& load) {
  const double x = vcpus(load.memory);
  return p[kBase] + p[kBaseWork] / std::min(x, 1.0) +
         p[kBaseParallelWork] / std::min(x, p[kPoolThreads]) + p[kPerInstance] * load.instances;
}

// A job of a process that gets `share` vCPUs.
double job_seconds(std::span<const double> p, double share) {
  return p[kPerJob] + p[kWork] / std::min(share, 1.0) +
         p[kParallelWork] / std::min(share, p[kPoolThreads]);
}

class WorkForm : public DurationForm {
 public:
  std::span<const ParameterInfo> parameters() const override { return kParameters; }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    const Diversity d = diversity(observations);
    // What happens once can be told from what happens for each job where jobs differ.
    const bool jobs = d.jobs >= 2;
    const bool memory = d.memories >= 3;
    // In the order in which they are given up where there are fewer loads than parameters.
    const std::array<std::pair<Parameter, bool>, kParameterCount> wanted = {{
        {kWork, true},
        {kBase, d.loads >= 2},
        {kParallelWork, memory},
        {kPoolThreads, memory},
        {kPerJob, jobs},
        {kBaseWork, jobs && memory},
        {kPerInstance, d.instances >= 2},
        {kBaseParallelWork, jobs && memory},
    }};
    std::vector<bool> free(kParameterCount, false);
    std::size_t count = 0;
    for (const auto& [parameter, tellable] : wanted) {
      if (!tellable || count >= d.loads) continue;
      free[parameter] = true;
      ++count;
    }
    return free;
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    const Observation& slow = *std::ranges::max_element(observations, {}, &Observation::seconds);
    const Observation& fast = *std::ranges::min_element(observations, {}, &Observation::seconds);
    const double work = slow.seconds * speed_up(slow.load) / slow.load.jobs;
    const double some = 0.05 * fast.seconds;
    std::vector<std::vector<double>> result;
    for (const double threads : {0.5, 1.5, 3.0, 6.0}) {
      result.push_back({4 * some, some, some, some / fast.load.jobs, 0.5 * work, 0.5 * work,
                        threads, some / fast.load.instances});
    }
    return result;
  }
};

class AdditiveForm final : public WorkForm {
 public:
  std::string_view name() const override { return "additive"; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    const double each = job_seconds(p, vcpus(load.memory) / load.processes);
    return base_seconds(p, load) + each * load.jobs / load.processes;
  }
};

class WavesForm final : public WorkForm {
 public:
  std::string_view name() const override { return "waves"; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    const double x = vcpus(load.memory);
    const int full = load.jobs / load.processes;
    const int rest = load.jobs % load.processes;
    double result = base_seconds(p, load);
    if (full > 0) result += full * job_seconds(p, x / load.processes);
    if (rest > 0) result += job_seconds(p, x / rest);
    return result;
  }
};

}  // namespace

std::span<const DurationForm* const> work_forms() {
  static const AdditiveForm additive;
  static const WavesForm waves;
  static const std::array<const DurationForm*, 2> forms = {&additive, &waves};
  return forms;
}

}  // namespace stepconf::estimator
