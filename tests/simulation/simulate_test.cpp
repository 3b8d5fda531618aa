#include "stepconf/simulation/simulate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <memory>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/simulation/clairvoyant.h"
#include "tables.h"

namespace stepconf::simulation {
namespace {

using testing::chain;
using testing::Row;
using testing::tables;

// A simulation with nothing charged in which strategies believe the models' means.
struct Simulated {
  Simulated(workflow::Workflow w, estimator::ModelOptions o, Seconds slo,
            std::optional<estimator::Noise> noise = std::nullopt, Service service = {})
      : workflow(std::move(w)),
        options(std::move(o)),
        scatter(options, std::move(noise)),
        frontiers(workflow, options),
        inputs{.frontiers = frontiers, .slo = slo, .scatter = &scatter},
        truth{workflow, options, scatter, service} {}
  Simulated(const Simulated&) = delete;
  Simulated& operator=(const Simulated&) = delete;

  Result run(std::string_view name, int runs = 200, std::uint64_t seed = 1) const {
    Setting setting{.truth = truth, .believed = inputs, .believed_charged = inputs};
    setting.runs = runs;
    setting.seed = seed;
    return simulate(name, setting).value();
  }

  workflow::Workflow workflow;
  estimator::ModelOptions options;
  estimator::ModelScatter scatter;
  optimizer::Frontiers frontiers;
  optimizer::StrategyInputs inputs;
  Truth truth;
};

const std::vector<Row> kThreeRows = {{1, 0.004}, {2, 0.002}, {4, 0.001}};

TEST(Simulate, WithoutScatterEveryRunIsThePlan) {
  const Simulated simulated(chain(2), tables({kThreeRows, kThreeRows}), Seconds(4));
  // Two steps in 4 s: 2 s each.
  const Result result = simulated.run("stepconf", 10);
  EXPECT_EQ(result.attainment, 1);
  EXPECT_EQ(result.duration_s, (Distribution{4, 4, 4, 4, 4}));
  EXPECT_NEAR(result.cost_usd.mean, 0.004, 1e-15);
  EXPECT_EQ(simulated.run("fastest", 10).duration_s.p50, 2);
  EXPECT_NEAR(simulated.run("clairvoyant", 10).cost_usd.mean, 0.004, 1e-15);
}

TEST(Simulate, AttainsAsOftenAsTheDistributionSays) {
  // One row of 1 s with a CV of 0.2, SLO at its 80th percentile: s = sqrt(ln 1.04) = 0.198042,
  // exp(0.841621 s - s^2 / 2) = 1.158423.
  const Simulated simulated(chain(1), tables({{{1, 0.001}}}, 0.2), Seconds(1.158423));
  const Result result = simulated.run("fastest", 4000);
  EXPECT_NEAR(result.attainment, 0.8, 0.03);
  EXPECT_LT(result.interval.lower, result.attainment);
  EXPECT_GT(result.interval.upper, result.attainment);
}

TEST(Simulate, TheSameSeedGivesTheSameNumbersAndAnotherOthers) {
  const Simulated simulated(chain(2), tables({kThreeRows, kThreeRows}, 0.3), Seconds(5));
  EXPECT_EQ(simulated.run("stepconf").duration_s, simulated.run("stepconf").duration_s);
  EXPECT_NE(simulated.run("stepconf", 200, 1).duration_s,
            simulated.run("stepconf", 200, 2).duration_s);
}

// Every sandbox that has to be made takes 2 s.
const estimator::Noise kCold{
    .cold = {.probability = 1, .least = Seconds(2), .greatest = Seconds(2)}};

TEST(Simulate, ExecutionsFindTheSandboxesThatEarlierOnesLeft) {
  // A row of 1 s. The next execution starts after a time of mean 60 s, warm unless the sandbox has
  // idled for 60: P(gap <= 61) = 1 - exp(-61 / 60) = 0.638. A cold one ends 2 s later, so 0.5 %
  // more of those after one are warm.
  const Service service{.keep_alive = Seconds(60), .every = Seconds(60)};
  const Simulated simulated(chain(1), tables({{{1, 0.001}}}), Seconds(2), kCold, service);
  EXPECT_NEAR(simulated.run("fastest", 4000).attainment, 0.64, 0.03);
}

TEST(Simulate, AnExecutionWaitsForTheOneBefore) {
  // The next would start after 1 ms: its sandbox is warm, for the one before has ended. The first
  // is cold.
  const Service service{.keep_alive = Seconds(60), .every = Seconds(0.001)};
  const Simulated simulated(chain(1), tables({{{2, 0.001}}}), Seconds(2), kCold, service);
  EXPECT_EQ(simulated.run("fastest", 10).met, 9);
}

TEST(Simulate, AStrategyThatIsToldKeepsToWhatIsWarm) {
  // 1 s for $4 or 1.5 s for $3.9, within 2 s.
  const Service service{.keep_alive = Seconds(60), .every = Seconds(0.001), .told = true};
  Simulated simulated(chain(1), tables({{{1, 4}, {1.5, 3.9}}}), Seconds(2), kCold, service);
  simulated.frontiers.heed_warm_pools(
      {.warm = simulated.options,
       .charges =
           [&](const workflow::Step&, MemoryMb memory, int cold) {
             return optimizer::cold_charge(kCold.cold, simulated.options.prices(), memory, cold);
           },
       .scatter = &simulated.scatter});
  const Result result = simulated.run("stepconf", 10);
  // The first has nothing warm, and takes the fastest: 1 + 2 s. The others stay with its pool,
  // which is warm, and are in time; 1.5 s in the other pool would take 3.5.
  EXPECT_EQ(result.met, 9);
  EXPECT_EQ(result.duration_s.p50, 1);
}

TEST(Simulate, EveryStrategyMeetsTheSameLuck) {
  // With one row a step there is nothing to choose: all strategies come to the same.
  const Simulated simulated(chain(3), tables({{{1, 0.1}}, {{2, 0.1}}, {{3, 0.1}}}, 0.3),
                            Seconds(6));
  const Result fastest = simulated.run("fastest");
  for (const char* name : {"stepconf", "clairvoyant"}) {
    EXPECT_EQ(simulated.run(name).duration_s, fastest.duration_s) << name;
    EXPECT_EQ(simulated.run(name).cost_usd, fastest.cost_usd) << name;
  }
}

TEST(Simulate, ChargedDecisionsTakeTimeAndMoneyBeforeEachStep) {
  const Simulated simulated(chain(2), tables({{{1, 0.001}}, {{1, 0.001}}}), Seconds(9));
  const optimizer::DecisionCharge charge = optimizer::decision_charge(simulated.options.prices());
  EXPECT_NEAR(charge.cost.value, 25e-6 + 0.2e-6, 1e-12);
  Setting setting{.truth = simulated.truth,
                  .believed = simulated.inputs,
                  .believed_charged = simulated.inputs,
                  .charge = charge};
  setting.runs = 1;
  const Result result = simulate("stepconf", setting).value();
  EXPECT_NEAR(result.duration_s.mean, 2 + 2 * 0.16, 1e-9);
  EXPECT_NEAR(result.cost_usd.mean, 0.002 + 2 * 25.2e-6, 1e-9);
  EXPECT_NEAR(simulate("fastest", setting)->duration_s.mean, 2, 1e-9);
}

TEST(Simulate, AKeptSandboxIsWarmForTheNextStepOfItsFunction) {
  workflow::Workflow twice = chain(2);
  twice.steps[1].function = "s0";
  const estimator::Noise cold{.cold = {1, Seconds(2), Seconds(2)}};
  const Simulated forgetting(twice, tables({{{1, 0.001}}}), Seconds(9), cold);
  EXPECT_NEAR(forgetting.run("fastest", 5).duration_s.mean, 6, 1e-9);
  const Simulated keeping(twice, tables({{{1, 0.001}}}), Seconds(9), cold,
                          {.keep_alive = Seconds(60)});
  EXPECT_NEAR(keeping.run("fastest", 5).duration_s.mean, 4, 1e-9);
}

TEST(Simulate, EndsWhereItIsToldTo) {
  const Simulated simulated(chain(1), tables({{{1, 0.001}}}), Seconds(9));
  Setting setting{
      .truth = simulated.truth, .believed = simulated.inputs, .believed_charged = simulated.inputs};
  int last = 0;
  setting.go_on = [&](int done) {
    last = done;
    return done < 7;
  };
  EXPECT_FALSE(simulate("stepconf", setting));
  EXPECT_EQ(last, 7);
}

TEST(Simulate, RefusesUnknownNames) {
  const Simulated simulated(chain(1), tables({{{1, 0.001}}}), Seconds(9));
  EXPECT_THROW(simulated.run("clairvoyent"), InvalidInput);
}

TEST(Simulate, GoesOneWayOfAChoiceInEachExecutionAsOftenAsItsShare) {
  // s0 (1 s, $1) in four of five executions, else s1 (4 s, $2).
  workflow::Workflow either = chain(2);
  either.graph = workflow::Graph(2);
  either.choices = {{"X", 1, {{"s0", 0.8, {0}}, {"s1", 0.2, {1}}}}};
  either.steps[0].probability = 0.8;
  either.steps[1].probability = 0.2;
  const Simulated simulated(either, tables({{{1, 1}}, {{4, 2}}}), Seconds(2));
  for (const char* name : {"stepconf", "exact", "optimal", "fastest", "clairvoyant"}) {
    const Result result = simulated.run(name, 4000);
    EXPECT_NEAR(result.attainment, 0.8, 0.03) << name;
    // Every execution goes one way and no other.
    EXPECT_NEAR(result.cost_usd.mean, result.attainment * 1 + (1 - result.attainment) * 2, 1e-9);
  }
}

TEST(Simulate, PassesByTheStepsOfAWayNotTakenAndGoesOn) {
  // s1 runs in half of the executions between s0 and s2: 3 s or 2 s.
  workflow::Workflow skipping = chain(3);
  skipping.choices = {{"X", 1, {{"s1", 0.5, {1}}, {"s2", 0.5, {}}}}};
  skipping.steps[1].probability = 0.5;
  const Simulated simulated(skipping, tables({{{1, 1}}, {{1, 1}}, {{1, 1}}}), Seconds(9));
  const Result result = simulated.run("exact", 1000);
  EXPECT_EQ(result.duration_s.p5, 2);
  EXPECT_EQ(result.duration_s.p95, 3);
  EXPECT_NEAR(result.cost_usd.mean, 2.5, 0.05);
}

TEST(Distribution, InterpolatesBetweenRanks) {
  // Place 0.05 x 4 = 0.2 between 1 and 2, and so on.
  const Distribution values = distribution_of({5, 1, 3, 2, 4});
  EXPECT_EQ(values.mean, 3);
  EXPECT_NEAR(values.p5, 1.2, 1e-12);
  EXPECT_EQ(values.p50, 3);
  EXPECT_NEAR(values.p95, 4.8, 1e-12);
}

// In every single run: no strategy that meets the SLO is cheaper than the clairvoyant, and where
// the clairvoyant misses it, all do.
RC_GTEST_PROP(Clairvoyant, IsABoundInEveryRun, ()) {
  const int steps = *rc::gen::inRange(1, 4);
  std::vector<std::vector<Row>> rows(steps);
  for (auto& table : rows) {
    const int options = *rc::gen::inRange(1, 5);
    for (int i = 0; i < options; ++i) {
      table.push_back({*rc::gen::inRange(1, 40) / 10.0, *rc::gen::inRange(1, 40) / 1000.0,
                       *rc::gen::inRange(1, 4)});
    }
  }
  workflow::Workflow workflow = chain(steps);
  if (steps == 3 && *rc::gen::arbitrary<bool>()) {
    workflow.graph = workflow::Graph(3);
    workflow.graph.add_edge(0, 2);
    workflow.graph.add_edge(1, 2);
  }
  const Seconds slo(*rc::gen::inRange(5, 80) / 10.0);
  Simulated simulated(
      workflow, tables(rows, 0.3), slo,
      estimator::Noise{.outliers = {.probability = 0.2}, .cold = {0.2, Seconds(0.1), Seconds(1)}});
  Clairvoyant clairvoyant(simulated.truth, slo);
  Player player(simulated.truth);
  const auto policy = optimizer::prepare("stepconf", simulated.inputs);
  for (std::uint64_t execution = 0; execution < 10; ++execution) {
    cache::InMemoryCache cache;
    const Execution other = player.play(*policy->begin(cache), {}, 5, execution);
    const Execution bound = player.play(*clairvoyant.begin(5, execution), {}, 5, execution);
    if (other.duration > slo) continue;
    RC_ASSERT(bound.duration <= slo + Seconds(1e-6));
    RC_ASSERT(bound.cost.value <= other.cost.value + 1e-12);
  }
}

}  // namespace
}  // namespace stepconf::simulation
