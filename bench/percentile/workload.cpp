#include "bench/percentile/workload.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "bench/percentile/random_tree.h"

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;

constexpr double kUsdPerGbSecond = 1.66667e-5, kUsdPerRequest = 2e-7, kUsdPerTransition = 2.5e-5;
constexpr int kMostInstances = 32;

double usd_of(const Config& config, double seconds_of_all_instances) {
  return config.memory_gb * seconds_of_all_instances * kUsdPerGbSecond +
         config.instances * (kUsdPerRequest + kUsdPerTransition) + kUsdPerTransition;
}

Tree chain_of(int steps) {
  Tree chain{.kind = Kind::kSeries, .parts = {}};
  for (int s = 0; s < steps; ++s)
    chain.parts.push_back({.kind = Kind::kStep, .step = s, .parts = {}});
  return chain;
}

TrialStep random_step(std::mt19937_64& random, const Drawn& drawn) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  TrialStep step{{uniform(.03, .12), uniform(.01, .02), .05}, {}};
  const double work = drawn.longer * std::exp(uniform(std::log(20.0), std::log(300.0)));
  const double parallel = uniform(.6, .98), overhead = uniform(.1, .6);
  const std::vector<int> instance_numbers = drawn.most_instances == 8
                                                ? std::vector<int>{1, 2, 3, 4, 6, 8}
                                                : std::vector<int>{1, 2, 4, 8, 16, 32};
  for (const int memory : {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240}) {
    for (const int instances : instance_numbers) {
      for (const int processes : {1, 2, 4, 8}) {
        const double cpus = memory / 1769.0;
        const double width = std::min<double>(processes, std::max(cpus, 1e-9));
        const double speed = cpus < 1 ? cpus / (1 + .03 * (processes - 1))
                                      : 1 / ((1 - parallel) + parallel / width) /
                                            (1 + .01 * std::max(0.0, processes - cpus));
        step.configs.push_back({memory / 1024.0, instances, overhead + work / instances / speed,
                                .05 + .004 * instances});
      }
    }
  }
  return step;
}

double normal(std::mt19937_64& random) { return std::normal_distribution<double>()(random); }

// The distribution of one instance's factor, tabulated: lognormal of mean 1, times an outlier's.
class Factor {
 public:
  explicit Factor(const Noise& noise) : outliers_(noise.outliers) {
    const double sigma = std::sqrt(std::log1p(noise.cv * noise.cv));
    const auto lognormal = [&](double factor) {
      const double z = (std::log(factor) + sigma * sigma / 2) / sigma;
      return 0.5 * std::erfc(-z / std::sqrt(2.0));
    };
    for (int i = 0; i <= kSize; ++i) {
      const double factor = std::max(i * kStep, 1e-9);
      double outlier = 0;
      for (int j = 0; j < 40; ++j) outlier += lognormal(factor / (1.5 + 1.5 * (j + .5) / 40)) / 40;
      below_.push_back((1 - noise.outliers) * lognormal(factor) + noise.outliers * outlier);
    }
  }

  double below(double factor) const {
    const double place = factor / kStep;
    if (place <= 0) return 0;
    if (place >= kSize) return 1;
    const int i = static_cast<int>(place);
    return below_[i] + (place - i) * (below_[i + 1] - below_[i]);
  }
  double mean() const { return 1 + outliers_ * 1.25; }

 private:
  static constexpr int kSize = 5000;
  static constexpr double kStep = 0.001;
  double outliers_;
  std::vector<double> below_;
};

constexpr double kColdLow = .3, kColdHigh = 1.5;

Alternative believe(const Config& config, const Noise& noise, const Factor& factor, double slower) {
  const double seconds = config.seconds * slower;
  const auto below = [&](double t) {
    double cold = 0;
    for (int i = 0; i < 6; ++i) {
      cold += factor.below((t - kColdLow - (i + .5) / 6 * (kColdHigh - kColdLow)) / seconds) / 6;
    }
    return (1 - noise.cold) * factor.below(t / seconds) + noise.cold * cold;
  };
  Alternative alternative;
  const auto probabilities = part_probabilities();
  double low = 0;
  for (int part = 0; part < kParts; ++part) {
    const double wanted = std::pow(probabilities[part], 1.0 / config.instances);
    double high = 8 * seconds + kColdHigh;
    double from = low;
    for (int i = 0; i < 22; ++i) {
      const double middle = (from + high) / 2;
      (below(middle) < wanted ? from : high) = middle;
    }
    low = from;
    alternative.parts[part] = static_cast<float>(high + config.dispatch);
  }
  alternative.usd = usd_of(config, config.instances * (seconds * factor.mean() +
                                                       noise.cold * (kColdLow + kColdHigh) / 2));
  return alternative;
}

}  // namespace

void believe(Trial& trial, const Belief& belief, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  trial.kept.clear();
  trial.believed.clear();
  for (const TrialStep& step : trial.steps) {
    Noise noise = step.noise;
    noise.outliers *= belief.tails;
    noise.cold *= belief.tails;
    const double slower = belief.slower * (1 + belief.means_off * (random() % 2 == 0 ? 1 : -1));
    const Factor factor(noise);
    std::vector<Config> candidates;
    for (const Config& config : step.configs) {
      const auto usd = [](const Config& c) { return usd_of(c, c.instances * c.seconds); };
      const bool hopeless = std::ranges::any_of(step.configs, [&](const Config& other) {
        return usd(other) < usd(config) && other.seconds <= config.seconds &&
               other.instances <= config.instances;
      });
      if (!hopeless) candidates.push_back(config);
    }
    std::vector<Alternative> alternatives;
    for (const Config& config : candidates) {
      alternatives.push_back(believe(config, noise, factor, slower));
    }
    auto& kept = trial.kept.emplace_back();
    auto& believed = trial.believed.emplace_back();
    for (const int i : worth_keeping(alternatives)) {
      kept.push_back(candidates[i]);
      believed.push_back(alternatives[i]);
    }
  }
}

Draws::Draws(const Trial& trial, int runs, std::uint64_t seed) : runs_(runs) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  const std::size_t size = trial.steps.size() * runs * kMostInstances;
  factor_.reserve(size);
  cold_.reserve(size);
  for (const TrialStep& step : trial.steps) {
    const double sigma = std::sqrt(std::log1p(step.noise.cv * step.noise.cv));
    for (int i = 0; i < runs * kMostInstances; ++i) {
      double f = std::exp(sigma * normal(random) - sigma * sigma / 2);
      if (uniform(random) < step.noise.outliers) f *= 1.5 + 1.5 * uniform(random);
      factor_.push_back(static_cast<float>(f));
      cold_.push_back(uniform(random) < step.noise.cold
                          ? static_cast<float>(kColdLow + (kColdHigh - kColdLow) * uniform(random))
                          : 0.0F);
    }
  }
}

Came Draws::of(int step, int run, const Config& config) const {
  const std::size_t first = (static_cast<std::size_t>(step) * runs_ + run) * kMostInstances;
  double longest = 0, sum = 0;
  for (int i = 0; i < config.instances; ++i) {
    const double t = config.seconds * factor_[first + i] + cold_[first + i];
    longest = std::max(longest, t);
    sum += t;
  }
  return {config.dispatch + longest, usd_of(config, sum)};
}

double fastest(const Tree& tree, const Trial& trial) {
  if (tree.kind == Kind::kStep) {
    double least = 1e300;
    for (const Alternative& a : trial.believed[tree.step])
      least = std::min(least, a.mean_seconds());
    return least;
  }
  double total = 0;
  for (const Tree& part : tree.parts) {
    const double one = fastest(part, trial);
    total = tree.kind == Kind::kSeries ? total + one : std::max(total, one);
  }
  return total;
}

Trial make_trial(int id, const Drawn& drawn) {
  std::mt19937_64 random(1000 + id);
  Trial trial;
  int next = 0;
  trial.tree = drawn.chain ? chain_of(16) : random_tree(random, 16, next, true);
  for (int s = 0; s < 16; ++s) trial.steps.push_back(random_step(random, drawn));
  believe(trial, {}, 1);
  return trial;
}

}  // namespace stepconf::percentile
