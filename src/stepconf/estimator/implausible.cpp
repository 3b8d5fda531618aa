#include "stepconf/estimator/implausible.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace stepconf::estimator {
namespace {

// Units are three orders of magnitude apart; stalls and cold starts stay well below this.
constexpr double kApart = 300;

double upper_median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

bool far_apart(double a, double b) { return a > kApart * b || b > kApart * a; }

// What a vCPU would have taken; 0 where nothing was measured.
double work_of(const Sample& sample) {
  return sample.ok() ? *sample.duration_ms * speed_up(sample.load()) : 0;
}

using Group = std::vector<std::size_t>;

}  // namespace

std::vector<std::size_t> implausible_durations(std::span<const Sample> samples) {
  std::map<std::pair<std::string, int>, std::map<InstanceLoad, Group>> functions;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    if (work_of(sample) > 0) functions[{sample.function, sample.jobs}][sample.load()].push_back(i);
  }
  std::vector<std::size_t> result;
  for (const auto& [function, loads] : functions) {
    std::map<InstanceLoad, double> typical;
    std::vector<double> all;
    for (const auto& [load, group] : loads) {
      std::vector<double> works;
      for (const std::size_t i : group) works.push_back(work_of(samples[i]));
      all.push_back(typical[load] = upper_median(std::move(works)));
    }
    const double usual = upper_median(all);
    for (const auto& [load, group] : loads) {
      const double expected = far_apart(typical[load], usual) ? usual : typical[load];
      for (const std::size_t i : group) {
        if (far_apart(work_of(samples[i]), expected)) result.push_back(i);
      }
    }
  }
  std::ranges::sort(result);
  return result;
}

}  // namespace stepconf::estimator
