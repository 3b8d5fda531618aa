#include "stepconf/optimizer/stepconf_strategy.h"

#include <gtest/gtest.h>

#include <limits>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using testing::Row;
using testing::TableOptions;
using workflow::testing::graph;
using workflow::testing::step;
using workflow::testing::steps;

// A workflow with its tables, a cache and the strategy.
struct Trial {
  Trial(const std::string& chains, std::vector<std::vector<Row>> tables, double slo)
      : workflow(testing::workflow_of(graph(chains))),
        options(workflow, std::move(tables)),
        frontiers(workflow, options),
        strategy(frontiers, Seconds(slo), cache) {}

  Decision ask(const char* name, double now, int jobs = 4) {
    return strategy.decide({step(name), jobs, Seconds(now)});
  }
  double latest_finish(const char* name) {
    return cache.find(step(name)).sub_graph->latest_finish.count();
  }

  workflow::Workflow workflow;
  TableOptions options;
  cache::InMemoryCache cache;
  Frontiers frontiers;
  StepConfStrategy strategy;
};

// One row each: weights without choice.
std::vector<std::vector<Row>> weights(std::initializer_list<double> seconds) {
  std::vector<std::vector<Row>> tables;
  for (const double s : seconds) tables.push_back({{s, 1}});
  return tables;
}

// Products of cost and duration: 6, 4, 6, so theta* takes 2 s.
const std::vector<Row> kTwo = {{1, 6}, {2, 2}, {4, 1.5}};
// 18, 12, 16: theta* takes 4 s.
const std::vector<Row> kFour = {{2, 9}, {4, 3}, {8, 2}};

TEST(StepConf, SharesTheTimeLeftOfAChainByTheMostCostEffectiveDurations) {
  Trial trial("a -> b", {kTwo, kFour}, 9);
  // 9 s * 2 / (2 + 4) = 3 s: 2 s for $2 fits, 4 s does not.
  const Decision a = trial.ask("a", 0);
  EXPECT_DOUBLE_EQ(a.sub_slo->count(), 3);
  EXPECT_EQ(a.duration, Seconds(2));
  EXPECT_EQ(a.cost, Usd{2});
  EXPECT_EQ(a.configuration.memory, MemoryMb{256});
  EXPECT_EQ(explain(a),
            "cheapest of 2 within 3.00 s; the next cheaper, 384x1x1, would take 4.00 s");
  // b is alone with what is left: 9 - 2 = 7 s.
  const Decision b = trial.ask("b", 2);
  EXPECT_DOUBLE_EQ(b.sub_slo->count(), 7);
  EXPECT_EQ(b.duration, Seconds(4));
}

TEST(StepConf, UsesWhatAFastStepLeftAndCatchesUpAfterASlowOne) {
  Trial trial("a -> b", {kTwo, kFour}, 9);
  trial.ask("a", 0);
  const Decision early = trial.ask("b", 1);
  EXPECT_EQ(early.duration, Seconds(8));
  EXPECT_EQ(explain(early), "cheapest of all, and within 8.00 s");
  const Decision late = trial.ask("b", 8);
  EXPECT_EQ(late.duration, Seconds(2));
  EXPECT_EQ(explain(late), "nothing takes at most 1.00 s: the fastest, to catch up");
  const Decision over = trial.ask("b", 10);
  EXPECT_EQ(over.sub_slo, Seconds(0));
  EXPECT_EQ(over.duration, Seconds(2));
  EXPECT_EQ(explain(over), "no time is left: the fastest, to catch up");
}

TEST(StepConf, NamesNoShareOfATimeWithoutLimit) {
  const Decision decision =
      Trial("a -> b", {kTwo, kFour}, std::numeric_limits<double>::max()).ask("a", 0);
  EXPECT_EQ(decision.duration, Seconds(4));
  EXPECT_FALSE(decision.sub_slo);
  EXPECT_EQ(explain(decision), "cheapest of all");
}

TEST(StepConf, SaysWhyInASentenceForPeople) {
  const auto reason = [](std::vector<Row> table, double slo) {
    return explain(Trial("a", {std::move(table)}, slo).ask("a", 0));
  };
  EXPECT_EQ(reason({{1, 1}}, 9), "the only configuration");
  EXPECT_EQ(reason({{1, 1}}, 0.5), "the only configuration; takes longer than its share of 500 ms");
  EXPECT_EQ(reason({{1, 1}, {2, 2}}, 9), "both the fastest and the cheapest configuration");
  EXPECT_EQ(reason(kTwo, 1.5),
            "the fastest, to be within 1.50 s; the next cheaper, 256x1x1, would take 2.00 s");
}

TEST(StepConf, WeighsTheStepByTheJobsThatItHasAndOthersByTheJobsExpected) {
  Trial trial("a -> b", {kTwo, kFour}, 12);
  // 8 instead of 4 jobs: theta* takes 4 s; 12 * 4 / (4 + 4) = 6 s; the options take 2, 4 and 8 s.
  const Decision a = trial.ask("a", 0, 8);
  EXPECT_DOUBLE_EQ(a.sub_slo->count(), 6);
  EXPECT_EQ(a.duration, Seconds(4));
}

TEST(StepConf, DividesADiamond) {
  // Products of c: 4, 2, 2.7; of d: 5, 4, 6. Both take 2 s at theta*.
  Trial trial("a -> b -> d, a -> c -> d",
              {kTwo, kFour, {{1, 4}, {2, 1}, {3, 0.9}}, {{1, 5}, {2, 2}, {6, 1}}}, 16);
  // Critical path a b d of 2 + 4 + 2 = 8 s: 2 s for each second of weight; a gets 4 s.
  const Decision a = trial.ask("a", 0);
  EXPECT_DOUBLE_EQ(a.sub_slo->count(), 4);
  EXPECT_EQ(a.duration, Seconds(4));
  // d is planned to start at 16 - 2 * 2 = 12: c's latest finish.
  EXPECT_DOUBLE_EQ(trial.latest_finish("c"), 12);
  EXPECT_EQ(trial.cache.find(step("c")).sub_graph->steps, steps("c"));
  EXPECT_EQ(trial.cache.find(step("b")).sub_graph->steps, steps("b d"));
  // 12 s * 4 / 6 = 8 s.
  const Decision b = trial.ask("b", 4);
  EXPECT_DOUBLE_EQ(b.sub_slo->count(), 8);
  EXPECT_EQ(b.duration, Seconds(8));
  const Decision c = trial.ask("c", 4);
  EXPECT_DOUBLE_EQ(c.sub_slo->count(), 8);
  EXPECT_EQ(c.duration, Seconds(3));
  const Decision d = trial.ask("d", 12);
  EXPECT_DOUBLE_EQ(d.sub_slo->count(), 4);
  EXPECT_EQ(d.duration, Seconds(2));
}

TEST(StepConf, GivesEachOfTwoAdjacentParallelBlocksItsOwnDeadline) {
  Trial trial("a -> b -> d, a -> c -> d, b -> e, c -> e", weights({1, 4, 2, 3, 1}), 16);
  // Path a b d of 8 s, 2 s each. c leads into d first, planned at 16 - 2 * 3; e leads into none.
  trial.ask("a", 0);
  EXPECT_DOUBLE_EQ(trial.latest_finish("c"), 10);
  EXPECT_DOUBLE_EQ(trial.latest_finish("e"), 16);
  EXPECT_EQ(trial.cache.find(step("e")).sub_graph->steps, steps("e"));
}

TEST(StepConf, LeavesTimeForWhatAStepBesideThePathLeadsInto) {
  // Path a m=b l=c e=d: 1 + 10 + 1 + 4 = 16 s, 2 s each; c starts at 22, d at 24.
  // x=e leads into c, and into y=f, which needs 5 * 2 s before d: x must end by 24 - 10 = 14.
  Trial trial("a -> b -> c -> d, a -> e -> c, e -> f -> d", weights({1, 10, 1, 4, 1, 5}), 32);
  trial.ask("a", 0);
  EXPECT_DOUBLE_EQ(trial.latest_finish("e"), 14);
  EXPECT_DOUBLE_EQ(trial.latest_finish("f"), 24);
}

TEST(StepConf, StartsAtAVirtualEntryWhereSeveralStepsAreFirst) {
  // Path b c of 8 s, 2 s each, c planned at 10: what a has until then is all its own.
  Trial trial("a -> c, b -> c", weights({2, 5, 3}), 16);
  EXPECT_DOUBLE_EQ(trial.ask("a", 0).sub_slo->count(), 10);
  EXPECT_DOUBLE_EQ(trial.ask("b", 0).sub_slo->count(), 10);
  EXPECT_DOUBLE_EQ(trial.ask("c", 10).sub_slo->count(), 6);
}

TEST(StepConf, DividesAComponentWithSeveralEntriesAgain) {
  // Path a b f: 2 + 20 + 2 = 24 s, 2 s each; f starts at 44. Beside it c and d lead into e, e into
  // f.
  Trial trial("a -> b -> f, a -> c -> e -> f, a -> d -> e", weights({2, 20, 3, 6, 4, 2}), 48);
  trial.ask("a", 0);
  EXPECT_EQ(trial.cache.find(step("d")).sub_graph->steps, steps("c d e"));
  // At 4, 40 s are left for d e (10 s of weight), 4 s each; e starts at 44 - 16 = 28.
  EXPECT_DOUBLE_EQ(trial.ask("c", 4).sub_slo->count(), 24);
  EXPECT_DOUBLE_EQ(trial.ask("d", 4).sub_slo->count(), 24);
  EXPECT_DOUBLE_EQ(trial.latest_finish("e"), 44);
}

TEST(StepConf, TreatsPartsWithoutConnectionAlone) {
  Trial trial("a -> b, c", weights({1, 1, 1}), 10);
  EXPECT_DOUBLE_EQ(trial.ask("c", 0).sub_slo->count(), 10);
  EXPECT_DOUBLE_EQ(trial.ask("a", 0).sub_slo->count(), 5);
}

TEST(StepConf, CountsAStepThatIsNotAskedAboutAsOverOnceItsSuccessorIsReady) {
  // a has no jobs or is foreign; it ended at 4. Left is path c d of 6 s with 12 s; d starts at 12.
  Trial trial("a -> b -> d, a -> c -> d", weights({2, 1, 4, 2}), 16);
  EXPECT_DOUBLE_EQ(trial.ask("b", 4).sub_slo->count(), 8);
  EXPECT_DOUBLE_EQ(trial.ask("c", 4).sub_slo->count(), 8);
}

TEST(StepConf, DecidesARetryOnTheSameDeadlineAndDividesWhatLiesAheadAnew) {
  Trial trial("a -> b -> d, a -> c -> d", weights({2, 4, 2, 2}), 16);
  EXPECT_DOUBLE_EQ(trial.ask("a", 0).sub_slo->count(), 4);
  // 12 s left for 8 s of weight: 3 s for a; d is now planned at 16 - 1.5 * 2.
  EXPECT_DOUBLE_EQ(trial.ask("a", 4).sub_slo->count(), 3);
  EXPECT_DOUBLE_EQ(trial.latest_finish("c"), 13);
}

TEST(StepConf, ForgetsTheWaysOfAChoiceThatWereNotTaken) {
  // b or c behind a choice: an execution asks about one of them.
  Trial trial("a -> b -> d, a -> c -> d", weights({2, 4, 2, 2}), 16);
  trial.ask("a", 0);
  // Beside the critical path a b d: c alone, due when d is planned to start, 16 - 2 * 2.
  const Decision c = trial.ask("c", 4);
  EXPECT_DOUBLE_EQ(c.sub_slo->count(), 8);
  EXPECT_EQ(trial.cache.find(step("c")).sub_graph->steps, steps("c"));
  // d has all the time that is left, though nobody asked about b.
  const Decision d = trial.ask("d", 6);
  EXPECT_DOUBLE_EQ(d.sub_slo->count(), 10);
}

// Lets another decision come between find and store, once.
class ContendedCache final : public GlobalCache {
 public:
  Entry find(workflow::StepId id) override { return cache_.find(id); }
  bool store(std::uint64_t version, std::vector<SubGraph> sub_graphs) override {
    if (!contended_) {
      contended_ = true;
      EXPECT_TRUE(cache_.store(version, {{steps("a b c"), Seconds(8)}}));
    }
    return cache_.store(version, std::move(sub_graphs));
  }

 private:
  cache::InMemoryCache cache_;
  bool contended_ = false;
};

TEST(StepConf, DecidesAgainOnWhatAnotherDecisionStoredInBetween) {
  const workflow::Workflow workflow = testing::workflow_of(graph("a -> b, a -> c"));
  const TableOptions options(workflow, weights({1, 1, 1}));
  Frontiers frontiers(workflow, options);
  ContendedCache cache;
  StepConfStrategy strategy(frontiers, Seconds(16), cache);
  EXPECT_EQ(strategy.decide({0, 4, Seconds(0)}).sub_slo, Seconds(4));
}

TEST(StepConf, RefusesQuestionsThatMakeNoSense) {
  Trial trial("a -> b", {kTwo, kFour}, 9);
  EXPECT_THROW(trial.strategy.decide({2, 4, Seconds(0)}), Error);
  EXPECT_THROW(trial.strategy.decide({0, 0, Seconds(0)}), Error);
}

}  // namespace
}  // namespace stepconf::optimizer
