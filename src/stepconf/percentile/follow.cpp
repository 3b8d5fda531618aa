// Follows a plan in the tables: writes its choices where its steps start, and nowhere else.
#include <algorithm>

#include "stepconf/percentile/tables.h"
#include "stepconf/percentile/usual_plan.h"

namespace stepconf::percentile {

using Kind = workflow::SeriesParallelTree::Kind;

class Follow {
 public:
  Follow(const std::vector<int>& plan, const Problem& problem, const Chains& chains,
         std::vector<Tables::Table>& tables)
      : plan_(plan), problem_(problem), chains_(chains.chains), tables_(tables) {}

  // Gives when the chain ends.
  double chain(int index, const Due& due, double now) {
    const std::vector<Element>& elements = chains_[index].elements;
    for (int place = 0; place < static_cast<int>(elements.size()); ++place) {
      const Element& element = elements[place];
      switch (element.kind) {
        case Kind::kStep:
          if (plan_[element.step] < 0) break;
          choose(index, place, due, now, plan_[element.step]);
          now += seconds(element.step);
          break;
        case Kind::kParallel:
          now = fork(index, place, due, now);
          break;
        case Kind::kChoice: {
          double end = now;
          for (const int way : element.chains) end = std::max(end, chain(way, due, now));
          now = end;
          break;
        }
        case Kind::kSeries:
          break;  // lay_out leaves none
      }
    }
    return now;
  }

 private:
  double seconds(workflow::StepId step) const {
    return problem_.alternatives[step][plan_[step]].parts[kUsualPart];
  }

  double length(int index) const {
    double sum = 0;
    for (const Element& element : chains_[index].elements) {
      double longest = 0;
      if (element.kind == Kind::kStep && plan_[element.step] >= 0) longest = seconds(element.step);
      for (const int below : element.chains) longest = std::max(longest, length(below));
      sum += longest;
    }
    return sum;
  }

  // The branches are due when the last of them ends, or soon after: as late as no time is taken
  // from what follows.
  double fork(int index, int place, const Due& due, double now) {
    const std::vector<int>& branches = chains_[index].elements[place].chains;
    double longest = 0;
    for (const int branch : branches) longest = std::max(longest, length(branch));
    const Tables::Table& table = tables_[index];
    const double left = due.target - now - longest + kForgiven * problem_.slo;
    const auto first = table.targets[place].begin() + due.context * table.most_targets;
    int chosen = 0;
    for (int t = 1; t < table.most_targets; ++t) {
      // Behind the last target there are empty places, whose point is 0.
      if (table.grid.at(first[t].point) <= left && first[t].point > first[chosen].point) chosen = t;
    }
    choose(index, place, due, now, chosen);
    const Due to_join{due.target - table.grid.at(first[chosen].point), first[chosen].context};
    double end = now;
    for (const int branch : branches) end = std::max(end, chain(branch, to_join, now));
    return end;
  }

  void choose(int index, int place, const Due& due, double now, int choice) {
    Tables::Table& table = tables_[index];
    const std::span<std::uint8_t> choices = table.choices_of(place, due.context);
    // Halfway between two points rounding decides which is nearest.
    for (const double off : {-kForgiven, kForgiven}) {
      choices[table.grid.nearest(due.target - now + off * problem_.slo)] =
          static_cast<std::uint8_t>(choice);
    }
  }

  const std::vector<int>& plan_;
  const Problem& problem_;
  const std::vector<Chain>& chains_;
  std::vector<Tables::Table>& tables_;
};

Tables Tables::following(const std::vector<int>& plan, const Problem& problem,
                         const Chains& chains) const {
  Tables tables = *this;
  Follow(plan, problem, chains, tables.tables_).chain(0, {problem.slo, 0}, 0);
  return tables;
}

}  // namespace stepconf::percentile
