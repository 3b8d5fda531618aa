#include "stepconf/solver/sampled.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "stepconf/solver/dag_solver.h"

namespace stepconf::solver {

using workflow::StepId;

namespace {

// Samples are taken in blocks that stay in the first-level cache and give way to vector
// instructions.
constexpr int kBlock = 128;
// How often the headroom of the first plan is halved.
constexpr int kHalvings = 12;

class SampleSearch {
 public:
  SampleSearch(const SampledProblem& problem, double limit, double share,
               const std::function<bool()>& out_of_time);

  SampledSolution run();

  // Whether at least `needed` samples stay within the limit, with the durations in `taken_`; how
  // many do, where all were counted.
  int count(int needed);
  void take(StepId step, const std::vector<double>& seconds) { taken_[step] = seconds.data(); }

 private:
  void drop_dominated();
  bool drop_too_slow();
  void find_fastest();
  void start_from_means();
  void cheapen(std::vector<int> options);
  bool is_within(const std::vector<int>& options);
  double usd_of(const std::vector<int>& options) const;
  void descend(int depth, double usd);

  const SampledProblem& problem_;
  const double limit_;
  const std::function<bool()>& out_of_time_;
  int samples_ = 0, needed_ = 0;
  std::vector<StepId> order_;
  std::vector<std::array<double, kBlock>> end_;
  std::vector<const double*> taken_;
  // By step: the options worth looking at, the cheapest first; each sample's least duration.
  std::vector<std::vector<int>> kept_;
  std::vector<std::vector<double>> fastest_;
  // In which order steps are decided, and what the rest costs at least.
  std::vector<StepId> decide_;
  std::vector<double> rest_usd_;
  std::vector<int> current_;
  SampledSolution best_;
  bool ended_ = false;
};

SampleSearch::SampleSearch(const SampledProblem& problem, double limit, double share,
                           const std::function<bool()>& out_of_time)
    : problem_(problem),
      limit_(limit),
      out_of_time_(out_of_time),
      order_(workflow::topological_order(problem.graph)),
      end_(problem.options.size()),
      taken_(problem.options.size()) {
  if (problem.options.empty()) return;
  samples_ = static_cast<int>(problem.options[0][0].seconds.size());
  needed_ = static_cast<int>(std::ceil(share * samples_ * (1 - 1e-12)));
  best_.usd = std::numeric_limits<double>::infinity();
  current_.resize(problem.options.size());
}

int SampleSearch::count(int needed) {
  int within = 0;
  std::array<double, kBlock> longest{};
  for (int first = 0; first < samples_; first += kBlock) {
    const int size = std::min(kBlock, samples_ - first);
    longest.fill(0);
    for (const StepId step : order_) {
      std::array<double, kBlock>& end = end_[step];
      const std::vector<StepId>& before = problem_.graph.predecessors[step];
      const double* seconds = taken_[step] + first;
      if (before.empty()) {
        for (int i = 0; i < size; ++i) end[i] = seconds[i];
      } else {
        end = end_[before[0]];
        for (std::size_t b = 1; b < before.size(); ++b)
          for (int i = 0; i < size; ++i) end[i] = std::max(end[i], end_[before[b]][i]);
        for (int i = 0; i < size; ++i) end[i] += seconds[i];
      }
      if (problem_.graph.successors[step].empty())
        for (int i = 0; i < size; ++i) longest[i] = std::max(longest[i], end[i]);
    }
    for (int i = 0; i < size; ++i) within += longest[i] <= limit_;
    if (within + samples_ - first - size < needed) return within;
  }
  return within;
}

bool SampleSearch::is_within(const std::vector<int>& options) {
  for (const StepId step : order_) take(step, problem_.options[step][options[step]].seconds);
  return count(needed_) >= needed_;
}

double SampleSearch::usd_of(const std::vector<int>& options) const {
  double usd = 0;
  for (std::size_t step = 0; step < options.size(); ++step)
    usd += problem_.options[step][options[step]].usd;
  return usd;
}

// Keeps, the cheapest first, what no cheaper option beats in every sample.
void SampleSearch::drop_dominated() {
  for (const std::vector<SampledOption>& options : problem_.options) {
    std::vector<int> by_usd(options.size());
    std::iota(by_usd.begin(), by_usd.end(), 0);
    std::stable_sort(by_usd.begin(), by_usd.end(),
                     [&](int a, int b) { return options[a].usd < options[b].usd; });
    std::vector<int>& kept = kept_.emplace_back();
    for (const int k : by_usd) {
      const auto beats = [&](int better) {
        const std::vector<double>&a = options[better].seconds, &b = options[k].seconds;
        for (int i = 0; i < samples_; ++i)
          if (a[i] > b[i]) return false;
        return true;
      };
      if (std::none_of(kept.begin(), kept.end(), beats)) kept.push_back(k);
    }
  }
}

void SampleSearch::find_fastest() {
  fastest_.assign(kept_.size(), {});
  for (std::size_t step = 0; step < kept_.size(); ++step) {
    fastest_[step].assign(samples_, std::numeric_limits<double>::infinity());
    for (const int k : kept_[step])
      for (int i = 0; i < samples_; ++i)
        fastest_[step][i] = std::min(fastest_[step][i], problem_.options[step][k].seconds[i]);
  }
}

// Drops what cannot keep the limit even with all others at their fastest. False where nothing is
// left of a step.
bool SampleSearch::drop_too_slow() {
  for (const StepId step : order_) take(step, fastest_[step]);
  for (const StepId step : order_) {
    std::erase_if(kept_[step], [&](int k) {
      take(step, problem_.options[step][k].seconds);
      return count(needed_) < needed_;
    });
    take(step, fastest_[step]);
    if (kept_[step].empty()) return false;
  }
  return true;
}

// Takes each step to cheaper options as long as the limit is kept.
void SampleSearch::cheapen(std::vector<int> options) {
  for (bool better = true; better;) {
    better = false;
    for (const StepId step : decide_) {
      for (const int k : kept_[step]) {
        if (problem_.options[step][k].usd >= problem_.options[step][options[step]].usd) break;
        const int before = std::exchange(options[step], k);
        if (is_within(options)) {
          better = true;
          break;
        }
        options[step] = before;
      }
    }
  }
  const double usd = usd_of(options);
  if (usd >= best_.usd) return;
  best_.options = std::move(options);
  best_.usd = usd;
}

// Mean durations within less than the limit: how much less is found by halving.
void SampleSearch::start_from_means() {
  Problem means;
  means.graph = problem_.graph;
  std::vector<std::vector<int>> places;
  for (StepId step = 0; step < problem_.graph.size(); ++step) {
    std::vector<Point>& points = means.options.emplace_back();
    std::vector<int>& place = places.emplace_back();
    // From the cheapest on: what is faster than all before.
    for (const int k : kept_[step]) {
      const SampledOption& option = problem_.options[step][k];
      const double mean =
          std::accumulate(option.seconds.begin(), option.seconds.end(), 0.0) / samples_;
      if (!points.empty() && mean >= points.back().seconds) continue;
      if (!points.empty() && option.usd == points.back().usd) {
        points.pop_back();
        place.pop_back();
      }
      points.push_back({mean, option.usd});
      place.push_back(k);
    }
    std::reverse(points.begin(), points.end());
    std::reverse(place.begin(), place.end());
  }
  const auto solver = make_dag_solver(means, {.out_of_time = out_of_time_});
  double low = 0, high = 2 * limit_;
  std::vector<int> options(places.size());
  for (int halving = 0; halving < kHalvings; ++halving) {
    const double middle = (low + high) / 2;
    const Solution solution = solver->cheapest_within(middle);
    for (std::size_t step = 0; step < places.size(); ++step)
      options[step] = places[step][solution.best.options[step]];
    if (is_within(options)) {
      low = middle;
      if (usd_of(options) < best_.usd) {
        best_.options = options;
        best_.usd = usd_of(options);
      }
    } else if (solution.feasible) {
      high = middle;
    } else {
      low = middle;
    }
  }
  if (!best_.options.empty()) cheapen(best_.options);
}

void SampleSearch::descend(int depth, double usd) {
  const StepId step = decide_[depth];
  for (const int k : kept_[step]) {
    const SampledOption& option = problem_.options[step][k];
    const double usd_now = usd + option.usd;
    if (usd_now + rest_usd_[depth + 1] >= best_.usd * (1 - 1e-12)) break;
    ended_ = ended_ || out_of_time_();
    if (ended_) break;
    ++best_.nodes;
    take(step, option.seconds);
    if (count(needed_) < needed_) continue;
    current_[step] = k;
    if (depth + 1 == static_cast<int>(decide_.size())) {
      best_.options = current_;
      best_.usd = usd_now;
      break;
    }
    descend(depth + 1, usd_now);
  }
  take(step, fastest_[step]);
}

SampledSolution SampleSearch::run() {
  drop_dominated();
  find_fastest();
  if (!drop_too_slow()) {
    best_.usd = 0;
    best_.proved = true;
    return best_;
  }
  find_fastest();
  // The step whose costs differ most is decided first: its bound cuts most.
  const auto width = [&](StepId step) {
    return problem_.options[step][kept_[step].back()].usd -
           problem_.options[step][kept_[step].front()].usd;
  };
  decide_ = order_;
  std::stable_sort(decide_.begin(), decide_.end(),
                   [&](StepId a, StepId b) { return width(a) > width(b); });
  rest_usd_.assign(decide_.size() + 1, 0);
  for (int depth = static_cast<int>(decide_.size()) - 1; depth >= 0; --depth)
    rest_usd_[depth] =
        rest_usd_[depth + 1] + problem_.options[decide_[depth]][kept_[decide_[depth]].front()].usd;
  start_from_means();
  for (const StepId step : order_) take(step, fastest_[step]);
  descend(0, 0);
  best_.proved = !ended_;
  if (best_.options.empty()) {
    best_.usd = 0;
    return best_;
  }
  best_.usd = usd_of(best_.options);
  for (const StepId step : order_) take(step, problem_.options[step][best_.options[step]].seconds);
  best_.within = count(0);
  return best_;
}

}  // namespace

int samples_within(const SampledProblem& problem, const std::vector<int>& options, double limit) {
  if (problem.options.empty()) return 0;
  const std::function<bool()> never = [] { return false; };
  SampleSearch search(problem, limit, 1, never);
  for (StepId step = 0; step < problem.graph.size(); ++step)
    search.take(step, problem.options[step][options[step]].seconds);
  return search.count(0);
}

SampledSolution cheapest_in_share(const SampledProblem& problem, double limit, double share,
                                  const std::function<bool()>& out_of_time) {
  if (problem.options.empty()) return {.proved = true};
  return SampleSearch(problem, limit, share, out_of_time).run();
}

}  // namespace stepconf::solver
