#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::solver {

/// Which options of a step are allowed: `first` to `last`, both included. The fastest is 0.
struct Range {
  int first = 0, last = 0;

  bool operator==(const Range&) const = default;
};

/// How far to repair a flow: a repair that ends early leaves a bound that is valid, but not the
/// best.
struct Effort {
  /// Ends once the bound exceeds this.
  double enough = std::numeric_limits<double>::infinity();
  /// Ends after so many paths; the default is a guard against rounding only.
  int most_paths = 20000;
};

/// The problem with each step's options replaced by their lower convex hull, between whose corners
/// any mixture may be taken: the continuous time-cost trade-off problem. Its dual is a flow of
/// least cost (Fulkerson 1961; Phillips and Dessouky 1977): a flow sends through each step the
/// price, in USD per second, of that step's time, and
///
///     bound = sum over steps min over options (usd + flow * seconds)  -  limit * total flow
///
/// is at most the least cost, whatever the flow. So every state of this object gives a valid bound,
/// and a change of a range or of the limit is repaired from the flow that stands (out-of-kilter
/// method, shortest paths with potentials). The potentials are moments in time: when each step may
/// start and must have ended.
///
/// `problem` must outlive it. Holds a few numbers per edge; not to be shared between threads.
class Relaxation {
 public:
  /// Where a search stands, to go back to.
  struct State {
    std::vector<Range> ranges;
    std::vector<double> flow, potential;
    double limit = 0;
  };

  /// Starts without a limit: each step as cheap as can be. The problem has at least one step.
  explicit Relaxation(const Problem& problem);

  /// Sets the time allowed, in seconds, and repairs the flow.
  void set_limit(double seconds, const Effort& effort = {});
  /// Allows a step `range` of its options only, and repairs the flow.
  void set_range(workflow::StepId step, Range range, const Effort& effort = {});

  /// A lower bound of the cost within limit and ranges; infinite where nothing keeps the limit, and
  /// from then on until restore().
  double bound() const;
  /// A lower bound of the time in which `usd` suffices; at least the fastest path, where known.
  double time_bound(double usd) const;
  /// What a second more for the whole workflow would save, in USD.
  double price() const { return flow_[return_arc_]; }
  /// What is to be added to bound() if `step` takes `point`: at least 0 for what is on offer.
  double penalty(workflow::StepId step, const Point& point) const;
  /// The time between the step's start and its latest finish.
  double window(workflow::StepId step) const {
    return potential_[2 * step + 1] - potential_[2 * step];
  }
  /// What the hull of the step's range costs within window(step).
  double hull_cost(workflow::StepId step) const;

  const std::vector<Range>& ranges() const { return ranges_; }
  double limit() const { return limit_; }

  State save() const { return {ranges_, flow_, potential_, limit_}; }
  void restore(const State& state);

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  // A step's hull from its cheapest corner to its fastest. As the flow through the step rises past
  // change_at[k], corner k + 1 becomes better than corner k. The last entry is infinite.
  struct Hull {
    std::vector<Point> corners{};
    std::vector<double> change_at{};
    // The corner that is taken when the flow rises further.
    int at = 0;
  };
  // Where one can go from a vertex: along arc `arc` or against it.
  struct Way {
    int arc = 0;
    int to = 0;
    bool forward = true;
  };

  // Arcs 0 .. V-1 are the steps, then come the edges, then the return arc from sink to source.
  bool is_step(int arc) const { return arc < static_cast<int>(hulls_.size()); }
  double length(int arc) const { return arc == return_arc_ ? -limit_ : 0; }
  double rise(int arc) const;
  double fall(int arc) const;
  double room_to_rise(int arc) const;
  double room_to_fall(int arc) const;
  void add_flow(int arc, double amount);
  void place(int step);
  void make_hull(int step);
  double reduced_cost(const Way& way, int from) const;
  double shift(int from, int to, double most);
  bool push(int arc, bool forward, int from, int to);
  void repair(int arc, const Effort& effort);
  void add_arc(int tail, int head);
  void list_ways(int vertices);

  const Problem& problem_;
  std::vector<Range> ranges_;
  std::vector<Hull> hulls_;
  std::vector<int> tail_, head_;
  // The ways from vertex v are first_way_[v] to first_way_[v + 1].
  std::vector<int> first_way_;
  std::vector<Way> ways_;
  int first_edge_ = 0, return_arc_ = 0;
  double limit_ = kNever;
  bool infeasible_ = false;
  double tolerance_ = 0;
  std::vector<double> flow_, potential_;

  // Scratch of shift().
  std::vector<double> distance_;
  std::vector<int> reached_, near_, come_from_, come_by_;
  std::vector<std::pair<double, int>> queue_;
  std::vector<char> settled_;
};

}  // namespace stepconf::solver
