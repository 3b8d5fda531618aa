#include "stepconf/estimator/correction.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace stepconf::estimator {
namespace {

// Real memory curves have steps of their own kind at single sizes (a shorter reach), or a slow bend
// that the form lacks (a longer one). Chosen on published measurements, see docs/model.md.
constexpr auto kReaches = std::to_array<Similarity>({{.memory = 0.4}, {.memory = 1.5}});
constexpr auto kAmplitudes = std::to_array<double>({0.02, 0.05, 0.1, 0.2, 0.4});
// The likelihood has to rise by this much in its logarithm for a correction to be taken at all.
constexpr double kWorthACorrection = 1;
constexpr double kMostLog = 20;

// One part of the kernel: how alike two values are whose logarithms to base 2 these are.
double alike(double log_a, double log_b, double reach) {
  const double distance = std::sqrt(3.0) * (std::abs(log_a - log_b) / reach);
  return (1 + distance) * std::exp(-distance);
}

double alike(int a, int b, double reach) { return alike(std::log2(a), std::log2(b), reach); }

// The parts of the kernel beside memory.
double alike(const Similarity& similarity, const InstanceLoad& a, const InstanceLoad& b) {
  return alike(a.processes, b.processes, similarity.processes) *
         alike(a.jobs, b.jobs, similarity.jobs) *
         alike(a.instances, b.instances, similarity.instances);
}

// Further than any measurement goes, and a number.
double factor_of(double log_factor) {
  return std::exp(std::clamp(log_factor, -kMostLog, kMostLog));
}

// The different values of a list, and which of them each entry is.
struct Values {
  std::vector<double> logs;
  std::vector<std::size_t> place;

  // `value_of` gives the value of an entry.
  template <class Entries, class ValueOf>
  Values(const Entries& entries, ValueOf value_of) {
    std::vector<int> known;
    for (const auto& entry : entries) {
      const auto found = std::ranges::find(known, value_of(entry));
      place.push_back(static_cast<std::size_t>(found - known.begin()));
      if (found != known.end()) continue;
      known.push_back(value_of(entry));
      logs.push_back(std::log2(value_of(entry)));
    }
  }
};

// How alike each of some values is to each of others.
class Likeness {
 public:
  Likeness(Values a, Values b, double reach) : a_(std::move(a)), b_(std::move(b)) {
    for (const double log_a : a_.logs) {
      for (const double log_b : b_.logs) all_.push_back(alike(log_a, log_b, reach));
    }
  }
  // Of the entries of both lists.
  double operator()(std::size_t a, std::size_t b) const {
    return all_[a_.place[a] * b_.logs.size() + b_.place[b]];
  }

 private:
  Values a_, b_;
  std::vector<double> all_;
};

Eigen::MatrixXd covariance(std::span<const LogError> errors, const Similarity& similarity,
                           double amplitude) {
  const auto size = static_cast<Eigen::Index>(errors.size());
  Eigen::MatrixXd result(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const LogError& a = errors[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < i; ++j) {
      const LogError& b = errors[static_cast<std::size_t>(j)];
      result(i, j) = result(j, i) = amplitude * amplitude * similarity(a.load, b.load);
    }
    result(i, i) = amplitude * amplitude + a.noise;
  }
  return result;
}

struct Solution {
  Eigen::VectorXd weights;
  /// Logarithm of the marginal likelihood, but for a constant.
  double likelihood = 0;
};

Solution solve(std::span<const LogError> errors, const Similarity& similarity, double amplitude) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(errors.size()));
  for (std::size_t i = 0; i < errors.size(); ++i)
    values(static_cast<Eigen::Index>(i)) = errors[i].value;
  const Eigen::LLT<Eigen::MatrixXd> factors(covariance(errors, similarity, amplitude));
  Solution result;
  result.weights = factors.solve(values);
  result.likelihood = -0.5 * values.dot(result.weights) -
                      Eigen::MatrixXd(factors.matrixL()).diagonal().array().log().sum();
  return result;
}

}  // namespace

double Similarity::operator()(const InstanceLoad& a, const InstanceLoad& b) const {
  return alike(a.memory.value, b.memory.value, memory) * alike(*this, a, b);
}

double Correction::factor(const InstanceLoad& load) const {
  double sum = 0;
  for (const Anchor& anchor : anchors) {
    const double memory = alike(load.memory.value, anchor.load.memory.value, similarity.memory);
    sum += anchor.weight * memory * alike(similarity, load, anchor.load);
  }
  return factor_of(sum);
}

std::vector<double> Correction::factors(std::span<const MemoryMb> memories,
                                        std::span<const LoadShape> shapes) const {
  // In the order of `factor`'s arithmetic, so that both give the same bits.
  const auto of_anchors = [&](auto member) {
    return Values(anchors, [&](const Anchor& anchor) { return anchor.load.*member; });
  };
  const auto of_shapes = [&](auto member) {
    return Values(shapes, [&](const LoadShape& shape) { return shape.*member; });
  };
  const Likeness memory(
      Values(memories, [](MemoryMb size) { return size.value; }),
      Values(anchors, [](const Anchor& anchor) { return anchor.load.memory.value; }),
      similarity.memory);
  const Likeness processes(of_shapes(&LoadShape::processes), of_anchors(&InstanceLoad::processes),
                           similarity.processes);
  const Likeness jobs(of_shapes(&LoadShape::jobs), of_anchors(&InstanceLoad::jobs),
                      similarity.jobs);
  const Likeness instances(of_shapes(&LoadShape::instances), of_anchors(&InstanceLoad::instances),
                           similarity.instances);

  std::vector<double> result(memories.size() * shapes.size(), 0);
  std::vector<double> rest(shapes.size());
  for (std::size_t a = 0; a < anchors.size(); ++a) {
    for (std::size_t s = 0; s < shapes.size(); ++s)
      rest[s] = processes(s, a) * jobs(s, a) * instances(s, a);
    for (std::size_t m = 0; m < memories.size(); ++m) {
      const double weight = anchors[a].weight * memory(m, a);
      double* row = result.data() + m * shapes.size();
      for (std::size_t s = 0; s < shapes.size(); ++s) row[s] += weight * rest[s];
    }
  }
  for (double& value : result) value = factor_of(value);
  return result;
}

Correction learn_correction(std::span<const LogError> errors, const Similarity& similarity,
                            double amplitude) {
  const Solution solution = solve(errors, similarity, amplitude);
  Correction result{similarity, amplitude, {}};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    result.anchors.push_back(
        {errors[i].load, amplitude * amplitude * solution.weights(static_cast<Eigen::Index>(i))});
  }
  return result;
}

std::optional<Correction> learn_correction(std::span<const LogError> errors) {
  if (errors.empty()) return std::nullopt;
  double best = solve(errors, {}, 0).likelihood + kWorthACorrection;
  std::optional<std::pair<Similarity, double>> chosen;
  for (const Similarity& similarity : kReaches) {
    for (const double amplitude : kAmplitudes) {
      const double likelihood = solve(errors, similarity, amplitude).likelihood;
      if (likelihood <= best) continue;
      best = likelihood;
      chosen = {similarity, amplitude};
    }
  }
  if (!chosen) return std::nullopt;
  return learn_correction(errors, chosen->first, chosen->second);
}

}  // namespace stepconf::estimator
