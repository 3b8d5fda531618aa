#include "stepconf/optimizer/percentile_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

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

// What a byte can tell apart.
constexpr std::size_t kMostAlternatives = 255;

const estimator::ScatterSource& scatter_of(const StrategyInputs& inputs) {
  if (inputs.scatter) return *inputs.scatter;
  throw InvalidInput(
      "strategy percentile needs to know how durations scatter, and nothing is known of that");
}

bool has_choice(const workflow::SeriesParallelTree& tree) {
  return tree.kind == Kind::kChoice || std::ranges::any_of(tree.parts, has_choice);
}

// Every so many, the first and the last among them.
std::vector<int> thinned(const std::vector<int>& kept) {
  if (kept.size() <= kMostAlternatives) return kept;
  std::vector<int> thin;
  for (std::size_t i = 0; i < kMostAlternatives; ++i) {
    thin.push_back(kept[i * (kept.size() - 1) / (kMostAlternatives - 1)]);
  }
  return thin;
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
      scatter_(scatter_of(inputs)),
      slo_(inputs.slo * (1 - inputs.headroom)),
      target_(inputs.target),
      known_(inputs.frontiers.workflow().steps.size()),
      warm_(known_.size()),
      weighed_(known_.size()),
      pricing_(problem()),
      key_{percentile::fingerprint(pricing_.problem()), inputs.target,
           inputs.log_price ? std::optional(percentile::kept_price(*inputs.log_price))
                            : std::nullopt},
      promise_(promised(inputs)),
      chances_(pricing_.problem(), pricing_.chains(), *promise_.tables) {
  promise_.attained = promise_.predicted.attainment >= target_;
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

PercentilePolicy::Choices PercentilePolicy::all_choices(StepId step, int jobs,
                                                        std::vector<estimator::Option> options,
                                                        const estimator::ScatterSource& scatter) {
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  const auto probabilities = percentile::part_probabilities();
  std::array<double, percentile::kParts> seconds{};
  Choices choices;
  for (estimator::Option& option : options) {
    Alternative& alternative = choices.alternatives.emplace_back();
    scatter.quantiles(asked, jobs, option, probabilities, seconds);
    std::ranges::transform(seconds, alternative.parts.begin(),
                           [](double s) { return static_cast<float>(s); });
    const estimator::StepOutcome mean = scatter.mean(asked, jobs, option);
    alternative.usd = mean.cost.value;
    option.duration = mean.duration;
    option.cost = mean.cost;
  }
  choices.frontier.considered = static_cast<int>(options.size());
  choices.frontier.options = std::move(options);
  return choices;
}

PercentilePolicy::Choices PercentilePolicy::Choices::only(const std::vector<int>& kept) const {
  Choices few;
  few.frontier.considered = frontier.considered;
  for (const int index : kept) {
    few.frontier.options.push_back(frontier.options[index]);
    few.alternatives.push_back(alternatives[index]);
  }
  return few;
}

PercentilePolicy::Choices PercentilePolicy::Choices::worth_keeping() const {
  return only(thinned(percentile::worth_keeping(alternatives)));
}

const PercentilePolicy::Choices& PercentilePolicy::choices(StepId step, int jobs) {
  for (const auto& [known_jobs, choices] : known_[step]) {
    if (known_jobs == jobs) return *choices;
  }
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  const Frontier& frontier = frontiers_.of(step, jobs);
  std::vector<estimator::Option> options = frontier.options;
  if (!frontiers_.is_fixed(step) && !asked.is_foreign()) {
    options = frontiers_.source().options(asked, jobs);
  }
  auto choices = std::make_unique<Choices>(
      all_choices(step, jobs, std::move(options), scatter_).worth_keeping());
  choices->frontier.considered = frontier.considered;
  return *known_[step].emplace_back(jobs, std::move(choices)).second;
}

const PercentilePolicy::Choices& PercentilePolicy::choices(const Question& question) {
  const WarmPools* pools = frontiers_.warm_pools();
  const StepId step = question.step;
  if (question.warm == nullptr || pools == nullptr || pools->scatter == nullptr ||
      frontiers_.is_fixed(step)) {
    return choices(step, question.jobs);
  }
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  const auto [all, is_new] = warm_[step].try_emplace(question.jobs);
  if (is_new) {
    // What another of the same size outdoes, it outdoes whatever is warm.
    const Choices every = all_choices(step, question.jobs,
                                      pools->warm.options(asked, question.jobs), *pools->scatter);
    std::map<MemoryMb, std::vector<int>> sizes;
    for (std::size_t i = 0; i < every.alternatives.size(); ++i) {
      sizes[every.frontier.options[i].configuration.memory].push_back(static_cast<int>(i));
    }
    for (const auto& [memory, indexes] : sizes) {
      const Choices kept = every.only(indexes).worth_keeping();
      std::ranges::copy(kept.frontier.options, std::back_inserter(all->second.frontier.options));
      std::ranges::copy(kept.alternatives, std::back_inserter(all->second.alternatives));
    }
    all->second.frontier.considered = every.frontier.considered;
  }
  constexpr std::size_t kStates = 64;
  std::pair<int, WarmSandboxes> state{question.jobs, *question.warm};
  for (auto& [memory, idle] : state.second) idle = std::min(idle, question.jobs);
  auto& known = weighed_[step];
  if (const auto found = known.find(state); found != known.end()) return found->second;
  Choices weighed = all->second;
  for (std::size_t i = 0; i < weighed.alternatives.size(); ++i) {
    estimator::Option& option = weighed.frontier.options[i];
    const int cold = cold_instances(option.configuration, question.jobs, state.second);
    if (cold == 0) continue;
    const ColdCharge added = pools->charges(asked, option.configuration.memory, cold);
    option.duration += added.late;
    option.cost += added.each * cold;
    weighed.alternatives[i].usd = option.cost.value;
    for (float& seconds : weighed.alternatives[i].parts)
      seconds += static_cast<float>(added.late.count());
  }
  if (known.size() >= kStates) known.clear();
  return known.emplace(std::move(state), weighed.worth_keeping()).first->second;
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
    alternatives = choices(step, jobs).alternatives;
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

percentile::Promise PercentilePolicy::promised(const StrategyInputs& inputs) {
  if (const auto found =
          percentile::find_prepared(inputs.prepared, key_, pricing_.problem(), pricing_.chains())) {
    pricing_.keep(*found);
    return *found;
  }
  return key_.log_price ? pricing_.at(*key_.log_price) : pricing_.attain(inputs.target);
}

std::string PercentilePolicy::prepared() const { return percentile::to_bytes(key_, promise_); }

std::unique_ptr<Strategy> PercentilePolicy::begin(GlobalCache& cache) {
  return std::make_unique<PercentileStrategy>(*this, cache);
}

const PercentileSummary& PercentilePolicy::summary() {
  if (summary_) return *summary_;
  summary_ = PercentileSummary{.target = target_,
                               .attainment = promise_.predicted.attainment,
                               .cost = Usd{promise_.predicted.usd},
                               .attained = promise_.attained,
                               .log_price = promise_.log_price,
                               .approximated = approximated_};
  constexpr std::array<double, 4> kLadder = {0.9, 0.95, 0.99, 0.999};
  const auto next = std::ranges::upper_bound(kLadder, target_ + 1e-9);
  if (!promise_.attained || next == kLadder.end()) return *summary_;
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
  const percentile::Tables& tables = *policy_.promise_.tables;
  const PercentilePolicy::Choices& choices = policy_.choices(question);
  const std::vector<Alternative>& alternatives = choices.alternatives;
  int chosen = 0;
  if (question.jobs == workflow.steps[question.step].jobs &&
      &choices == &policy_.choices(question.step, question.jobs)) {
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
    return policy_.chances_.with(alternatives[alternative], place.chain, place.element, due.context,
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
  const Due due = policy_.promise_.tables->fork(above, element, parent, parent.target - now);
  for (const int branch : chains[above].elements[element].chains) {
    to_store.push_back({chains[branch].steps, Seconds(due.target), due.context});
  }
  return due;
}

}  // namespace stepconf::optimizer
