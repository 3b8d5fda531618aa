#include "bench/estimator/peers.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace stepconf::bench {
namespace {

using Terms = std::vector<double>;

// A sum of terms, each with a coefficient found by least squares.
struct Linear {
  std::vector<double> coefficients;
  double mean_error = 0;

  double at(const Terms& terms) const {
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) sum += coefficients[i] * terms[i];
    return sum;
  }
};

Linear least_squares(const std::vector<Terms>& rows, const std::vector<double>& values) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(rows.size()),
                         static_cast<Eigen::Index>(rows.front().size()));
  Eigen::VectorXd right(matrix.rows());
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j)
      matrix(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    right(i) = values[static_cast<std::size_t>(i)];
  }
  const Eigen::VectorXd solution = matrix.colPivHouseholderQr().solve(right);
  Linear result{{solution.begin(), solution.end()}, 0};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (values[i] <= 0) continue;
    result.mean_error +=
        std::abs(result.at(rows[i]) / values[i] - 1) / static_cast<double>(values.size());
  }
  return result;
}

// Jolteon counts a vCPU for each 1,792 MB.
double vcpus_of(int memory_mb) { return memory_mb / 1792.0; }

using Part = std::function<double(const StageRun&)>;
using Shape = std::function<Terms(int memory_mb, int functions)>;

// The prediction by the shape that fits best.
double best_of(const std::vector<StageRun>& runs, const Part& part,
               const std::vector<Shape>& shapes, int memory_mb, int functions) {
  double least = std::numeric_limits<double>::max();
  double result = 0;
  for (const Shape& shape : shapes) {
    std::vector<Terms> rows;
    std::vector<double> values;
    for (const StageRun& run : runs) {
      rows.push_back(shape(run.memory_mb, run.functions));
      values.push_back(part(run));
    }
    const Linear fitted = least_squares(rows, values);
    if (fitted.mean_error >= least) continue;
    least = fitted.mean_error;
    result = fitted.at(shape(memory_mb, functions));
  }
  return result;
}

Terms transfer(double x) { return {1 / x, 1}; }
Terms computing(double x) { return {1 / x, std::log(x) / x, 1 / (x * x), 1}; }

}  // namespace

double parrotfish(const std::map<int, std::vector<double>>& seconds, int memory_mb) {
  double least = std::numeric_limits<double>::max();
  double result = 0;
  // Given a2 the rest is linear; 400 values of it, 1.5 % apart.
  for (double decay = 30; decay < 30 * std::pow(1.015, 400); decay *= 1.015) {
    std::vector<Terms> rows;
    std::vector<double> costs;
    for (const auto& [memory, durations] : seconds) {
      for (const double duration : durations) {
        rows.push_back({static_cast<double>(memory), memory * std::exp(-memory / decay)});
        costs.push_back(duration * memory);
      }
    }
    const Linear fitted = least_squares(rows, costs);
    if (std::ranges::min(fitted.coefficients) < 0) continue;
    double squares = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      squares += std::pow(fitted.at(rows[i]) - costs[i], 2);
    if (squares >= least) continue;
    least = squares;
    result = fitted.at({1, std::exp(-memory_mb / decay)});
  }
  return result;
}

double jolteon(const std::vector<StageRun>& runs, bool serial, int memory_mb, int functions) {
  const Shape by_vcpus = [](int memory, int) { return transfer(vcpus_of(memory)); };
  const Shape by_vcpus_and_parents = [](int memory, int parents) {
    return Terms{1 / vcpus_of(memory), static_cast<double>(parents), 1};
  };
  const Shape by_functions = [](int, int d) { return transfer(d); };
  const Shape by_both = [](int memory, int d) { return transfer(vcpus_of(memory) * d); };
  const Shape computing_vcpus = [](int memory, int) { return computing(vcpus_of(memory)); };
  const Shape computing_functions = [](int, int d) { return computing(d); };
  const Shape computing_both = [](int memory, int d) { return computing(vcpus_of(memory) * d); };

  const std::vector<Shape> reads =
      serial ? std::vector{by_vcpus, by_vcpus_and_parents} : std::vector{by_functions, by_both};
  const std::vector<Shape> computes =
      serial ? std::vector{computing_vcpus} : std::vector{computing_functions, computing_both};
  const std::vector<Shape> writes =
      serial ? std::vector{by_vcpus} : std::vector{by_functions, by_both};
  return best_of(runs, &StageRun::read_s, reads, memory_mb, functions) +
         best_of(runs, &StageRun::compute_s, computes, memory_mb, functions) +
         best_of(runs, &StageRun::write_s, writes, memory_mb, functions);
}

}  // namespace stepconf::bench
