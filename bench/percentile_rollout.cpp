// Whether the percentile policy can be improved where it is played (docs/evaluation.md). At each
// decision every alternative, and at each fork a dozen other targets, are weighed by simulating the
// rest of the run from everything that is known, siblings under way included, with the policy going
// on as it would (a rollout: one step of policy iteration). What is weighed is what the tables were
// solved for: cost plus the price of a miss. Prints Markdown.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "bench/percentile/workload.h"
#include "stepconf/percentile/price.h"

namespace stepconf::percentile {
namespace {

using Kind = workflow::SeriesParallelTree::Kind;

// How far other targets at a fork are off, as shares of the SLO.
constexpr double kOtherTargets[] = {-.3, -.2, -.12, -.06, -.03, -.015, .015, .03, .06, .12, .2, .3};

// Where a chain is.
struct State {
  Due due;
  int place = 0;
  // Of a running step; -1: the step at `place` has not been decided, or is a fork.
  int option = -1;
  double start = 0;
  bool has_ended = false;
  double end = 0;
};

using States = std::vector<State>;

// Simulates the rest of a run.
class Rest {
 public:
  Rest(const Trial& trial, const Chains& chains, const Tables& tables, double slo, double miss,
       int rollouts)
      : trial_(trial), chains_(chains), tables_(tables), slo_(slo), miss_(miss) {
    double below = 0;
    for (int part = 0; part < kParts; ++part) {
      below += kBinProbabilities[part / kPartsPerBin] / kPartsPerBin;
      upto_.push_back(below);
    }
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> uniform(0, 1);
    luck_.assign(rollouts, std::vector<double>(trial.steps.size()));
    for (auto& run : luck_) {
      for (double& step : run) step = uniform(random);
    }
  }

  double paid(const Came& came) const {
    const double late = came.seconds - slo_;
    return came.usd + (late > 0 ? miss_ * (1 + kLateness * late / slo_) : 0);
  }

  // By rollout: what is paid from `now` on, where `decided` has just begun its step (-1: none has).
  std::vector<double> weigh(const States& states, double now, int decided) const {
    std::vector<double> all;
    for (const auto& luck : luck_) {
      Came came;
      came.seconds = go_on(0, states, now, decided, luck, came.usd);
      all.push_back(paid(came));
    }
    return all;
  }

 private:
  int part_at(double place) const {
    const auto after = std::upper_bound(upto_.begin(), upto_.end(), place);
    return std::min<int>(kParts - 1, static_cast<int>(after - upto_.begin()));
  }

  // Gives when a chain ends that comes to element `place` at `now`.
  double play(int chain, Due due, double now, int place, const std::vector<double>& luck,
              double& usd) const {
    const auto& elements = chains_.chains[chain].elements;
    for (; place < static_cast<int>(elements.size()); ++place) {
      const Element& element = elements[place];
      if (element.kind == Kind::kStep) {
        const int chosen = tables_.alternative(chain, place, due.context, due.target - now);
        const Alternative& alternative = trial_.believed[element.step][chosen];
        now += alternative.parts[part_at(luck[element.step])];
        usd += alternative.usd;
      } else {
        const Due branches = tables_.fork(chain, place, due, due.target - now);
        double end = now;
        for (const int branch : element.chains) {
          end = std::max(end, play(branch, branches, now, 0, luck, usd));
        }
        now = end;
      }
    }
    return now;
  }

  // When a step ends that has been running since `start` and still does.
  double end_of_running(const Alternative& alternative, double start, double now,
                        double luck) const {
    double passed = 0;
    int part = 0;
    while (part < kParts && start + alternative.parts[part] <= now) passed = upto_[part++];
    // Longer than any part says: nobody knows how much.
    if (part == kParts) return now + 0.02 * alternative.parts[kParts - 1];
    return start + alternative.parts[part_at(passed + luck * (1 - passed))];
  }

  double go_on(int chain, const States& states, double now, int decided,
               const std::vector<double>& luck, double& usd) const {
    const State& state = states[chain];
    if (state.has_ended) return state.end;
    const Element& element = chains_.chains[chain].elements[state.place];
    double end = now;
    if (element.kind == Kind::kParallel) {
      for (const int branch : element.chains) {
        end = std::max(end, go_on(branch, states, now, decided, luck, usd));
      }
    } else if (state.option < 0) {
      return play(chain, state.due, now, state.place, luck, usd);
    } else {
      const Alternative& alternative = trial_.believed[element.step][state.option];
      if (chain == decided) {
        end = now + alternative.parts[part_at(luck[element.step])];
        usd += alternative.usd;
      } else {
        end = end_of_running(alternative, state.start, now, luck[element.step]);
      }
    }
    return play(chain, state.due, end, state.place + 1, luck, usd);
  }

  const Trial& trial_;
  const Chains& chains_;
  const Tables& tables_;
  double slo_, miss_;
  std::vector<double> upto_;
  std::vector<std::vector<double>> luck_;
};

// Keeps the best of what differs from `first` by more than twice the standard error.
class Better {
 public:
  explicit Better(std::vector<double> first) : first_(std::move(first)) {}

  bool try_one(const std::vector<double>& other) {
    const double count = static_cast<double>(first_.size());
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      const double gain = first_[i] - other[i];
      sum += gain;
      squares += gain * gain;
    }
    const double mean = sum / count;
    const double error = std::sqrt(std::max(squares / count - mean * mean, 0.0) / count);
    if (mean <= best_ || mean <= 2 * error) return false;
    best_ = mean;
    return true;
  }

 private:
  std::vector<double> first_;
  double best_ = 0;
};

struct Count {
  int asked = 0, changed = 0;
};

// Plays run `run` on the truth; improves each decision where `rest` is given.
Came play(const Trial& trial, const Chains& chains, const Tables& tables, double slo,
          const Draws& draws, int run, const Rest* rest, Count& count) {
  using Event = std::pair<double, int>;  // when, which chain
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
  States states(chains.chains.size());
  std::vector<int> under_way(chains.chains.size(), 0);
  states[0].due = {slo, 0};
  events.emplace(0, 0);
  Came came;
  while (true) {
    const auto [now, chain] = events.top();
    events.pop();
    State& state = states[chain];
    if (state.option >= 0) {
      state.option = -1;
      ++state.place;
    }
    const Chain& here = chains.chains[chain];
    if (state.place == static_cast<int>(here.elements.size())) {
      state.has_ended = true;
      state.end = now;
      if (here.parent < 0) {
        came.seconds = now;
        return came;
      }
      if (--under_way[here.parent] == 0) {
        ++states[here.parent].place;
        events.emplace(now, here.parent);
      }
      continue;
    }
    const Element& element = here.elements[state.place];
    if (element.kind == Kind::kParallel) {
      const double left = state.due.target - now;
      Due due = tables.fork(chain, state.place, state.due, left);
      const auto with = [&](const Due& branches) {
        for (const int branch : element.chains) states[branch] = {.due = branches};
      };
      with(due);
      if (rest != nullptr) {
        const Due first = due;
        Better better(rest->weigh(states, now, -1));
        for (const double off : kOtherTargets) {
          const Due other = tables.fork(chain, state.place, state.due, left + off * slo);
          if (other == first) continue;
          with(other);
          if (better.try_one(rest->weigh(states, now, -1))) due = other;
        }
        with(due);
        ++count.asked;
        count.changed += due != first;
      }
      under_way[chain] = static_cast<int>(element.chains.size());
      for (const int branch : element.chains) events.emplace(now, branch);
      continue;
    }
    const int first =
        tables.alternative(chain, state.place, state.due.context, state.due.target - now);
    int chosen = first;
    state.start = now;
    if (rest != nullptr) {
      state.option = first;
      Better better(rest->weigh(states, now, chain));
      for (int other = 0; other < static_cast<int>(trial.kept[element.step].size()); ++other) {
        if (other == first) continue;
        state.option = other;
        if (better.try_one(rest->weigh(states, now, chain))) chosen = other;
      }
      ++count.asked;
      count.changed += chosen != first;
    }
    state.option = chosen;
    const Came step = draws.of(element.step, run, trial.kept[element.step][chosen]);
    came.usd += step.usd;
    events.emplace(now + step.seconds, chain);
  }
}

struct Asked {
  int first = 100, workflows = 5, runs = 300, rollouts = 300;
  double u = 1.5, target = .9, price_off = 0;
  Drawn drawn;
};

void table(const Asked& asked) {
  fmt::print(
      "| workflow | attained | improved | cost, improved / as is | with misses, improved / as is | "
      "decisions changed |\n| --- | --- | --- | --- | --- | --- |\n");
  double sum = 0;
  for (int id = asked.first; id < asked.first + asked.workflows; ++id) {
    const Trial trial = make_trial(id, asked.drawn);
    const Draws draws(trial, asked.runs, 5000 + id);
    const double slo = asked.u * fastest(trial.tree, trial);
    Pricing pricing({trial.tree, trial.believed, slo});
    const Promise promise = pricing.attain(asked.target);
    const Tables& tables = *pricing.at(promise.log_price + asked.price_off).tables;
    const Rest rest(trial, pricing.chains(), tables, slo, promise.tables->miss(), asked.rollouts);
    Count count;
    double met = 0, met_improved = 0, usd = 0, usd_improved = 0, paid = 0, gain = 0, squares = 0;
    for (int run = 0; run < asked.runs; ++run) {
      const Came as_is = play(trial, pricing.chains(), tables, slo, draws, run, nullptr, count);
      const Came improved = play(trial, pricing.chains(), tables, slo, draws, run, &rest, count);
      met += as_is.seconds <= slo;
      met_improved += improved.seconds <= slo;
      usd += as_is.usd;
      usd_improved += improved.usd;
      const double less = rest.paid(as_is) - rest.paid(improved);
      paid += rest.paid(as_is);
      gain += less;
      squares += less * less;
    }
    const double mean = gain / asked.runs;
    const double error = std::sqrt(std::max(squares / asked.runs - mean * mean, 0.0) / asked.runs);
    sum += 1 - gain / paid;
    fmt::print("| {} | {:.3f} | {:.3f} | {:.4f} | {:.4f} +- {:.4f} | {:.1f} % |\n", id,
               met / asked.runs, met_improved / asked.runs, usd_improved / usd, 1 - gain / paid,
               error / (paid / asked.runs), 100.0 * count.changed / count.asked);
  }
  fmt::print("\nmean with misses, improved / as is: {:.4f}\n", sum / asked.workflows);
}

}  // namespace
}  // namespace stepconf::percentile

int main(int argc, char** argv) {
  CLI::App app("Whether weighing every decision by simulation improves the percentile policy");
  stepconf::percentile::Asked asked;
  app.add_option("--first", asked.first, "number of the first workflow");
  app.add_option("--workflows", asked.workflows);
  app.add_option("--runs", asked.runs);
  app.add_option("--rollouts", asked.rollouts, "simulations of the rest of a run, an alternative");
  app.add_option("--u", asked.u, "SLO as a multiple of the fastest plan by means");
  app.add_option("--target", asked.target);
  app.add_option("--price-off", asked.price_off,
                 "log10 by which the policy's price of a miss is wrong: a check of the method");
  app.add_flag("--chain", asked.drawn.chain, "nothing side by side");
  CLI11_PARSE(app, argc, argv);
  stepconf::percentile::table(asked);
}
