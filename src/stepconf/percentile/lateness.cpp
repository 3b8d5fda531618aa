#include "stepconf/percentile/lateness.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stepconf::percentile {

std::vector<int> spread_targets(const Grid& grid, std::span<const float> values, double floor,
                                int count) {
  const auto height = [&](int i) { return std::log(std::max(double{values[i]}, 0.0) + floor); };
  const double drop = std::max(height(0) - height(grid.size - 1), 1e-9);
  const auto measure = [&](int i) {
    return static_cast<double>(i) / (grid.size - 1) + (height(0) - height(i)) / drop;
  };
  std::vector<int> points;
  for (int i = 0; i < grid.size; ++i) {
    const double due = 2.0 * static_cast<double>(points.size()) / (count - 1);
    if (measure(i) >= due - 1e-9 && static_cast<int>(points.size()) < count) points.push_back(i);
  }
  if (points.back() != grid.size - 1) {
    if (static_cast<int>(points.size()) == count) points.pop_back();
    points.push_back(grid.size - 1);
  }
  return points;
}

std::vector<double> compared_latenesses(const LatenessScale& scale) {
  std::vector<double> latenesses;
  const auto add = [&](double from, double to) {
    for (int i = 0; i < 8; ++i) latenesses.push_back(from * std::pow(to / from, i / 7.0));
  };
  const double length = std::max(scale.fastest_seconds, 1e-3 * scale.slo);
  add(.02 * length, 1.6 * length);
  add(.05 * scale.slo, scale.slo);
  return latenesses;
}

double compared_as(const LatenessScale& scale, double late, double usd) {
  const double weight =
      std::clamp(1.5 * std::max(scale.fastest_seconds, 1e-3 * scale.slo) / late, .15, 1.0);
  return weight * std::log(std::max(usd, 0.0) / scale.usd + .003);
}

Classes classify(std::span<const double> features, int width, int count) {
  const int size = static_cast<int>(features.size()) / width;
  Classes classes;
  classes.class_of.assign(size, 0);
  std::vector<double> distance(size, std::numeric_limits<double>::infinity());
  int next = 0;
  while (static_cast<int>(classes.representatives.size()) < std::min(count, size)) {
    const int id = static_cast<int>(classes.representatives.size());
    classes.representatives.push_back(next);
    const double* chosen = features.data() + static_cast<std::size_t>(next) * width;
    for (int i = 0; i < size; ++i) {
      const double* feature = features.data() + static_cast<std::size_t>(i) * width;
      double farthest = 0;
      for (int j = 0; j < width && farthest < distance[i]; ++j) {
        farthest = std::max(farthest, std::abs(feature[j] - chosen[j]));
      }
      if (farthest < distance[i]) {
        distance[i] = farthest;
        classes.class_of[i] = id;
      }
    }
    next = static_cast<int>(std::max_element(distance.begin(), distance.end()) - distance.begin());
    if (distance[next] < 1e-6) break;
  }
  return classes;
}

}  // namespace stepconf::percentile
