#include "stepconf/estimator/duration_form.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

namespace stepconf::estimator {
namespace {

class ConstantForm final : public DurationForm {
 public:
  std::string_view name() const override { return "constant"; }
  std::span<const ParameterInfo> parameters() const override { return kParameters; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    return p[0] + p[1] * load.jobs;
  }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    return {diversity(observations).jobs >= 2, true};
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    const Observation& slow = *std::ranges::max_element(observations, {}, &Observation::seconds);
    return {{0, slow.seconds / slow.load.jobs}};
  }

 private:
  static constexpr auto kParameters =
      std::to_array<ParameterInfo>({{"base", "s"}, {"per_job", "s per job"}});
};

}  // namespace

double speed_up(const InstanceLoad& load) { return speed_up(load, 1); }

double speed_up(const InstanceLoad& load, double threads) {
  return std::min(vcpus(load.memory), threads * load.processes);
}

Diversity diversity(std::span<const Observation> observations) {
  std::set<double> speed_ups;
  std::set<MemoryMb> memories;
  std::set<int> jobs;
  std::set<int> instances;
  std::set<InstanceLoad> loads;
  std::set<std::pair<double, int>> pairs;
  for (const Observation& o : observations) {
    speed_ups.insert(speed_up(o.load));
    memories.insert(o.load.memory);
    jobs.insert(o.load.jobs);
    instances.insert(o.load.instances);
    loads.insert(o.load);
    pairs.emplace(speed_up(o.load), o.load.jobs);
  }
  return {speed_ups.size(), memories.size(), jobs.size(),
          instances.size(), loads.size(),    pairs.size()};
}

const DurationForm& constant_form() {
  static const ConstantForm form;
  return form;
}

std::span<const DurationForm* const> duration_forms() {
  static const std::vector<const DurationForm*> forms = [] {
    std::vector<const DurationForm*> all;
    std::ranges::copy(equation1_forms(), std::back_inserter(all));
    std::ranges::copy(work_forms(), std::back_inserter(all));
    all.push_back(&constant_form());
    return all;
  }();
  return forms;
}

const DurationForm* find_duration_form(std::string_view name) {
  for (const DurationForm* form : duration_forms()) {
    if (form->name() == name) return form;
  }
  return nullptr;
}

}  // namespace stepconf::estimator
