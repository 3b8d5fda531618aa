#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace stepconf::percentile {

/// Evenly spaced times left, in seconds; 0 is one of them.
struct Grid {
  double low = 0, step = 1;
  int size = 0;

  double at(int index) const { return low + index * step; }
  double high() const { return at(size - 1); }
  /// Finds the nearest point; the first or last beyond the ends.
  int nearest(double x) const {
    const double place = std::floor((x - low) / step + 0.5);
    return static_cast<int>(std::clamp(place, 0.0, size - 1.0));
  }
  /// Reads `row` at `x`: linear between points, level beyond the last one, and on along the first
  /// two below the first one.
  double read(std::span<const float> row, double x) const {
    const double place = (x - low) / step;
    if (place >= size - 1) return row[size - 1];
    const int below = std::max(static_cast<int>(std::floor(place)), 0);
    return row[below] + (place - below) * (double{row[below + 1]} - row[below]);
  }
};

/// Spaces about `size` points from about -`late` to `early` (both more than 0).
inline Grid make_grid(double late, double early, int size) {
  const double step = (late + early) / (size - 1);
  const int below = static_cast<int>(std::lround(late / step));
  return {-below * step, step, size};
}

}  // namespace stepconf::percentile
