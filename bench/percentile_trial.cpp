// What the percentile policy brings, in simulation: random series-parallel workflows of 16 steps
// with 192 configurations each, whose instances scatter (docs/evaluation.md). Prints Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/stepconf_strategy.h"
#include "stepconf/percentile/price.h"

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;

// How single instances scatter around their mean, and what a trial believes otherwise.
struct Noise {
  double cv = 0, outliers = 0, cold = 0;
};

struct Config {
  double memory_gb = 0;
  int instances = 1;
  // Seconds of an instance without luck, and what the platform adds before all of them run.
  double seconds = 0, dispatch = 0;
};

struct TrialStep {
  Noise noise;
  std::vector<Config> configs;
};

constexpr double kUsdPerGbSecond = 1.66667e-5, kUsdPerRequest = 2e-7, kUsdPerTransition = 2.5e-5;
constexpr int kMostInstances = 32;

double usd_of(const Config& config, double seconds_of_all_instances) {
  return config.memory_gb * seconds_of_all_instances * kUsdPerGbSecond +
         config.instances * (kUsdPerRequest + kUsdPerTransition) + kUsdPerTransition;
}

Tree random_tree(std::mt19937_64& random, int steps, int& next, bool series) {
  if (steps == 1) return {.kind = Kind::kStep, .step = next++, .parts = {}};
  Tree tree{.kind = series ? Kind::kSeries : Kind::kParallel, .parts = {}};
  const int parts = std::min<int>(steps, 2 + static_cast<int>(random() % 3));
  std::vector<int> sizes(parts, 1);
  for (int left = steps - parts; left > 0; --left) ++sizes[random() % parts];
  for (const int size : sizes) tree.parts.push_back(random_tree(random, size, next, !series));
  return tree;
}

TrialStep random_step(std::mt19937_64& random, double longer) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  TrialStep step{{uniform(.03, .12), uniform(.01, .02), .05}, {}};
  const double work = longer * std::exp(uniform(std::log(20.0), std::log(300.0)));
  const double parallel = uniform(.6, .98), overhead = uniform(.1, .6);
  for (const int memory : {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240}) {
    for (const int instances : {1, 2, 4, 8, 16, 32}) {
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

struct Belief {
  double slower = 1, tails = 1, means_off = 0;
};

struct Trial {
  Tree tree;
  std::vector<TrialStep> steps;
  // By step: the configurations kept, and what is believed of them.
  std::vector<std::vector<Config>> kept;
  std::vector<std::vector<Alternative>> believed;
};

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

// The luck of every instance of every step in every run: factor and cold start.
struct Draws {
  int runs = 0;
  std::vector<float> factor, cold;

  Draws(const Trial& trial, int count, std::uint64_t seed) : runs(count) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    const std::size_t size = trial.steps.size() * runs * kMostInstances;
    factor.reserve(size);
    cold.reserve(size);
    for (const TrialStep& step : trial.steps) {
      const double sigma = std::sqrt(std::log1p(step.noise.cv * step.noise.cv));
      for (int i = 0; i < runs * kMostInstances; ++i) {
        double f = std::exp(sigma * normal(random) - sigma * sigma / 2);
        if (uniform(random) < step.noise.outliers) f *= 1.5 + 1.5 * uniform(random);
        factor.push_back(static_cast<float>(f));
        cold.push_back(uniform(random) < step.noise.cold
                           ? static_cast<float>(kColdLow + (kColdHigh - kColdLow) * uniform(random))
                           : 0.0F);
      }
    }
  }

  struct Came {
    double seconds = 0, usd = 0;
  };
  Came of(int step, int run, const Config& config) const {
    const std::size_t first = (static_cast<std::size_t>(step) * runs + run) * kMostInstances;
    double longest = 0, sum = 0;
    for (int i = 0; i < config.instances; ++i) {
      const double t = config.seconds * factor[first + i] + cold[first + i];
      longest = std::max(longest, t);
      sum += t;
    }
    return {config.dispatch + longest, usd_of(config, sum)};
  }
};

// Plays tables, whose alternatives are those kept, on the truth.
class Stage {
 public:
  Stage(const Trial& trial, const Chains& chains, const Draws& draws)
      : trial_(trial), chains_(chains), draws_(draws) {}

  Draws::Came run(const Tables& tables, double planned_slo, int run) const {
    Draws::Came came;
    came.seconds = play(0, {planned_slo, 0}, 0, tables, run, came.usd);
    return came;
  }

  Outcome all(const Tables& tables, double planned_slo, double slo) const {
    Outcome outcome;
    for (int i = 0; i < draws_.runs; ++i) {
      const Draws::Came came = run(tables, planned_slo, i);
      outcome.attainment += came.seconds <= slo;
      outcome.usd += came.usd;
    }
    return {outcome.attainment / draws_.runs, outcome.usd / draws_.runs};
  }

 private:
  double play(int chain, Due due, double now, const Tables& tables, int run, double& usd) const {
    const auto& elements = chains_.chains[chain].elements;
    for (int place = 0; place < static_cast<int>(elements.size()); ++place) {
      const Element& element = elements[place];
      if (element.kind == Kind::kStep) {
        const int chosen = tables.alternative(chain, place, due.context, due.target - now);
        const Draws::Came came = draws_.of(element.step, run, trial_.kept[element.step][chosen]);
        now += came.seconds;
        usd += came.usd;
      } else {
        const Due branches = tables.fork(chain, place, due, due.target - now);
        double end = now;
        for (const int branch : element.chains) {
          end = std::max(end, play(branch, branches, now, tables, run, usd));
        }
        now = end;
      }
    }
    return now;
  }

  const Trial& trial_;
  const Chains& chains_;
  const Draws& draws_;
};

// The least cost within a time, of durations that are known: by time on a grid.
class Known {
 public:
  using Row = std::vector<float>;
  static constexpr int kSize = 800;

  Known(const Tree& tree, double slo) : tree_(tree), slo_(slo) {}

  template <typename Came>
  Row least(const Tree& tree, const Came& came) const {
    if (tree.kind == Kind::kParallel) {
      Row sum = least(tree.parts[0], came);
      for (std::size_t i = 1; i < tree.parts.size(); ++i) {
        const Row part = least(tree.parts[i], came);
        for (int x = 0; x < kSize; ++x) sum[x] += part[x];
      }
      return sum;
    }
    Row ahead(kSize, 0.0F);
    if (tree.kind == Kind::kStep) return before(came(tree.step), ahead);
    for (auto part = tree.parts.rbegin(); part != tree.parts.rend(); ++part) {
      if (part->kind == Kind::kStep) {
        ahead = before(came(part->step), ahead);
      } else {
        const Row first = least(*part, came);
        Row sum(kSize, 1e9F);
        for (int r = 0; r < kSize; ++r) {
          if (first[r] > 1e8F) continue;
          for (int x = r; x < kSize; ++x) sum[x] = std::min(sum[x], first[r] + ahead[x - r]);
        }
        ahead = std::move(sum);
      }
    }
    return ahead;
  }

  // Durations round to the nearest point: right on average.
  Row before(const std::vector<Draws::Came>& options, const Row& ahead) const {
    Row row(kSize, 1e9F);
    for (const Draws::Came& option : options) {
      const int shift = static_cast<int>(std::lround(option.seconds / slo_ * (kSize - 1)));
      const float usd = static_cast<float>(option.usd * 1e3);
      for (int x = shift; x < kSize; ++x) row[x] = std::min(row[x], usd + ahead[x - shift]);
    }
    return row;
  }

  // Negative where nothing keeps the SLO.
  template <typename Came>
  double usd(const Came& came) const {
    const float last = least(tree_, came).back();
    return last > 1e8F ? -1 : last * 1e-3;
  }

 private:
  const Tree& tree_;
  double slo_;
};

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

// Eq. (6) for mean durations, decided anew before each step: tables of one certain duration an
// option, for which a miss is out of the question.
Outcome re_planned(const Trial& trial, const Chains& chains, const Stage& stage, double planned,
                   double slo) {
  Problem problem{trial.tree, {}, planned};
  for (const auto& alternatives : trial.believed) {
    auto& means = problem.alternatives.emplace_back();
    for (const Alternative& a : alternatives) means.push_back(certain(a.mean_seconds(), a.usd));
  }
  const Tables tables(problem, chains, 1e4 * chains.chains[0].cheapest_usd, {});
  return stage.all(tables, planned, slo);
}

// What Algorithm 2 is told: the kept configurations at their believed means. Memory tells which.
class Means final : public estimator::OptionSource {
 public:
  explicit Means(const Trial& trial) : trial_(trial) {}
  std::vector<estimator::Option> options(const workflow::Step& step, int) const override {
    std::vector<estimator::Option> options;
    int index = 0;
    for (const Alternative& a : trial_.believed[std::stoi(step.name)]) {
      options.push_back({{MemoryMb{++index}, 1, 1}, Seconds(a.mean_seconds()), Usd{a.usd}});
    }
    return options;
  }
  estimator::Evaluation evaluate(const workflow::Step&, int,
                                 const estimator::Configuration&) const override {
    return {};
  }

 private:
  const Trial& trial_;
};

// Gives the last steps of `tree`, after edges from `before` to its first ones.
std::vector<workflow::StepId> connect(const Tree& tree, std::vector<workflow::StepId> before,
                                      workflow::Graph& graph) {
  if (tree.kind == Kind::kStep) {
    for (const workflow::StepId step : before) graph.add_edge(step, tree.step);
    return {tree.step};
  }
  std::vector<workflow::StepId> last;
  for (const Tree& part : tree.parts) {
    const auto ends = connect(part, before, graph);
    if (tree.kind == Kind::kSeries) {
      before = last = ends;
    } else {
      last.insert(last.end(), ends.begin(), ends.end());
    }
  }
  return last;
}

// Algorithm 2 on the truth, in the order in which steps become ready.
class Paper {
 public:
  Paper(const Trial& trial, const Draws& draws, int runs)
      : trial_(trial), draws_(draws), runs_(runs) {
    const int size = static_cast<int>(trial.steps.size());
    workflow_.graph = workflow::Graph(size);
    for (int step = 0; step < size; ++step) {
      workflow_.steps.emplace_back();
      workflow_.steps.back().name = std::to_string(step);
      workflow_.steps.back().function = workflow_.steps.back().name;
    }
    connect(trial.tree, {}, workflow_.graph);
  }

  Outcome all(double planned, double slo) {
    optimizer::Frontiers frontiers(workflow_, means_);
    Outcome outcome;
    for (int run = 0; run < runs_; ++run) {
      cache::InMemoryCache cache;
      optimizer::StepConfStrategy strategy(frontiers, Seconds(planned), cache);
      std::vector<double> start(workflow_.steps.size(), 0.0);
      std::vector<std::size_t> ended(workflow_.steps.size(), 0);
      using Ready = std::pair<double, int>;
      std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
      for (int step = 0; step < workflow_.graph.size(); ++step) {
        if (workflow_.graph.predecessors[step].empty()) ready.emplace(0, step);
      }
      double last = 0;
      while (!ready.empty()) {
        const auto [now, step] = ready.top();
        ready.pop();
        const int chosen = strategy.decide({step, 1, Seconds(now)}).configuration.memory.value - 1;
        const Draws::Came came = draws_.of(step, run, trial_.kept[step][chosen]);
        outcome.usd += came.usd;
        last = std::max(last, now + came.seconds);
        for (const int next : workflow_.graph.successors[step]) {
          start[next] = std::max(start[next], now + came.seconds);
          if (++ended[next] == workflow_.graph.predecessors[next].size()) {
            ready.emplace(start[next], next);
          }
        }
      }
      outcome.attainment += last <= slo;
    }
    return {outcome.attainment / runs_, outcome.usd / runs_};
  }

 private:
  const Trial& trial_;
  const Draws& draws_;
  int runs_;
  workflow::Workflow workflow_;
  Means means_{trial_};
};

struct Sum {
  double total = 0, last = 0, least = 1e300, most = -1e300;
  int count = 0;
  void add(double value) {
    total += value;
    ++count;
    last = value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  double mean() const { return count ? total / count : std::nan(""); }
};

Trial make_trial(int id, double longer) {
  std::mt19937_64 random(1000 + id);
  Trial trial;
  int next = 0;
  trial.tree = random_tree(random, 16, next, true);
  for (int s = 0; s < 16; ++s) trial.steps.push_back(random_step(random, longer));
  believe(trial, {}, 1);
  return trial;
}

void main_table(int workflows, int runs, double longer) {
  std::map<std::pair<double, double>, Sum> over, padded, paper_padded, attained, predicted;
  std::map<double, Sum> plain, plain_cost, paper_plain, paper_plain_cost;
  int under_1 = 0, under_15 = 0, cases = 0, unreachable = 0;
  for (int id = 0; id < workflows; ++id) {
    const Trial trial = make_trial(id, longer);
    const Draws draws(trial, runs, 99 + id);
    const double least = fastest(trial.tree, trial);
    for (const double u : {1.5, 2.0, 3.0}) {
      const double slo = u * least;
      Pricing pricing({trial.tree, trial.believed, slo});
      const Stage stage(trial, pricing.chains(), draws);
      const Known known(trial.tree, slo);
      const int seen = std::min(runs, 500);
      std::vector<double> clairvoyant(seen);
      double clair = 0;
      int feasible = 0;
      for (int run = 0; run < seen; ++run) {
        clairvoyant[run] = known.usd([&](int step) {
          std::vector<Draws::Came> came;
          for (const Config& config : trial.kept[step]) came.push_back(draws.of(step, run, config));
          return came;
        });
        if (clairvoyant[run] > 0) {
          clair += clairvoyant[run];
          ++feasible;
        }
      }
      clair /= std::max(feasible, 1);
      Paper paper(trial, draws, std::min(runs, 2000));
      std::map<int, Outcome> by_paper;
      const auto paper_with = [&](int percent) {
        if (!by_paper.contains(percent))
          by_paper[percent] = paper.all(slo * (1 - percent / 100.0), slo);
        return by_paper[percent];
      };
      paper_plain[u].add(paper_with(0).attainment);
      paper_plain_cost[u].add(paper_with(0).usd / clair);
      std::map<double, Outcome> tried;
      const auto headroom = [&](int percent) {
        const double h = percent / 100.0;
        if (!tried.contains(h)) {
          tried[h] = re_planned(trial, pricing.chains(), stage, slo * (1 - h), slo);
        }
        return tried[h];
      };
      plain[u].add(headroom(0).attainment);
      plain_cost[u].add(headroom(0).usd / clair);
      for (const double target : {.9, .95, .99}) {
        const Promise promise = pricing.attain(target);
        const Outcome outcome = stage.all(*promise.tables, slo, slo);
        if (!promise.attained) {
          ++unreachable;
          fmt::print(stderr,
                     "workflow {} u {} target {}: out of reach, at most {:.4f} (played {:.4f})\n",
                     id, u, target, promise.predicted.attainment, outcome.attainment);
          continue;
        }
        ++cases;
        under_1 += outcome.attainment < target - .01;
        under_15 += outcome.attainment < target - .015;
        over[{target, u}].add(outcome.usd / clair);
        attained[{target, u}].add(outcome.attainment);
        predicted[{target, u}].add(promise.predicted.usd / outcome.usd);
        for (int percent = 0; percent < 80; percent += 3) {
          if (paper_with(percent).attainment >= std::min(target, outcome.attainment)) {
            paper_padded[{target, u}].add(paper_with(percent).usd / outcome.usd);
            break;
          }
        }
        for (int percent = 0; percent < 50; percent += 2) {
          if (headroom(percent).attainment >= std::min(target, outcome.attainment)) {
            padded[{target, u}].add(headroom(percent).usd / outcome.usd);
            break;
          }
        }
        fmt::print(stderr,
                   "workflow {} u {} target {}: attained {:.4f} predicted {:.4f}, over {:.3f}, "
                   "price {:.2f}\n",
                   id, u, target, outcome.attainment, promise.predicted.attainment,
                   outcome.usd / clair, promise.log_price);
      }
    }
  }
  fmt::print(
      "| target | u | attained | cost / clairvoyant | predicted / played cost | re-planned with "
      "headroom / percentile | stepconf with headroom / percentile |\n");
  fmt::print("| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const auto& [key, sum] : over) {
    fmt::print("| {} | {} | {:.4f} | {:.3f} | {:.3f} | {:.3f} ({} of {}) | {:.3f} ({} of {}) |\n",
               key.first, key.second, attained[key].mean(), sum.mean(), predicted[key].mean(),
               padded[key].mean(), padded[key].count, sum.count, paper_padded[key].mean(),
               paper_padded[key].count, sum.count);
  }
  for (const auto& [u, sum] : plain) {
    fmt::print("plain re-planned at u {}: attains {:.3f} at {:.3f}\n", u, sum.mean(),
               plain_cost[u].mean());
    fmt::print("plain stepconf at u {}: attains {:.3f} at {:.3f}\n", u, paper_plain[u].mean(),
               paper_plain_cost[u].mean());
  }
  fmt::print("{} cases, {} under target by 1 point, {} by 1.5; {} out of reach\n", cases, under_1,
             under_15, unreachable);
}

// Played by wrong beliefs: with the price that the belief says, and with one that moves after each
// run; 4,000 runs to settle, the rest counted.
void belief_table(int workflows, int runs) {
  const std::vector<std::pair<std::string, Belief>> beliefs = {
      {"true", {}},
      {"everything 10 % slower than believed", {.slower = 1 / 1.1}},
      {"tails believed half as likely", {.tails = 0.5}},
      {"means off by 5 %", {.means_off = 0.05}}};
  fmt::print(
      "| belief | target | attained with the believed price | with the moving price | cost, moving "
      "/ believed |\n");
  fmt::print("| --- | --- | --- | --- | --- |\n");
  for (const auto& [name, belief] : beliefs) {
    std::map<double, Sum> fixed, moving, cost;
    for (int id = 0; id < workflows; ++id) {
      Trial trial = make_trial(id, 1);
      const Draws draws(trial, runs, 99 + id);
      const double slo = 2 * fastest(trial.tree, trial);
      believe(trial, belief, 5 + id);
      Pricing pricing({trial.tree, trial.believed, slo});
      const Stage stage(trial, pricing.chains(), draws);
      for (const double target : {.9, .95}) {
        const Promise promise = pricing.attain(target);
        double log_price = promise.log_price, usd = 0, usd_fixed = 0;
        int met = 0, met_fixed = 0, counted = 0;
        for (int run = 0; run < runs; ++run) {
          const Draws::Came came = stage.run(*pricing.at(kept_price(log_price)).tables, slo, run);
          log_price = moved_price(log_price, came.seconds <= slo, target);
          if (run < runs * 2 / 5) continue;
          const Draws::Came other = stage.run(*promise.tables, slo, run);
          ++counted;
          met += came.seconds <= slo;
          usd += came.usd;
          met_fixed += other.seconds <= slo;
          usd_fixed += other.usd;
        }
        fixed[target].add(static_cast<double>(met_fixed) / counted);
        moving[target].add(static_cast<double>(met) / counted);
        cost[target].add(usd / usd_fixed);
        fmt::print(stderr,
                   "{} workflow {} target {}: {:.4f}, moving {:.4f}, price {:.2f} -> {:.2f}\n",
                   name, id, target, fixed[target].last, moving[target].last, promise.log_price,
                   log_price);
      }
    }
    for (const auto& [target, sum] : fixed) {
      fmt::print("| {} | {} | {:.4f} ({:.3f} at worst) | {:.4f} ({:.3f} to {:.3f}) | {:.3f} |\n",
                 name, target, sum.mean(), sum.least, moving[target].mean(), moving[target].least,
                 moving[target].most, cost[target].mean());
    }
  }
}

}  // namespace
}  // namespace stepconf::percentile

int main(int argc, char** argv) {
  const int workflows = argc > 1 ? std::atoi(argv[1]) : 20;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 10000;
  // How much more work steps have: cold starts and delays then weigh less.
  const double longer = argc > 3 ? std::atof(argv[3]) : 1;
  stepconf::percentile::main_table(workflows, runs, longer);
  if (longer == 1) stepconf::percentile::belief_table(workflows, runs);
}
