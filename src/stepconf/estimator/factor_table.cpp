#include "stepconf/estimator/factor_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stepconf::estimator {
namespace {

// Nodes lie at logits -kReach .. kReach.
constexpr double kReach = 23;
constexpr int kPerUnit = 8;
constexpr int kNodes = 2 * static_cast<int>(kReach) * kPerUnit + 1;
constexpr int kSizes = 16;
// The node at logit 8, below which 0.9997 of the factors lie; parts of the range up to it.
constexpr int kHigh = (static_cast<int>(kReach) + 8) * kPerUnit;
constexpr int kParts = 1024;
constexpr double kLeastFactor = 0.05;

// The x over 0 that Student's t with three degrees of freedom exceeds with probability `above`, at
// most 1/2, by bisection on its closed form.
double student3_above(double above) {
  double lower = 0;
  double upper = 1e5;
  for (int i = 0; i < 80; ++i) {
    const double middle = (lower + upper) / 2;
    const double x = middle / std::numbers::sqrt3;
    const double share = (std::atan2(1, x) - x / (1 + x * x)) / std::numbers::pi;
    (share > above ? lower : upper) = middle;
  }
  return (lower + upper) / 2;
}

double student3(double below, double above) {
  return below < above ? -student3_above(below) : student3_above(above);
}

}  // namespace

const std::vector<FactorTable::Node>& FactorTable::nodes() {
  static const std::vector<Node> all = [] {
    std::vector<Node> result;
    for (int i = 0; i < kNodes; ++i) {
      const double logit = -kReach + static_cast<double>(i) / kPerUnit;
      const double below = 1 / (1 + std::exp(-logit)), above = 1 / (1 + std::exp(logit));
      const double from_below = normal_quantile(below);
      result.push_back(
          {below, above, below < above ? from_below : -normal_quantile(above), from_below});
    }
    return result;
  }();
  return all;
}

FactorTable::FactorTable(const Fluctuation& fluctuation) {
  const double cv = fluctuation.cv;
  if (cv <= 0) return;
  if (fluctuation.tail == Tail::t3) {
    fill([cv](const Node& node) {
      return std::max(kLeastFactor,
                      1 + cv * student3(node.below, node.above) / std::numbers::sqrt3);
    });
    return;
  }
  const double variance = std::log1p(cv * cv);
  fill([variance](const Node& node) {
    return std::exp(std::sqrt(variance) * node.normal - variance / 2);
  });
}

FactorTable::FactorTable(const Spread& spread) {
  if (spread.cv() <= 0 && spread.parameters().body.empty()) return;
  fill([&spread](const Node& node) {
    return std::exp(spread.log_quantile(node.below, node.normal_below));
  });
}

FactorTable::FactorTable(const FactorTable& factor, const Outliers& outliers)
    : FactorTable(factor) {
  if (outliers.probability <= 0) return;
  const double step = (outliers.greatest - outliers.least) / kSizes;
  const auto above = [&](double x) {
    double slow = 0;
    for (int k = 0; k < kSizes; ++k) slow += factor.above(x / (outliers.least + (k + 0.5) * step));
    return std::lerp(factor.above(x), slow / kSizes, outliers.probability);
  };
  factors_.clear();
  for (const Node& node : nodes()) {
    const double own = factor.quantile(node.below, node.above);
    double lower = own * std::min(1.0, outliers.least);
    double upper = own * std::max(1.0, outliers.greatest);
    for (int i = 0; i < 40; ++i) {
      const double middle = (lower + upper) / 2;
      (above(middle) > node.above ? lower : upper) = middle;
    }
    factors_.push_back(upper);
  }
  index();
}

void FactorTable::fill(const std::function<double(const Node&)>& quantile) {
  factors_.reserve(kNodes);
  for (const Node& node : nodes()) factors_.push_back(quantile(node));
  double mean = 0;
  for (int i = 0; i + 1 < kNodes; ++i) {
    // Of the part above 1/2 by what lies above: the digits are there.
    const double weight = nodes()[i].below < 0.5 ? nodes()[i + 1].below - nodes()[i].below
                                                 : nodes()[i].above - nodes()[i + 1].above;
    mean += weight * (factors_[i] + factors_[i + 1]) / 2;
  }
  for (double& factor : factors_) factor /= mean;
  index();
}

void FactorTable::index() {
  first_node_.clear();
  const double range = factors_[kHigh] - factors_.front();
  parts_per_unit_ = range > 0 ? kParts / range : 0;
  int node = 0;
  for (int part = 0; part < kParts && range > 0; ++part) {
    while (factors_[node] < factors_.front() + part / parts_per_unit_) ++node;
    first_node_.push_back(node);
  }
}

double FactorTable::quantile(double below, double above) const {
  if (factors_.empty()) return 1;
  const double place =
      std::clamp((std::log(below / above) + kReach) * kPerUnit, 0.0, kNodes - 1.000001);
  const auto i = static_cast<std::size_t>(place);
  return std::lerp(factors_[i], factors_[i + 1], place - static_cast<double>(i));
}

double FactorTable::above(double factor) const {
  if (factors_.empty()) return factor < 1 ? 1 : 0;
  if (factor < factors_.front()) return 1;
  if (factor >= factors_.back()) return 0;
  const double part = (factor - factors_.front()) * parts_per_unit_;
  auto from = factors_.begin();
  auto to = factors_.end();
  // A part before, as rounding may have put the first node of this one beyond the factor.
  if (!first_node_.empty() && part + 2 < kParts) {
    from += first_node_[std::max(0, static_cast<int>(part) - 1)];
    to = factors_.begin() + first_node_[static_cast<int>(part) + 2] + 1;
  }
  const auto i =
      static_cast<std::size_t>(std::upper_bound(from, to, factor) - factors_.begin() - 1);
  const double share = (factor - factors_[i]) / (factors_[i + 1] - factors_[i]);
  return std::lerp(nodes()[i].above, nodes()[i + 1].above, share);
}

}  // namespace stepconf::estimator
