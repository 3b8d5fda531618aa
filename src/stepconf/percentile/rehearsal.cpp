#include "stepconf/percentile/rehearsal.h"

#include <algorithm>
#include <random>

#include "stepconf/percentile/usual_plan.h"

namespace stepconf::percentile {
namespace {

using Kind = workflow::SeriesParallelTree::Kind;

// std::shuffle may differ between libraries.
template <typename T>
void shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

}  // namespace

Rehearsal::Rehearsal(const Problem& problem, const Chains& chains, int runs, std::uint64_t seed)
    : problem_(problem), chains_(chains), runs_(runs), luck_(problem.alternatives.size()) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> parts(runs);
  double upto = 0;
  int run = 0;
  for (int part = 0; part < kParts; ++part) {
    upto += kBinProbabilities[part / kPartsPerBin] / kPartsPerBin;
    for (; run < runs && run + 0.5 < upto * runs; ++run)
      parts[run] = static_cast<std::uint8_t>(part);
  }
  for (; run < runs; ++run) parts[run] = kParts - 1;
  for (std::vector<std::uint8_t>& step : luck_) {
    step = parts;
    shuffle(step, random);
  }
  std::vector<float> even(runs);
  for (int i = 0; i < runs; ++i)
    even[i] = (static_cast<float>(i) + 0.5F) / static_cast<float>(runs);
  for (const Chain& chain : chains.chains) {
    auto& elements = ways_.emplace_back(chain.elements.size());
    for (std::size_t i = 0; i < chain.elements.size(); ++i) {
      if (chain.elements[i].kind != Kind::kChoice) continue;
      elements[i] = even;
      shuffle(elements[i], random);
    }
  }
}

Outcome Rehearsal::play(const Tables& tables) const {
  double usd = 0;
  int met = 0;
  for (int i = 0; i < runs_; ++i) {
    Run run{.index = i};
    met += in_time(tables, run);
    usd += run.usd;
  }
  return {static_cast<double>(met) / runs_, usd / runs_};
}

bool Rehearsal::watch(const Tables& tables, int run, const Delay& delay,
                      std::vector<Passed>& passed) const {
  Run watched{.index = run, .delay = delay, .passed = &passed};
  return in_time(tables, watched);
}

bool Rehearsal::in_time(const Tables& tables, Run& run) const {
  return end_of(0, {problem_.slo, 0}, 0, tables, run) <= problem_.slo * (1 + kForgiven);
}

double Rehearsal::end_of(int chain, const Due& due, double now, const Tables& tables,
                         Run& run) const {
  const std::vector<Element>& elements = chains_.chains[chain].elements;
  for (int place = 0; place < static_cast<int>(elements.size()); ++place) {
    const Element& element = elements[place];
    if (element.step >= 0 && element.step == run.delay.step) {
      now += run.delay.share * problem_.slo;
      run.delayed = true;
    }
    if (run.passed) run.passed->push_back({chain, place, due.target - now, run.delayed});
    if (element.kind == Kind::kStep) {
      const std::vector<Alternative>& alternatives = problem_.alternatives[element.step];
      if (alternatives.empty()) continue;
      const Alternative& chosen =
          alternatives[tables.alternative(chain, place, due.context, due.target - now)];
      now += chosen.parts[luck_[element.step][run.index]];
      run.usd += chosen.usd;
    } else if (element.kind == Kind::kParallel) {
      const Due branches = tables.fork(chain, place, due, due.target - now);
      double end = now;
      const bool delayed_before = run.delayed;
      bool delayed = run.delayed;
      for (const int branch : element.chains) {
        // A delay in one branch is none in its siblings.
        run.delayed = delayed_before;
        end = std::max(end, end_of(branch, branches, now, tables, run));
        delayed |= run.delayed;
      }
      run.delayed = delayed;
      now = end;
    } else {
      double left = ways_[chain][place][run.index];
      for (std::size_t i = 0; i < element.chains.size(); ++i) {
        left -= element.probabilities[i];
        if (left >= 0) continue;
        now = end_of(element.chains[i], due, now, tables, run);
        break;
      }
    }
  }
  if (run.passed) {
    const int end = static_cast<int>(elements.size());
    run.passed->push_back({chain, end, due.target - now, run.delayed});
  }
  return now;
}

}  // namespace stepconf::percentile
