#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::tests {

/// Draws 1 to `most` options of a step, small whole numbers where `whole`, so that ties occur.
inline std::vector<solver::Point> random_points(int most, bool whole, std::mt19937& random) {
  const auto draw = [&](double low, double high) {
    const double drawn = std::uniform_real_distribution(low, high)(random);
    return whole ? std::floor(drawn) : drawn;
  };
  std::vector<solver::Point> points;
  solver::Point point{draw(0, 3), 5.0 * most};
  for (int k = std::uniform_int_distribution(1, most)(random); k > 0; --k) {
    points.push_back(point);
    point = {point.seconds + draw(1, 5), point.usd - draw(1, 5)};
  }
  return points;
}

/// Lists every assignment: as many as the product of the steps' options.
inline std::vector<solver::Assignment> all_assignments(const solver::Problem& problem) {
  std::vector<solver::Assignment> all;
  std::vector<int> options(problem.options.size(), 0);
  while (true) {
    all.push_back(solver::evaluate(problem, options));
    std::size_t step = 0;
    while (step < options.size() &&
           ++options[step] == static_cast<int>(problem.options[step].size()))
      options[step++] = 0;
    if (step == options.size()) return all;
  }
}

}  // namespace stepconf::tests
