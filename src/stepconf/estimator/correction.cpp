#include "stepconf/estimator/correction.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stepconf::estimator {
namespace {

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

}  // namespace stepconf::estimator
