#include "stepconf/estimator/test_points.h"

#include <algorithm>

namespace stepconf::estimator {
namespace {

// Values between the first and the last, the one farthest from all that are taken next.
std::vector<int> in_between(const std::vector<int>& values) {
  std::vector<int> taken = {values.front(), values.back()};
  std::vector<int> result;
  while (result.size() + 2 < values.size()) {
    const auto distance = [&](int value) {
      int nearest = values.back();
      for (const int other : taken) nearest = std::min(nearest, std::abs(value - other));
      return nearest;
    };
    const int farthest = *std::max_element(values.begin(), values.end(),
                                           [&](int a, int b) { return distance(a) < distance(b); });
    taken.push_back(farthest);
    result.push_back(farthest);
  }
  return result;
}

}  // namespace

std::vector<InstanceLoad> first_test_points(const ConfigurationSpace& space, int jobs,
                                            int max_jobs) {
  const int many = std::max(1, std::min(jobs, max_jobs));
  const int few = std::max(1, many / 4);
  const MemoryMb least{space.memory_mb.front()};
  const MemoryMb most{space.memory_mb.back()};
  const int one = space.processes.front();
  const int all = space.processes.back();

  std::vector<InstanceLoad> points = {{most, one, many},
                                      {least, one, few},
                                      {most, one, few},
                                      {most, all, many},
                                      {least, one, many}};
  for (const int memory : in_between(space.memory_mb)) points.push_back({{memory}, one, few});
  for (const int processes : in_between(space.processes)) points.push_back({most, processes, many});
  for (const int memory : in_between(space.memory_mb)) points.push_back({{memory}, all, many});

  std::vector<InstanceLoad> result;
  for (const InstanceLoad& point : points) {
    const bool useful = point.processes == one || point.processes <= point.jobs;
    if (useful && std::find(result.begin(), result.end(), point) == result.end()) {
      result.push_back(point);
    }
  }
  return result;
}

}  // namespace stepconf::estimator
