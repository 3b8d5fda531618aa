#include "stepconf/estimator/model_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::estimator {
namespace {

// The values that the jobs leave open; where even the smallest is too large, `otherwise` alone.
std::vector<int> at_most(const std::vector<int>& values, int limit, int otherwise) {
  std::vector<int> result;
  std::ranges::copy_if(values, std::back_inserter(result),
                       [&](int value) { return value <= limit; });
  if (result.empty()) result.push_back(otherwise);
  return result;
}

bool within(const workflow::Step& step, int instances, int processes) {
  return step.max_concurrency == 0 ||
         static_cast<long long>(instances) * processes <= step.max_concurrency;
}

void require_usable(const ConfigurationSpace& space) {
  const auto check = [](const std::vector<int>& values, const char* name) {
    if (!values.empty() && std::ranges::min(values) >= 1) return;
    throw InvalidInput(
        fmt::format("configurations: {} must list at least one value, each at least 1", name));
  };
  check(space.memory_mb, "memory_mb");
  check(space.instances, "instances");
  check(space.processes, "processes");
}

Option foreign_option(const workflow::Step& step) {
  return {Configuration{MemoryMb{0}, 1, 1}, *step.foreign_duration, Usd{}};
}

std::vector<Shape> shapes_of(const ConfigurationSpace& space, const workflow::Step& step,
                             int jobs) {
  if (!step.batched) return {{jobs, 1}};
  std::vector<Shape> shapes;
  for (const int instances : at_most(space.instances, jobs, jobs)) {
    const int share = split(jobs, instances).jobs_per_instance;
    for (const int processes : at_most(space.processes, share, space.processes.front())) {
      if (within(step, instances, processes)) shapes.push_back({instances, processes});
    }
  }
  if (shapes.empty()) shapes.push_back({1, 1});
  return shapes;
}

// Of options that differ in processes alone, which stand together, the fastest; of equal ones the
// first, which has the fewest.
std::vector<Option> with_best_processes(const std::vector<Option>& options) {
  std::vector<Option> result;
  for (const Option& option : options) {
    Configuration alike = option.configuration;
    if (!result.empty()) alike.processes = result.back().configuration.processes;
    if (result.empty() || alike != result.back().configuration) {
      result.push_back(option);
    } else if (option.duration < result.back().duration) {
      result.back() = option;
    }
  }
  return result;
}

}  // namespace

ModelOptions::ModelOptions(Models models, pricing::PriceSheet prices, ConfigurationSpace space,
                           std::map<std::string, ConfigurationSpace> overrides, CostRule cost)
    : models_(std::move(models)),
      prices_(std::move(prices)),
      space_(std::move(space)),
      overrides_(std::move(overrides)),
      cost_(cost) {
  require_usable(space_);
  for (const auto& [function, override] : overrides_) require_usable(override);
}

const ConfigurationSpace& ModelOptions::space_of(const workflow::Step& step) const {
  const auto found = overrides_.find(step.function);
  return found == overrides_.end() ? space_ : found->second;
}

std::vector<Option> ModelOptions::options(const workflow::Step& step, int jobs) const {
  if (step.is_foreign()) return {foreign_option(step)};
  const FunctionModel& model = models_.at(step.function);
  if (const auto* table = std::get_if<Table>(&model)) return table->options;
  const ConfigurationSpace& space = space_of(step);
  std::vector<MemoryMb> memories;
  for (const int memory : space.memory_mb) memories.push_back(MemoryMb{memory});
  std::vector<Option> result =
      options_of(std::get<FittedFunction>(model), prices_, cost_, step.is_map, jobs, memories,
                 shapes_of(space, step, jobs));
  return space.best_processes ? with_best_processes(result) : result;
}

std::string ModelOptions::why_none(const workflow::Step& step, int jobs) const {
  if (step.is_foreign()) return "";
  const ConfigurationSpace& space = space_of(step);
  // The most memory and, of the most instances, the fewest processes.
  const MemoryMb memory{std::ranges::max(space.memory_mb)};
  const std::vector<Shape> shapes = shapes_of(space, step, jobs);
  const Shape& shape = *std::ranges::max_element(shapes, {}, &Shape::instances);
  const Configuration least{memory, shape.instances, shape.processes};
  const std::string why = evaluate(step, jobs, least).why_not;
  return why.empty() ? "" : fmt::format("{} {}", to_string(least), why);
}

Evaluation ModelOptions::evaluate(const workflow::Step& step, int jobs,
                                  const Configuration& configuration) const {
  if (step.is_foreign()) return {foreign_option(step), ""};
  const Forecast expected =
      forecast(models_.at(step.function), prices_, cost_, step.is_map, jobs, configuration);
  if (!expected.why_not.empty()) return {std::nullopt, expected.why_not};
  return {Option{configuration, expected.duration, expected.cost}, ""};
}

}  // namespace stepconf::estimator
