#include "stepconf/optimizer/percentile_choices.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/base/hash.h"

namespace stepconf::optimizer {
namespace {

using percentile::Alternative;
using workflow::StepId;

// What a byte can tell apart.
constexpr std::size_t kMostAlternatives = 255;

// Every so many, the first and the last among them.
std::vector<int> thinned(const std::vector<int>& kept) {
  if (kept.size() <= kMostAlternatives) return kept;
  std::vector<int> thin;
  for (std::size_t i = 0; i < kMostAlternatives; ++i) {
    thin.push_back(kept[i * (kept.size() - 1) / (kMostAlternatives - 1)]);
  }
  return thin;
}

InvalidInput damaged() {
  return InvalidInput("prepared policy of strategy percentile: its options are damaged");
}

}  // namespace

PercentileChoices::PercentileChoices(Frontiers& frontiers, const estimator::ScatterSource& scatter,
                                     std::string_view kept)
    : frontiers_(frontiers),
      scatter_(scatter),
      known_(frontiers.workflow().steps.size()),
      warm_(known_.size()),
      weighed_(known_.size()) {
  if (!kept.empty()) restore(kept);
}

std::vector<estimator::Option> PercentileChoices::options(StepId step, int jobs) {
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  if (frontiers_.is_fixed(step) || asked.is_foreign()) return frontiers_.of(step, jobs).options;
  return frontiers_.source().options(asked, jobs);
}

PercentileChoices::Choices PercentileChoices::Choices::only(const std::vector<int>& places) const {
  Choices few;
  few.frontier.considered = frontier.considered;
  for (const int place : places) {
    few.frontier.options.push_back(frontier.options[place]);
    few.alternatives.push_back(alternatives[place]);
  }
  return few;
}

PercentileChoices::Choices PercentileChoices::Choices::worth_keeping() const {
  return only(thinned(percentile::worth_keeping(alternatives)));
}

PercentileChoices::Choices PercentileChoices::all(StepId step, int jobs,
                                                  std::vector<estimator::Option> options,
                                                  const estimator::ScatterSource& scatter) const {
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  const auto probabilities = percentile::part_probabilities();
  std::array<double, percentile::kParts> seconds{};
  Choices all;
  for (estimator::Option& option : options) {
    Alternative& alternative = all.alternatives.emplace_back();
    scatter.quantiles(asked, jobs, option, probabilities, seconds);
    std::ranges::transform(seconds, alternative.parts.begin(),
                           [](double s) { return static_cast<float>(s); });
    const estimator::StepOutcome mean = scatter.mean(asked, jobs, option);
    alternative.usd = mean.cost.value;
    option.duration = mean.duration;
    option.cost = mean.cost;
  }
  all.frontier.considered = static_cast<int>(options.size());
  all.frontier.options = std::move(options);
  return all;
}

const PercentileChoices::Choices& PercentileChoices::of(StepId step, int jobs) {
  for (const auto& [known_jobs, choices] : known_[step]) {
    if (known_jobs == jobs) return *choices;
  }
  auto choices =
      std::make_unique<Choices>(all(step, jobs, options(step, jobs), scatter_).worth_keeping());
  choices->frontier.considered = frontiers_.of(step, jobs).considered;
  return *known_[step].emplace_back(jobs, std::move(choices)).second;
}

const PercentileChoices::Choices& PercentileChoices::of(const Question& question) {
  const WarmPools* pools = frontiers_.warm_pools();
  const StepId step = question.step;
  if (question.warm == nullptr || pools == nullptr || pools->scatter == nullptr ||
      frontiers_.is_fixed(step)) {
    return of(step, question.jobs);
  }
  constexpr std::size_t kStates = 64;
  std::pair<int, WarmSandboxes> state{question.jobs, *question.warm};
  for (auto& [memory, idle] : state.second) idle = std::min(idle, question.jobs);
  auto& known = weighed_[step];
  if (const auto found = known.find(state); found != known.end()) return found->second;
  Choices weighed = warm(step, question.jobs, *pools);
  for (std::size_t i = 0; i < weighed.alternatives.size(); ++i) {
    estimator::Option& option = weighed.frontier.options[i];
    const int cold = cold_instances(option.configuration, question.jobs, state.second);
    if (cold == 0) continue;
    const ColdCharge added =
        pools->charges(frontiers_.workflow().steps[step], option.configuration.memory, cold);
    option.duration += added.late;
    option.cost += added.each * cold;
    weighed.alternatives[i].usd = option.cost.value;
    for (float& seconds : weighed.alternatives[i].parts)
      seconds += static_cast<float>(added.late.count());
  }
  if (known.size() >= kStates) known.clear();
  return known.emplace(std::move(state), weighed.worth_keeping()).first->second;
}

const PercentileChoices::Choices& PercentileChoices::warm(StepId step, int jobs,
                                                          const WarmPools& pools) {
  const auto [kept, is_new] = warm_[step].try_emplace(jobs);
  if (!is_new) return kept->second;
  const workflow::Step& asked = frontiers_.workflow().steps[step];
  const Choices every = all(step, jobs, pools.warm.options(asked, jobs), *pools.scatter);
  // What another of the same size outdoes, it outdoes whatever is warm.
  std::map<MemoryMb, std::vector<int>> sizes;
  for (std::size_t i = 0; i < every.alternatives.size(); ++i) {
    sizes[every.frontier.options[i].configuration.memory].push_back(static_cast<int>(i));
  }
  kept->second.frontier.considered = every.frontier.considered;
  for (const auto& [memory, places] : sizes) {
    const Choices pool = every.only(places).worth_keeping();
    std::ranges::copy(pool.frontier.options, std::back_inserter(kept->second.frontier.options));
    std::ranges::copy(pool.alternatives, std::back_inserter(kept->second.alternatives));
  }
  return kept->second;
}

// Everything that the choices are made from: the options, and of the scatter what it says of the
// first option of each step, whose tail the mean and one quantile tell apart; the others' differs
// only as the options do. Numbers count as floats: what is prepared on one machine is used by
// programs with another C library, whose functions differ in the last bits.
std::uint64_t PercentileChoices::origin() {
  constexpr std::array<double, 1> kProbabilities = {0.99};
  std::array<double, 1> seconds{};
  ByteWriter bytes;
  const auto number = [&bytes](double value) {
    bytes.u32(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
  };
  for (StepId step = 0; step < static_cast<StepId>(known_.size()); ++step) {
    const workflow::Step& asked = frontiers_.workflow().steps[step];
    bytes.text(asked.name);
    bytes.text(asked.function);
    bytes.u64(static_cast<std::uint64_t>(asked.jobs));
    bytes.u8(asked.is_map ? 1 : 0);
    bytes.u8(asked.batched ? 1 : 0);
    bytes.u64(static_cast<std::uint64_t>(asked.max_concurrency));
    if (asked.jobs < 1) continue;
    const std::vector<estimator::Option> options = this->options(step, asked.jobs);
    for (const estimator::Option& option : options) {
      bytes.u64(static_cast<std::uint64_t>(option.configuration.memory.value));
      bytes.u64(static_cast<std::uint64_t>(option.configuration.instances));
      bytes.u64(static_cast<std::uint64_t>(option.configuration.processes));
      number(option.duration.count());
      number(option.cost.value);
    }
    if (options.empty()) continue;
    scatter_.quantiles(asked, asked.jobs, options.front(), kProbabilities, seconds);
    for (const double quantile : seconds) number(quantile);
    const estimator::StepOutcome mean = scatter_.mean(asked, asked.jobs, options.front());
    number(mean.duration.count());
    number(mean.cost.value);
  }
  return hash_text(bytes.take());
}

std::string PercentileChoices::to_bytes() {
  ByteWriter bytes;
  bytes.u64(origin());
  for (StepId step = 0; step < static_cast<StepId>(known_.size()); ++step) {
    const int jobs = frontiers_.workflow().steps[step].jobs;
    if (jobs < 1) continue;
    const Choices& choices = of(step, jobs);
    const std::vector<estimator::Option> all = options(step, jobs);
    bytes.u8(static_cast<std::uint8_t>(choices.alternatives.size()));
    for (std::size_t i = 0; i < choices.alternatives.size(); ++i) {
      const estimator::Option& option = choices.frontier.options[i];
      // Which option it is; of several with one configuration, the row that it was.
      const auto place =
          std::ranges::find(all, option.configuration, &estimator::Option::configuration);
      bytes.u32(static_cast<std::uint32_t>(place - all.begin()));
      bytes.f64(option.duration.count());
      bytes.f64(option.cost.value);
      for (const float part : choices.alternatives[i].parts) {
        bytes.u32(std::bit_cast<std::uint32_t>(part));
      }
    }
  }
  return bytes.take();
}

void PercentileChoices::restore(std::string_view kept) {
  ByteReader bytes(kept);
  if (bytes.u64() != origin()) return;
  for (StepId step = 0; step < static_cast<StepId>(known_.size()); ++step) {
    const int jobs = frontiers_.workflow().steps[step].jobs;
    if (jobs < 1) continue;
    const std::vector<estimator::Option> all = options(step, jobs);
    auto choices = std::make_unique<Choices>();
    choices->frontier.considered = frontiers_.of(step, jobs).considered;
    const int count = bytes.u8();
    for (int i = 0; i < count; ++i) {
      const std::uint32_t place = bytes.u32();
      if (place >= all.size()) throw damaged();
      estimator::Option& option = choices->frontier.options.emplace_back(all[place]);
      option.duration = Seconds(bytes.f64());
      option.cost = Usd{bytes.f64()};
      Alternative& alternative = choices->alternatives.emplace_back();
      alternative.usd = option.cost.value;
      bool good = std::isfinite(alternative.usd) && alternative.usd >= 0 &&
                  std::isfinite(option.duration.count());
      for (float& part : alternative.parts) {
        part = std::bit_cast<float>(bytes.u32());
        good = good && std::isfinite(part) && part >= 0;
      }
      if (!good || bytes.beyond()) throw damaged();
    }
    if (count == 0) throw damaged();
    known_[step].emplace_back(jobs, std::move(choices));
  }
  if (bytes.left() > 0) throw damaged();
}

}  // namespace stepconf::optimizer
