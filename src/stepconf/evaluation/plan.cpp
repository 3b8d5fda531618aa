#include "stepconf/evaluation/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::evaluation {
namespace {

// What a picture shows, by the measurements that it needs.
const std::map<std::string, std::vector<std::string>>& measurements_by_part() {
  static const std::map<std::string, std::vector<std::string>> parts = {
      {"training", {"training"}},
      {"truth", {"truth"}},
      {"fig3", {"fig3"}},
      {"fig4", {"fig4"}},
      {"fig5", {"fig5"}},
      {"fig6", {"truth"}},
      {"fig10", {"truth", "training"}},
      {"fig11", {"truth", "training"}},
      {"fig12", {"truth", "training"}},
      {"fig13", {"truth", "training"}},
  };
  return parts;
}

std::vector<int> ends_and_middle(const std::vector<int>& values) {
  if (values.size() <= 3) return values;
  return {values.front(), values[values.size() / 2], values.back()};
}

}  // namespace

Subject thinned(Subject subject) {
  constexpr int kMostJobs = 16;
  subject.space.memory_mb = ends_and_middle(subject.space.memory_mb);
  subject.space.instances = ends_and_middle(subject.space.instances);
  subject.space.processes = ends_and_middle(subject.space.processes);
  subject.jobs = std::min(subject.jobs, kMostJobs);
  return subject;
}

estimator::InstanceLoad probe_load(const Subject& subject) {
  return ground_truth_loads(subject.space, subject.jobs).front();
}

std::vector<AloneTest> truth_tests(const Subject& subject, Seconds work) {
  std::vector<AloneTest> tests;
  for (const auto& load : ground_truth_loads(subject.space, subject.jobs)) {
    tests.push_back({subject.function, load, expected_duration(load, work)});
  }
  return tests;
}

std::vector<Variant> ratio_variants(const Json& event, bool quick) {
  std::vector<double> ratios = {0, 0.25, 0.5, 0.75, 1};
  if (quick) ratios = {0, 0.5, 1};
  std::vector<Variant> variants;
  for (const double ratio : ratios) {
    Json with_ratio = event;
    with_ratio["ratio"] = ratio;
    variants.push_back({fmt::format("alu-ratio-{}", ratio), std::move(with_ratio), ratio});
  }
  return variants;
}

std::vector<AloneTest> ratio_tests(const std::vector<Variant>& variants,
                                   const std::vector<int>& memory_mb, Seconds work) {
  std::vector<AloneTest> tests;
  for (const Variant& variant : variants) {
    for (const int memory : memory_mb) {
      const double all = vcpus({memory});
      const double ratio = variant.value;
      const double time = all < 1 ? 1 / all : 1 - ratio + ratio / all;
      tests.push_back({variant.name, {{memory}, 1, 1}, work * time});
    }
  }
  return tests;
}

std::vector<Variant> sleep_variants(bool quick) {
  std::vector<int> milliseconds = {100, 1000, 5000};
  if (quick) milliseconds.pop_back();
  std::vector<Variant> variants;
  for (const int time : milliseconds) {
    const double seconds = time / 1e3;
    variants.push_back(
        {fmt::format("alu-sleep-{}s", seconds), {{"repeat", 0}, {"sleep_ms", time}}, seconds});
  }
  return variants;
}

std::vector<StepTest> mapping_tests(const std::vector<Variant>& variants, int memory_mb,
                                    int most_instances, bool quick, platform::Dispatch dispatch) {
  std::vector<int> instances = {50, 40, 32, 24, 16, 8, 4, 2, 1};
  if (quick) instances = {50, 24, 8, 1};
  std::erase_if(instances, [&](int each) { return each > most_instances; });
  std::vector<StepTest> tests;
  for (const Variant& variant : variants) {
    for (const int each : instances) {
      Seconds expected(variant.value);
      if (dispatch == platform::Dispatch::step_functions) {
        expected += platform::map_delay(each, each);
      }
      // The injected delay is the same each time; long sleeps show what short ones do.
      const bool again = dispatch == platform::Dispatch::direct && variant.value <= 1 && !quick;
      tests.push_back({variant.name, {{memory_mb}, each, 1}, each, again ? 3 : 1, expected});
    }
  }
  return tests;
}

std::vector<StepTest> step_tests(const Subject& subject, Seconds work, double cpus,
                                 double cpu_scale, bool quick) {
  const int processes = subject.space.processes.front();
  std::vector<StepTest> tests;
  for (const auto& configuration :
       steps_that_fit(subject.space, subject.jobs, processes, cpus, cpu_scale)) {
    const int each = estimator::split(subject.jobs, configuration.instances).jobs_per_instance;
    const Seconds expected = expected_duration({configuration.memory, processes, each}, work) +
                             platform::map_delay(configuration.instances, configuration.instances);
    tests.push_back({subject.function, configuration, subject.jobs, quick ? 1 : 2, expected});
  }
  return tests;
}

Parts::Parts(std::set<std::string> names) : names_(std::move(names)) {
  std::vector<std::string_view> known;
  for (const auto& [name, needed] : measurements_by_part()) known.push_back(name);
  for (const std::string& name : names_) {
    if (measurements_by_part().contains(name)) continue;
    const std::string meant = nearest(name, known);
    throw InvalidInput(fmt::format("--only has \"{}\", must be of {}{}", name,
                                   fmt::join(known, ", "),
                                   meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
  }
}

bool Parts::needs(const std::string& measurement) const {
  return std::ranges::any_of(measurements_by_part(), [&](const auto& part) {
    return wants(part.first) && std::ranges::count(part.second, measurement) > 0;
  });
}

}  // namespace stepconf::evaluation
