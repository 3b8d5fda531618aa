#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "stepconf/estimator/duration_form.h"

// Eq. (1) of the paper. The function is taken to use min(m / m_s, q) vCPUs; where saturation is
// fitted, min(m / m_s, threads q): one process may keep more than one vCPU busy, or, where it waits
// for a disk or a network, less than one.

namespace stepconf::estimator {
namespace {

// Real functions gain a little more than in proportion from the smallest sizes. A larger negative
// offset would fit some of them better still, but makes what is said about sizes smaller than the
// measured ones arbitrary; this one changes a prediction at 128 MB (0.0724 vCPU) by at most 16 %.
constexpr double kLeastOffset = -0.01;
// Keeps predictions positive for sizes below 128 MB, which other platforms may have.
constexpr double kLeastDivisor = 1e-3;
// Saturation is searched from both sides of one vCPU a process.
constexpr auto kThreadStarts = std::to_array<double>({0.5, 2.0, 5.0});
constexpr ParameterInfo kThreads = {"threads", "vCPUs per process", 0.1, 16, 1};

// Fit only what at least as many different loads can determine.
std::vector<bool> if_determined(std::vector<bool> free, std::size_t loads) {
  if (static_cast<std::size_t>(std::ranges::count(free, true)) > loads) return {};
  return free;
}

const Observation& slowest(std::span<const Observation> observations) {
  return *std::ranges::max_element(observations, {}, &Observation::seconds);
}

const Observation& fastest(std::span<const Observation> observations) {
  return *std::ranges::min_element(observations, {}, &Observation::seconds);
}

// Eq. (1), case 2: inverse proportion. For what uses one core, or runs on less than one.
class InverseForm final : public DurationForm {
 public:
  std::string_view name() const override { return "case2"; }
  std::span<const ParameterInfo> parameters() const override { return kParameters; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    return at(p, load, speed_up(load));
  }

  // alpha_2 gamma / (delta_s x + beta_2) + phi_2, with delta_s = 1
  static double at(std::span<const double> p, const InstanceLoad& load, double x) {
    return p[0] * load.jobs / std::max(x + p[1], kLeastDivisor) + p[2];
  }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    const Diversity d = diversity(observations);
    return if_determined({true, d.speed_ups >= 3, d.pairs >= 2}, d.pairs);
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    const Observation& slow = slowest(observations);
    const double floor = fastest(observations).seconds;
    std::vector<std::vector<double>> result;
    for (const double offset : {0.0, 0.3, 3.0}) {
      for (const double share : {0.0, 0.7}) {
        const double rest = slow.seconds - share * floor;
        result.push_back(
            {rest * (speed_up(slow.load) + offset) / slow.load.jobs, offset, share * floor});
      }
    }
    return result;
  }

 private:
  static constexpr auto kParameters = std::to_array<ParameterInfo>(
      {{"work", "vCPU s per job"}, {"speed_offset", "vCPU", kLeastOffset, 100}, {"floor", "s"}});
};

// Eq. (1), case 1: exponential decay. For what uses several cores.
class ExponentialForm final : public DurationForm {
 public:
  std::string_view name() const override { return "case1"; }
  std::span<const ParameterInfo> parameters() const override { return kParameters; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    return at(p, load, speed_up(load));
  }

  // (alpha_1 gamma + beta_1) e^(-alpha_2 x) + phi_1
  static double at(std::span<const double> p, const InstanceLoad& load, double x) {
    return (p[0] * load.jobs + p[1]) * std::exp(-p[2] * x) + p[3];
  }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    const Diversity d = diversity(observations);
    return if_determined({true, d.jobs >= 2 && d.pairs >= 3, d.speed_ups >= 2, d.speed_ups >= 3},
                         d.pairs);
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    const Observation& slow = slowest(observations);
    const double floor = 0.9 * fastest(observations).seconds;
    std::vector<std::vector<double>> result;
    for (const double decay : {0.2, 1.0, 4.0}) {
      for (const double setup : {0.0, 0.5}) {
        const double height = (slow.seconds - floor) * std::exp(decay * speed_up(slow.load));
        result.push_back({(1 - setup) * height / slow.load.jobs, setup * height, decay, floor});
      }
    }
    return result;
  }

 private:
  static constexpr auto kParameters = std::to_array<ParameterInfo>(
      {{"work", "s per job"}, {"setup", "s"}, {"decay", "1 per vCPU", 0, 100}, {"floor", "s"}});
};

// Case 2 below m_s and case 1 from there on, each with parameters of its own.
class PiecewiseForm final : public DurationForm {
 public:
  std::string_view name() const override { return "piecewise"; }
  std::span<const ParameterInfo> parameters() const override { return kParameters; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    return is_below(load) ? below_.seconds(p.first(3), load) : above_.seconds(p.subspan(3), load);
  }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    const auto [below, above] = divided(observations);
    if (below.size() < 2 || above.size() < 2) return {};
    std::vector<bool> free = below_.identifiable(below);
    const std::vector<bool> free_above = above_.identifiable(above);
    if (free.empty() || free_above.empty()) return {};
    free.insert(free.end(), free_above.begin(), free_above.end());
    return free;
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    const auto [below, above] = divided(observations);
    const auto starts_below = below_.starts(below);
    const auto starts_above = above_.starts(above);
    std::vector<std::vector<double>> result;
    // The two sides share no parameter, so the lists need no product.
    for (std::size_t i = 0; i < std::max(starts_below.size(), starts_above.size()); ++i) {
      std::vector<double> start = starts_below[i % starts_below.size()];
      const std::vector<double>& rest = starts_above[i % starts_above.size()];
      start.insert(start.end(), rest.begin(), rest.end());
      result.push_back(std::move(start));
    }
    return result;
  }

 private:
  static bool is_below(const InstanceLoad& load) { return load.memory < kMemoryOfOneVcpu; }

  static std::pair<std::vector<Observation>, std::vector<Observation>> divided(
      std::span<const Observation> observations) {
    std::pair<std::vector<Observation>, std::vector<Observation>> result;
    for (const Observation& o : observations) {
      (is_below(o.load) ? result.first : result.second).push_back(o);
    }
    return result;
  }

  static constexpr auto kParameters =
      std::to_array<ParameterInfo>({{"below_work", "vCPU s per job"},
                                    {"below_speed_offset", "vCPU", kLeastOffset, 100},
                                    {"below_floor", "s"},
                                    {"above_work", "s per job"},
                                    {"above_setup", "s"},
                                    {"above_decay", "1 per vCPU", 0, 100},
                                    {"above_floor", "s"}});
  InverseForm below_;
  ExponentialForm above_;
};

// One of the cases with its saturation as one parameter more, the last.
template <class Case>
class SaturatedForm final : public DurationForm {
 public:
  explicit SaturatedForm(std::string_view name) : name_(name) {
    parameters_.assign(case_.parameters().begin(), case_.parameters().end());
    parameters_.push_back(kThreads);
  }

  std::string_view name() const override { return name_; }
  std::span<const ParameterInfo> parameters() const override { return parameters_; }

  double seconds(std::span<const double> p, const InstanceLoad& load) const override {
    return Case::at(p, load, speed_up(load, p.back()));
  }

  std::vector<bool> identifiable(std::span<const Observation> observations) const override {
    std::vector<bool> free = case_.identifiable(observations);
    const Diversity d = diversity(observations);
    if (free.empty() || d.memories < 3) return {};
    free.push_back(true);
    return if_determined(std::move(free), d.loads);
  }

  std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const override {
    std::vector<std::vector<double>> result;
    for (const std::vector<double>& start : case_.starts(observations)) {
      for (const double threads : kThreadStarts) {
        result.push_back(start);
        result.back().push_back(threads);
      }
    }
    return result;
  }

 private:
  std::string_view name_;
  Case case_;
  std::vector<ParameterInfo> parameters_;
};

}  // namespace

std::span<const DurationForm* const> equation1_forms() {
  static const InverseForm inverse;
  static const ExponentialForm exponential;
  static const PiecewiseForm piecewise;
  static const SaturatedForm<InverseForm> inverse_saturated("case2-saturated");
  static const SaturatedForm<ExponentialForm> exponential_saturated("case1-saturated");
  static const std::array<const DurationForm*, 5> forms = {
      &inverse, &exponential, &piecewise, &inverse_saturated, &exponential_saturated};
  return forms;
}

std::span<const DurationForm* const> paper_forms() { return equation1_forms().first(3); }

}  // namespace stepconf::estimator
