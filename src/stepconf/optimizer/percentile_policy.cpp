#include "stepconf/optimizer/percentile_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/percentile/precedence.h"
#include "stepconf/workflow/choice_tree.h"

namespace stepconf::optimizer {
namespace {

using percentile::Alternative;
using percentile::Chain;
using percentile::Due;
using workflow::StepId;
using Kind = workflow::SeriesParallelTree::Kind;

const estimator::ScatterSource& scatter_of(const StrategyInputs& inputs) {
  if (inputs.scatter) return *inputs.scatter;
  throw InvalidInput(
      "strategy percentile needs to know how durations scatter, and nothing is known of that");
}

bool has_choice(const workflow::SeriesParallelTree& tree) {
  return tree.kind == Kind::kChoice || std::ranges::any_of(tree.parts, has_choice);
}

// The choices, and what was promised for them, as two parts of what is prepared.
constexpr std::uint32_t kVersion = 2;

struct Parts {
  std::string_view choices, promises;
};

Parts parts_of(std::string_view prepared) {
  ByteReader bytes(prepared);
  // Those of other versions are made anew.
  if (prepared.empty() || bytes.u32() != kVersion) return {};
  Parts parts{bytes.text(), {}};
  parts.promises = bytes.take(bytes.left());
  if (bytes.beyond()) throw InvalidInput("prepared policy of strategy percentile: is cut short");
  return parts;
}

}  // namespace

class PercentileStrategy final : public Strategy {
 public:
  PercentileStrategy(PercentilePolicy& policy, GlobalCache& cache)
      : policy_(policy), cache_(cache) {}

  Decision decide(const Question& question) override;

 private:
  Due due_of(int chain, StepId step, double now);
  Due forked(int chain, double now, const Due& parent, std::vector<SubGraph>& to_store) const;

  PercentilePolicy& policy_;
  GlobalCache& cache_;
};

PercentilePolicy::PercentilePolicy(const StrategyInputs& inputs)
    : frontiers_(inputs.frontiers),
      slo_(inputs.slo * (1 - inputs.headroom)),
      target_(inputs.target),
      choices_(inputs.frontiers, scatter_of(inputs), parts_of(inputs.prepared).choices),
      pricing_(problem()),
      key_{percentile::fingerprint(pricing_.problem()), inputs.target,
           inputs.log_price ? std::optional(percentile::kept_price(*inputs.log_price))
                            : std::nullopt},
      prepared_(prepare(inputs)) {
  prepared_.promise.attained = prepared_.promise.predicted.attainment >= target_;
  for (const Chain& chain : pricing_.chains().chains) {
    std::vector<double>& ahead = ahead_.emplace_back(chain.elements.size() + 1, 0.0);
    if (ahead_.size() > 1) ahead.back() = ahead_[chain.parent][chain.parent_element + 1];
    for (std::size_t i = chain.elements.size(); i-- > 0;) {
      const percentile::Element& element = chain.elements[i];
      double least = 0;
      for (const int below : element.chains) {
        least = std::max(least, pricing_.chains().chains[below].fastest_seconds);
      }
      if (element.kind == Kind::kStep && !pricing_.problem().alternatives[element.step].empty()) {
        least = std::numeric_limits<double>::infinity();
        for (const Alternative& alternative : pricing_.problem().alternatives[element.step]) {
          least = std::min(least, alternative.mean_seconds());
        }
      }
      ahead[i] = ahead[i + 1] + least;
    }
  }
}

percentile::Problem PercentilePolicy::problem() {
  const workflow::Workflow& workflow = frontiers_.workflow();
  percentile::Problem problem;
  std::vector<double> fastest(workflow.steps.size(), 0.0);
  double cheapest = 0;
  for (StepId step = 0; step < workflow.graph.size(); ++step) {
    auto& alternatives = problem.alternatives.emplace_back();
    const int jobs = workflow.steps[step].jobs;
    if (jobs < 1) continue;
    alternatives = choices_.of(step, jobs).alternatives;
    fastest[step] = std::numeric_limits<double>::infinity();
    for (const Alternative& alternative : alternatives) {
      fastest[step] = std::min(fastest[step], alternative.mean_seconds());
    }
    cheapest += alternatives.back().seconds(percentile::kBins - 1);
  }
  const auto tree = workflow::series_parallel_tree(workflow);
  approximated_ = !tree;
  problem.tree = tree ? *tree : percentile::made_series_parallel(workflow.graph, fastest);
  if (!has_choice(problem.tree)) {
    for (StepId step = 0; step < workflow.graph.size(); ++step) {
      for (Alternative& alternative : problem.alternatives[step]) {
        alternative.usd *= workflow.steps[step].probability;
      }
    }
  }
  // More time than four times what even the cheapest way takes changes nothing, but the grid.
  problem.slo = std::min(slo_.count(), std::max(4 * cheapest, 1e-3));
  return problem;
}

percentile::Prepared PercentilePolicy::prepare(const StrategyInputs& inputs) {
  if (auto found = percentile::find_prepared(parts_of(inputs.prepared).promises, key_,
                                             pricing_.problem(), pricing_.chains())) {
    pricing_.keep(found->promise);
    return *std::move(found);
  }
  const percentile::Promise promise =
      key_.log_price ? pricing_.at(*key_.log_price) : pricing_.attain(inputs.target);
  return {promise, pricing_.chances(promise)};
}

std::string PercentilePolicy::prepared() const {
  ByteWriter bytes;
  bytes.u32(kVersion);
  bytes.text(choices_.to_bytes());
  return bytes.take() + percentile::to_bytes(key_, prepared_.promise, prepared_.chances);
}

std::unique_ptr<Strategy> PercentilePolicy::begin(GlobalCache& cache) {
  return std::make_unique<PercentileStrategy>(*this, cache);
}

const PercentileSummary& PercentilePolicy::summary() {
  if (summary_) return *summary_;
  const percentile::Promise& promise = prepared_.promise;
  summary_ = PercentileSummary{.target = target_,
                               .attainment = promise.predicted.attainment,
                               .cost = Usd{promise.predicted.usd},
                               .attained = promise.attained,
                               .log_price = promise.log_price,
                               .approximated = approximated_};
  constexpr std::array<double, 4> kLadder = {0.9, 0.95, 0.99, 0.999};
  const auto next = std::ranges::upper_bound(kLadder, target_ + 1e-9);
  if (!promise.attained || next == kLadder.end()) return *summary_;
  if (const percentile::Promise dearer = pricing_.attain(*next); dearer.attained) {
    summary_->next_target = *next;
    summary_->next_cost = Usd{dearer.predicted.usd};
  }
  return *summary_;
}

Decision PercentileStrategy::decide(const Question& question) {
  const workflow::Workflow& workflow = policy_.frontiers_.workflow();
  if (question.step < 0 || question.step >= workflow.graph.size() || question.jobs < 1) {
    throw Error(
        fmt::format("no decision for step {} with {} jobs: the workflow has {} steps, and a step "
                    "that is asked about at least 1 job",
                    question.step, question.jobs, workflow.graph.size()));
  }
  const percentile::Chains::Place place = policy_.pricing_.chains().places[question.step];
  const Due due = due_of(place.chain, question.step, question.now.count());
  const double left = due.target - question.now.count();
  const percentile::Tables& tables = *policy_.prepared_.promise.tables;
  const PercentileChoices::Choices& choices = policy_.choices_.of(question);
  const std::vector<Alternative>& alternatives = choices.alternatives;
  int chosen = 0;
  if (question.jobs == workflow.steps[question.step].jobs &&
      &choices == &policy_.choices_.of(question.step, question.jobs)) {
    chosen = tables.alternative(place.chain, place.element, due.context, left);
  } else {
    const double probability =
        has_choice(policy_.pricing_.problem().tree) ? 1 : workflow.steps[question.step].probability;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      double usd = probability * alternatives[i].usd;
      for (int part = 0; part < percentile::kParts; ++part) {
        usd += percentile::kBinProbabilities[part / percentile::kPartsPerBin] /
               percentile::kPartsPerBin *
               tables.expected_usd(place.chain, place.element + 1, due.context,
                                   left - alternatives[i].parts[part]);
      }
      if (usd < least) {
        least = usd;
        chosen = static_cast<int>(i);
      }
    }
  }
  Decision decision = take(choices.frontier, chosen);
  decision.fixed = policy_.frontiers_.is_fixed(question.step);
  decision.constraint = decision.runner_up ? Constraint::price_of_miss : Constraint::nothing;
  const Seconds ahead(policy_.ahead_[place.chain][place.element + 1]);
  const Seconds share = policy_.slo_ - question.now - ahead;
  if (share < kUnlimited) decision.sub_slo = std::max(share, Seconds(0));
  const auto chance = [&](int alternative) {
    return policy_.prepared_.chances.with(alternatives[alternative], place.chain, place.element,
                                          left);
  };
  decision.attainment = chance(chosen);
  if (decision.runner_up) decision.attainment_with_runner_up = chance(chosen + 1);
  return decision;
}

// What the chain is due at. Where nothing is stored yet for a fork on the way to it, the fork is
// decided now, for all of its branches, and stored.
Due PercentileStrategy::due_of(int chain, StepId step, double now) {
  const std::vector<Chain>& chains = policy_.pricing_.chains().chains;
  while (chains[chain].is_way) chain = chains[chain].parent;
  for (;;) {
    const Due whole{policy_.slo_.count(), 0};
    if (chain == 0) return whole;
    const GlobalCache::Entry entry = cache_.find(step);
    // A sub-graph is one of the chains around the step; they differ in how many steps they have.
    std::vector<int> unknown;
    Due due = whole;
    for (int around = chain; around != 0; around = chains[around].parent) {
      if (chains[around].is_way) continue;
      if (entry.sub_graph && entry.sub_graph->steps.size() == chains[around].steps.size()) {
        due = {entry.sub_graph->latest_finish.count(), entry.sub_graph->context};
        break;
      }
      unknown.push_back(around);
    }
    if (unknown.empty()) return due;
    std::vector<SubGraph> to_store;
    for (auto next = unknown.rbegin(); next != unknown.rend(); ++next) {
      due = forked(*next, now, due, to_store);
    }
    if (cache_.store(entry.version, std::move(to_store))) return due;
  }
}

Due PercentileStrategy::forked(int chain, double now, const Due& parent,
                               std::vector<SubGraph>& to_store) const {
  const std::vector<Chain>& chains = policy_.pricing_.chains().chains;
  const int above = chains[chain].parent, element = chains[chain].parent_element;
  const Due due =
      policy_.prepared_.promise.tables->fork(above, element, parent, parent.target - now);
  for (const int branch : chains[above].elements[element].chains) {
    to_store.push_back({chains[branch].steps, Seconds(due.target), due.context});
  }
  return due;
}

}  // namespace stepconf::optimizer
