#include "stepconf/optimizer/warmth.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/stepconf_strategy.h"
#include "stepconf/optimizer/strategies.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using estimator::Option;

Option option(int memory, int instances, double seconds, double usd) {
  return {{MemoryMb{memory}, instances, 1}, Seconds(seconds), Usd{usd}};
}

ColdCharge two_seconds(const workflow::Step&, MemoryMb, int /*cold*/) {
  return {Seconds(2), Usd{0.5}};
}

const workflow::Step kStep;

TEST(Warmth, ChargesEachInstanceWithoutASandboxOnceForTimeAndEachForCost) {
  // 4 instances, 1 warm: 3 + 2 s, 1 + 3 * 0.5 USD.
  const auto weighed =
      weigh_cold_starts({option(512, 4, 3, 1)}, kStep, 8, {{MemoryMb{512}, 1}}, two_seconds);
  ASSERT_EQ(weighed.size(), 1U);
  EXPECT_DOUBLE_EQ(weighed[0].duration.count(), 5);
  EXPECT_DOUBLE_EQ(weighed[0].cost.value, 2.5);
}

TEST(Warmth, LeavesWhatFindsEnoughSandboxesAsItIs) {
  const auto weighed =
      weigh_cold_starts({option(512, 4, 3, 1)}, kStep, 8, {{MemoryMb{512}, 4}}, two_seconds);
  EXPECT_EQ(weighed[0].duration, Seconds(3));
  EXPECT_EQ(weighed[0].cost, Usd{1});
}

TEST(Warmth, CountsTheInstancesThatReallyRun) {
  // 5 jobs on up to 4 instances: 2 each, so 3 run.
  const auto weighed =
      weigh_cold_starts({option(512, 4, 3, 1)}, kStep, 5, {{MemoryMb{512}, 3}}, two_seconds);
  EXPECT_EQ(weighed[0].duration, Seconds(3));
}

TEST(Warmth, KeepsTheSandboxesOfMemorySizesApart) {
  const auto weighed =
      weigh_cold_starts({option(512, 1, 3, 1)}, kStep, 1, {{MemoryMb{1024}, 9}}, two_seconds);
  EXPECT_EQ(weighed[0].duration, Seconds(5));
}

TEST(Warmth, BringsBackAnOptionThatIsDominatedWhenAllIsWarm) {
  // Warm, 1024 MB is slower and dearer than 2048 MB. Cold, 2048 MB takes 3 + 2 s.
  const std::vector<Option> all = {option(2048, 1, 3, 1), option(1024, 1, 4, 1.2)};
  EXPECT_EQ(pareto(all, "a").options.size(), 1U);
  const Frontier frontier =
      pareto(weigh_cold_starts(all, kStep, 1, {{MemoryMb{1024}, 1}}, two_seconds), "a");
  ASSERT_EQ(frontier.options.size(), 1U);
  EXPECT_EQ(frontier.fastest().configuration.memory, MemoryMb{1024});
}

TEST(ColdCharge, TakesTheLongerDelayAndBillsInitAndTheFirstCall) {
  estimator::ColdStart cold;
  estimator::MappingDelay dispatch;
  cold.init_s = 0.5;
  cold.first_call_s = 0.25;
  cold.first_call_work = 0;
  dispatch.cold_s = 0.75;
  pricing::PriceSheet prices;
  prices.usd_per_gb_second = 2;
  const ColdCharge charge = cold_charge(cold, dispatch, prices, MemoryMb{2048});
  // Late: 0.75 (over INIT's 0.5) + 0.25. Billed: (0.5 + 0.25) s * 2 GB * 2 USD.
  EXPECT_DOUBLE_EQ(charge.late.count(), 1);
  EXPECT_DOUBLE_EQ(charge.each.value, 3);
}

TEST(ColdCharge, ExpectsTheLatestOfSeveralDrawnFromARange) {
  const estimator::ColdStarts cold{.probability = 0.1, .least = Seconds(1), .greatest = Seconds(3)};
  pricing::PriceSheet prices;
  prices.usd_per_gb_second = 2;
  const ColdCharge charge = cold_charge(cold, prices, MemoryMb{512}, 3);
  // 1 + 2 * 3 / 4 s; 2 s on average * 0.5 GB * 2 USD.
  EXPECT_DOUBLE_EQ(charge.late.count(), 2.5);
  EXPECT_DOUBLE_EQ(charge.each.value, 2);
}

// One step of 4 jobs in one instance: 128 MB for 8 s and $1, 256 MB for 4 s and $2, and 384 MB,
// which is slower and dearer than 256 MB, for 4.5 s and $2.2.
struct OneStep {
  OneStep() { frontiers.heed_warm_pools({.warm = options, .charges = two_seconds}); }
  workflow::Workflow workflow = testing::workflow_of(workflow::testing::graph("a"));
  testing::TableOptions options{workflow, {{{8, 1}, {4, 2}, {4.5, 2.2}}}};
  Frontiers frontiers{workflow, options};
};

TEST(Frontiers, AreTheSameAsEverWhereNobodyKnowsWhatIsWarm) {
  OneStep one;
  EXPECT_EQ(&one.frontiers.of(0, 4, nullptr), &one.frontiers.of(0, 4));
}

TEST(Frontiers, TakeInWhatIsWarmAlthoughItIsDominatedOtherwise) {
  OneStep one;
  const WarmSandboxes warm = {{MemoryMb{384}, 1}};
  const Frontier& frontier = one.frontiers.of(0, 4, &warm);
  // 384 MB: 4.5 s, $2.2. 256 MB: 6 s, $2.5. 128 MB: 10 s, $1.5.
  ASSERT_EQ(frontier.options.size(), 2U);
  EXPECT_EQ(frontier.options[0].configuration.memory, MemoryMb{384});
  EXPECT_EQ(frontier.options[1].configuration.memory, MemoryMb{128});
  EXPECT_EQ(frontier.options[1].duration, Seconds(10));
}

TEST(Frontiers, WeighAStateOfTheSandboxesOnce) {
  OneStep one;
  const WarmSandboxes few = {{MemoryMb{384}, 4}};
  const WarmSandboxes many = {{MemoryMb{384}, 40}};
  const Frontier* first = &one.frontiers.of(0, 4, &few);
  const int asked = one.options.asked;
  // 4 jobs never need more than 4 instances.
  EXPECT_EQ(&one.frontiers.of(0, 4, &many), first);
  EXPECT_EQ(one.options.asked, asked);
}

TEST(StepConf, ChoosesTheMemorySizeThatIsWarm) {
  OneStep one;
  cache::InMemoryCache cache;
  StepConfStrategy strategy(one.frontiers, Seconds(5), cache);
  const WarmSandboxes warm = {{MemoryMb{384}, 1}};
  // Within 5 s: 256 MB where nothing is known; with a cold start it would take 6 s.
  const Decision decision = strategy.decide({0, 4, Seconds(0), &warm});
  EXPECT_EQ(decision.configuration.memory, MemoryMb{384});
  EXPECT_EQ(decision.constraint, Constraint::sub_slo);
}

TEST(Exact, ChoosesTheMemorySizeThatIsWarm) {
  OneStep one;
  cache::InMemoryCache cache;
  const auto policy = prepare("exact", {.frontiers = one.frontiers, .slo = Seconds(5)});
  const auto strategy = policy->begin(cache);
  const WarmSandboxes warm = {{MemoryMb{384}, 1}};
  EXPECT_EQ(strategy->decide({0, 4, Seconds(0), &warm}).configuration.memory, MemoryMb{384});
  EXPECT_EQ(strategy->decide({0, 4, Seconds(0)}).configuration.memory, MemoryMb{256});
}

// Options that always take as long as they say.
class Certain final : public estimator::ScatterSource {
 public:
  void quantiles(const workflow::Step&, int, const Option& option, std::span<const double>,
                 std::span<double> seconds) const override {
    std::ranges::fill(seconds, option.duration.count());
  }
  estimator::StepOutcome mean(const workflow::Step&, int, const Option& option) const override {
    return {option.duration, option.cost};
  }
  estimator::StepOutcome draw(const workflow::Step& step, int jobs, const Option& option,
                              const estimator::Draws&) const override {
    return mean(step, jobs, option);
  }
};

TEST(Percentile, ChoosesTheMemorySizeThatIsWarm) {
  OneStep one;
  const Certain scatter;
  one.frontiers.heed_warm_pools({.warm = one.options, .charges = two_seconds, .scatter = &scatter});
  cache::InMemoryCache cache;
  const auto policy =
      prepare("percentile", {.frontiers = one.frontiers, .slo = Seconds(5), .scatter = &scatter});
  const auto strategy = policy->begin(cache);
  EXPECT_EQ(strategy->decide({0, 4, Seconds(0)}).configuration.memory, MemoryMb{256});
  const WarmSandboxes warm = {{MemoryMb{384}, 1}};
  const Decision decision = strategy->decide({0, 4, Seconds(0), &warm});
  EXPECT_EQ(decision.configuration.memory, MemoryMb{384});
  EXPECT_EQ(decision.duration, Seconds(4.5));
  // Nothing warm: 256 MB takes 6 s and 128 MB 10 s, too late either way, and the faster is less so.
  const WarmSandboxes nothing;
  EXPECT_EQ(strategy->decide({0, 4, Seconds(0), &nothing}).configuration.memory, MemoryMb{256});
}

TEST(InterOnly, HeedsNoWarmSandboxes) {
  OneStep one;
  cache::InMemoryCache cache;
  const auto policy = prepare("inter-only", {.frontiers = one.frontiers, .slo = Seconds(5)});
  const WarmSandboxes warm = {{MemoryMb{384}, 1}};
  EXPECT_EQ(policy->begin(cache)->decide({0, 4, Seconds(0), &warm}).configuration.memory,
            MemoryMb{256});
}

TEST(StepConf, ChoosesAsBeforeWhereNobodyKnowsWhatIsWarm) {
  OneStep one;
  cache::InMemoryCache cache;
  StepConfStrategy strategy(one.frontiers, Seconds(5), cache);
  EXPECT_EQ(strategy.decide({0, 4, Seconds(0)}).configuration.memory, MemoryMb{256});
}

}  // namespace
}  // namespace stepconf::optimizer
