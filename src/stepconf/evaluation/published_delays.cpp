#include "stepconf/evaluation/published_delays.h"

#include <array>

namespace stepconf::evaluation {

std::vector<Point> published_last_delays() {
  return {{2, 0.168}, {4, 0.179}, {8, 0.180}, {16, 0.289}, {50, 7.856}};
}

std::vector<Point> published_delays_of_50() {
  constexpr std::array<int, 50> kMilliseconds = {
      271,  296,  310,  322,  329,  339,  348,  357,  367,  376,  388,  404,  412,
      451,  519,  617,  715,  837,  966,  1084, 1236, 1390, 1541, 1714, 1892, 2067,
      2240, 2445, 2611, 2813, 3013, 3207, 3446, 3660, 3884, 4116, 4342, 4592, 4840,
      5086, 5336, 5595, 5880, 6130, 6414, 6699, 7008, 7292, 7593, 7856};
  std::vector<Point> points;
  for (const int delay : kMilliseconds) {
    points.push_back({static_cast<double>(points.size() + 1), delay / 1e3});
  }
  return points;
}

}  // namespace stepconf::evaluation
