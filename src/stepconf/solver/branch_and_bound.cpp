#include "stepconf/solver/branch_and_bound.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "stepconf/solver/open_nodes.h"

namespace stepconf::solver {

using workflow::StepId;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Costs and bounds that differ by less, relatively, count as equal: what flows lose by rounding.
constexpr double kTie = 1e-10;
// Cuts that strong branching tries at a node.
constexpr std::size_t kCutsTried = 8;
// And how far it follows each.
constexpr int kPathsTried = 8;
constexpr std::int64_t kMostNodesForTies = 5000;
constexpr std::size_t kMostTies = 1000;

class Tree {
 public:
  Tree(const Problem& problem, const Search& search)
      : search_(search), limit_(search.limit), whole_(problem), local_(problem) {
    kept_.graph = problem.graph;
  }

  Found run();

 private:
  // A place to cut a step's range: behind option `at`.
  struct Cut {
    StepId step = -1;
    int at = 0;
    double loss = 0;
  };

  bool keep_by_time();
  void keep_by_penalty();
  void start();
  void explore();
  void dive(const Node& node);
  bool tighten();
  bool tighten_by_time();
  bool tighten_by_penalty();
  void round_windows();
  void offer(const std::vector<int>& options);
  const std::vector<Cut>& candidates();
  Cut best_cut(double bound);
  bool ended();
  // Bounds above this are of no interest.
  double cut() const { return std::min(search_.at_most, best_.total.usd) * (1 + kTie); }

  const Search& search_;
  double limit_;
  const Problem& whole_;
  LocalSearch local_;
  // The options that may be part of something better, and their places in `whole_`.
  Problem kept_;
  std::vector<std::vector<int>> places_;
  std::optional<Relaxation> relaxation_;

  Found best_;
  OpenNodes open_;
  // Nodes that may hold something as cheap as the best, and shorter.
  std::vector<Node> ties_;
  bool breaking_ties_ = false;
  bool ended_ = false;
  std::int64_t most_nodes_ = 0;
  double current_ = kInfinity;

  std::vector<StepId> order_;
  std::vector<double> start_, after_;
  std::vector<int> rounded_;
  std::vector<Cut> candidates_;
};

// Drops what is too slow even if all others are as fast as can be. False where nothing fits.
bool Tree::keep_by_time() {
  const int size = whole_.graph.size();
  order_ = workflow::topological_order(whole_.graph);
  start_.assign(size, 0);
  after_.assign(size, 0);
  for (const StepId step : order_)
    for (const StepId next : whole_.graph.successors[step])
      start_[next] = std::max(start_[next], start_[step] + whole_.options[step].front().seconds);
  for (auto step = order_.rbegin(); step != order_.rend(); ++step)
    for (const StepId next : whole_.graph.successors[*step])
      after_[*step] = std::max(after_[*step], after_[next] + whole_.options[next].front().seconds);
  for (StepId step = 0; step < size; ++step) {
    std::vector<Point>& points = kept_.options.emplace_back();
    std::vector<int>& places = places_.emplace_back();
    const std::vector<Point>& all = whole_.options[step];
    for (int k = 0; k < static_cast<int>(all.size()); ++k) {
      if (start_[step] + all[k].seconds + after_[step] > limit_) break;
      points.push_back(all[k]);
      places.push_back(k);
    }
    if (points.empty()) return false;
  }
  return true;
}

// Drops the options with which the bound would exceed the best cost (reduced-cost fixing), also
// between others; once that is worth it, the root is solved anew without them.
void Tree::keep_by_penalty() {
  while (true) {
    const double bound = relaxation_->bound();
    std::size_t dropped = 0, total = 0;
    Problem kept;
    kept.graph = kept_.graph;
    std::vector<std::vector<int>> places;
    for (StepId step = 0; step < kept_.graph.size(); ++step) {
      std::vector<Point>& points = kept.options.emplace_back();
      std::vector<int>& place = places.emplace_back();
      for (std::size_t k = 0; k < kept_.options[step].size(); ++k) {
        const Point& option = kept_.options[step][k];
        ++total;
        if (bound + relaxation_->penalty(step, option) > cut()) {
          ++dropped;
          continue;
        }
        points.push_back(option);
        place.push_back(places_[step][k]);
      }
      // Nothing is left that would be better than what is known.
      if (points.empty()) {
        current_ = kInfinity;
        relaxation_.reset();
        return;
      }
    }
    if (dropped == 0) return;
    relaxation_.reset();
    kept_ = std::move(kept);
    places_ = std::move(places);
    relaxation_.emplace(kept_);
    relaxation_->set_limit(limit_);
    round_windows();
    if (dropped * 20 < total) return;
  }
}

void Tree::offer(const std::vector<int>& options) {
  const double usd = local_.usd(options);
  const double seconds = local_.seconds(options);
  if (seconds > limit_ || usd > search_.at_most) return;
  const bool cheaper = usd < best_.total.usd * (1 - 1e-12);
  const bool as_cheap = usd <= best_.total.usd * (1 + 1e-12);
  if (!cheaper && !(as_cheap && seconds < best_.total.seconds)) return;
  best_.options = options;
  best_.total = {seconds, usd};
  if (search_.first_found) ended_ = true;
}

// Takes for each step the slowest option that its window allows: that keeps the limit.
void Tree::round_windows() {
  rounded_.resize(places_.size());
  for (std::size_t step = 0; step < places_.size(); ++step) {
    const Range& range = relaxation_->ranges()[step];
    const double window = relaxation_->window(static_cast<StepId>(step)) * (1 + 1e-12);
    int k = range.first;
    while (k < range.last && kept_.options[step][k + 1].seconds <= window) ++k;
    rounded_[step] = places_[step][k];
  }
  if (!local_.hurry(rounded_, limit_)) return;
  local_.spend_slack(rounded_, limit_);
  offer(rounded_);
}

// The steps that lose most by rounding their windows down, the most first.
const std::vector<Tree::Cut>& Tree::candidates() {
  candidates_.clear();
  double loss_sum = 0;
  for (StepId step = 0; step < kept_.graph.size(); ++step) {
    const Range& range = relaxation_->ranges()[step];
    if (range.first == range.last) continue;
    const std::vector<Point>& points = kept_.options[step];
    const double window = relaxation_->window(step) * (1 + 1e-12);
    int k = range.first;
    while (k < range.last && points[k + 1].seconds <= window) ++k;
    if (k == range.last) continue;
    const double loss = points[k].usd - relaxation_->hull_cost(step);
    if (loss <= 0) continue;
    loss_sum += loss;
    candidates_.push_back({step, k, loss});
  }
  if (loss_sum <= relaxation_->bound() * 1e-12) candidates_.clear();
  std::sort(candidates_.begin(), candidates_.end(), [](const Cut& a, const Cut& b) {
    return a.loss != b.loss ? a.loss > b.loss : a.step < b.step;
  });
  return candidates_;
}

// Strong branching: tries the cuts that lose most, and takes the one whose two halves raise the
// bound most (by the product). Where one half is out, its options are dropped at once: `step` is
// then -1, and the node has to be looked at again.
Tree::Cut Tree::best_cut(double bound) {
  const std::size_t count = std::min(candidates_.size(), kCutsTried);
  if (candidates_.size() == 1) return candidates_.front();
  const Relaxation::State state = relaxation_->save();
  Cut best;
  double highest = -1;
  for (std::size_t i = 0; i < count; ++i) {
    const Cut cut_here = candidates_[i];
    const Range range = relaxation_->ranges()[cut_here.step];
    double rise[2];
    for (const bool slow : {false, true}) {
      const Range half =
          slow ? Range{cut_here.at + 1, range.last} : Range{range.first, cut_here.at};
      relaxation_->set_range(cut_here.step, half, {cut(), kPathsTried});
      rise[slow] = relaxation_->bound() - bound;
      relaxation_->restore(state);
    }
    if (bound + rise[0] > cut() || bound + rise[1] > cut()) {
      const bool keep_slow = bound + rise[0] > cut();
      relaxation_->set_range(
          cut_here.step,
          keep_slow ? Range{cut_here.at + 1, range.last} : Range{range.first, cut_here.at},
          {cut()});
      return {-1, 0, 0};
    }
    const double least = 1e-9 * bound;
    const double score = std::max(rise[0], least) * std::max(rise[1], least);
    if (score > highest) {
      highest = score;
      best = cut_here;
    }
  }
  return best;
}

bool Tree::tighten_by_time() {
  const std::vector<Range>& ranges = relaxation_->ranges();
  for (const StepId step : order_) {
    double start = 0;
    for (const StepId before : kept_.graph.predecessors[step])
      start = std::max(start, start_[before] + kept_.options[before][ranges[before].first].seconds);
    start_[step] = start;
  }
  for (auto step = order_.rbegin(); step != order_.rend(); ++step) {
    double after = 0;
    for (const StepId next : kept_.graph.successors[*step])
      after = std::max(after, after_[next] + kept_.options[next][ranges[next].first].seconds);
    after_[*step] = after;
  }
  for (const StepId step : order_) {
    Range range = ranges[step];
    const double window = (limit_ - start_[step] - after_[step]) * (1 + 1e-12);
    const std::vector<Point>& points = kept_.options[step];
    if (points[range.first].seconds > window) return false;
    while (points[range.last].seconds > window) --range.last;
    relaxation_->set_range(step, range, {cut()});
    if (relaxation_->bound() > cut()) return false;
  }
  return true;
}

bool Tree::tighten_by_penalty() {
  double bound = relaxation_->bound();
  for (StepId step = 0; step < kept_.graph.size(); ++step) {
    Range range = relaxation_->ranges()[step];
    const std::vector<Point>& points = kept_.options[step];
    const auto is_out = [&](int k) {
      return bound + relaxation_->penalty(step, points[k]) > cut();
    };
    while (range.first <= range.last && is_out(range.first)) ++range.first;
    while (range.first <= range.last && is_out(range.last)) --range.last;
    if (range.first > range.last) return false;
    if (range == relaxation_->ranges()[step]) continue;
    relaxation_->set_range(step, range, {cut()});
    bound = relaxation_->bound();
    if (bound > cut()) return false;
  }
  return true;
}

bool Tree::tighten() { return tighten_by_penalty() && tighten_by_time(); }

bool Tree::ended() {
  if (!ended_ && (best_.nodes >= most_nodes_ || search_.out_of_time())) ended_ = true;
  return ended_;
}

void Tree::dive(const Node& node) {
  double floor = node.bound;
  int depth = node.depth;
  relaxation_->restore(node.state);
  if (relaxation_->limit() != limit_) relaxation_->set_limit(limit_);
  while (true) {
    current_ = floor;
    if (ended()) return;
    ++best_.nodes;
    if (relaxation_->bound() > cut() || !tighten()) break;
    floor = std::max(floor, relaxation_->bound());
    round_windows();
    if (ended_) return;
    if (floor > cut()) break;
    const bool tie = floor >= best_.total.usd * (1 - kTie);
    if (candidates().empty() || (tie && !breaking_ties_)) {
      if (!breaking_ties_ && ties_.size() < kMostTies)
        ties_.push_back({floor, depth, relaxation_->save()});
      break;
    }
    const auto [step, at, loss] = best_cut(relaxation_->bound());
    if (step < 0) continue;
    const Range range = relaxation_->ranges()[step];
    const Relaxation::State state = relaxation_->save();
    const Range fast{range.first, at}, slow{at + 1, range.last};
    const double window = relaxation_->window(step);
    const std::vector<Point>& points = kept_.options[step];
    const bool slow_first =
        window - points[at].seconds > 0.5 * (points[at + 1].seconds - points[at].seconds);
    const Range first = slow_first ? slow : fast, second = slow_first ? fast : slow;
    // The other child is bounded first and waits.
    relaxation_->set_range(step, second, {cut()});
    const double bound = std::max(floor, relaxation_->bound());
    if (bound <= cut()) open_.push({bound, depth + 1, relaxation_->save()});
    relaxation_->restore(state);
    relaxation_->set_range(step, first, {cut()});
    floor = std::max(floor, relaxation_->bound());
    ++depth;
  }
  current_ = kInfinity;
}

void Tree::explore() {
  while (!open_.empty() && !ended()) {
    Node node = open_.take();
    if (node.bound > cut()) continue;
    if (!breaking_ties_ && node.bound >= best_.total.usd * (1 - kTie)) {
      if (ties_.size() < kMostTies) ties_.push_back(std::move(node));
      continue;
    }
    dive(node);
  }
}

Found Tree::run() {
  best_.total = {kInfinity, kInfinity};
  most_nodes_ = search_.most_nodes;
  if (!keep_by_time()) {
    best_.lower_bound = kInfinity;
    best_.complete = true;
    return best_;
  }
  relaxation_.emplace(kept_);
  relaxation_->set_limit(limit_);
  double lower = relaxation_->bound();
  round_windows();
  if (!ended_ && lower < best_.total.usd * (1 - kTie) && lower <= cut()) {
    std::vector<int> options = best_.options.empty() ? rounded_ : best_.options;
    local_.improve(options, limit_, [this] { return search_.out_of_time(); });
    offer(options);
  }
  if (!ended_ && lower <= cut()) {
    keep_by_penalty();
    if (relaxation_) {
      lower = std::max(lower, relaxation_->bound());
      open_.push({lower, 0, relaxation_->save()});
      explore();
    }
  }
  best_.complete = !ended_ || (search_.first_found && !best_.options.empty());
  if (ended_) {
    const double open_bound = open_.least_bound(std::min(current_, best_.total.usd));
    best_.lower_bound = std::max(lower, open_bound) * (1 - 1e-12);
    best_.lower_bound = std::min(best_.lower_bound, best_.total.usd);
    return best_;
  }
  best_.lower_bound = best_.options.empty() ? kInfinity : best_.total.usd;
  if (best_.options.empty() || ties_.empty() || search_.first_found || !relaxation_) return best_;
  // Of equally cheap assignments the shortest: look for shorter ones where ties were met.
  breaking_ties_ = true;
  most_nodes_ = best_.nodes + kMostNodesForTies;
  double shortest = kInfinity;
  while (best_.total.seconds < shortest && !ended_) {
    shortest = best_.total.seconds;
    limit_ = shortest - 2 * kMoment;
    open_.assign(ties_);
    explore();
    open_.assign({});
  }
  return best_;
}

}  // namespace

Found branch_and_bound(const Problem& problem, const Search& search) {
  return Tree(problem, search).run();
}

}  // namespace stepconf::solver
