#include "stepconf/configurator/configurator.h"

#include <gtest/gtest.h>

#include "stepconf/configurator/log_line.h"
#include "tests/configurator/fake_table.h"
#include "tests/configurator/fixtures.h"

namespace stepconf::configurator {
namespace {

using testing::FakeTable;

TEST(Configurator, AnswersWithTheFunctionForTheChosenSize) {
  Configurator configurator = testing::configurator();
  const Verdict verdict = configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr);
  ASSERT_TRUE(verdict.chosen);
  EXPECT_EQ(verdict.why_safe, "");
  EXPECT_EQ(verdict.dispatch.function,
            "arn:fan:mem-" + std::to_string(verdict.chosen->memory.value));
  EXPECT_EQ(verdict.dispatch.size,
            (64 + verdict.chosen->instances - 1) / verdict.chosen->instances);
}

TEST(Configurator, GivesLessTimeAFasterConfiguration) {
  Configurator configurator = testing::configurator();
  const auto seconds = [&](std::int64_t entered) {
    return configurator.decide(testing::event("fan", 64, entered), Mode::on, nullptr)
        .decision->duration->count();
  };
  EXPECT_LT(seconds(7000), seconds(1000));
}

// Much time: the cheapest configuration, which is the same whether its decision counts or not.
TEST(Configurator, PlansForTheTimeThatDecisionsTakeWhereThePlanSaysSo) {
  const auto expected = [](bool charged) {
    Configurator decides(testing::deployment(),
                         compiled::testing::plan({Seconds(1e6), "", 0.95, 0, "stepconf", charged}),
                         "plan");
    return *decides.decide(testing::event("fan", 40, 0), Mode::on, nullptr).decision->duration;
  };
  EXPECT_NEAR((expected(true) - expected(false)).count(), 0.16, 1e-9);
}

TEST(Configurator, RunsSafelyWhereNothingIsToBeDecided) {
  Configurator configurator = testing::configurator();
  const estimator::Configuration safe = testing::safe();
  const auto why = [&](Event event, Mode mode) {
    const Verdict verdict = configurator.decide(std::move(event), mode, nullptr);
    // 64 jobs for 4 instances: 16 each.
    EXPECT_EQ(verdict.dispatch.function, "arn:fan:mem-" + std::to_string(safe.memory.value));
    EXPECT_EQ(verdict.dispatch.processes, safe.processes);
    EXPECT_EQ(verdict.dispatch.size, 16);
    return verdict.why_safe;
  };
  EXPECT_EQ(why(testing::event("fan", 64, 1000), Mode::off), "off");
  EXPECT_EQ(why(testing::event("fan", 64, 1000), Mode::observe), "observed only");
  Event hostile = testing::event("fan", 64, 1000);
  hostile.fault = "the event lacks started";
  EXPECT_EQ(why(hostile, Mode::on), "the event lacks started");
}

TEST(Configurator, ObservesWhatItWouldHaveChosen) {
  Configurator configurator = testing::configurator();
  const Verdict on = configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr);
  const Verdict seen = configurator.decide(testing::event("fan", 64, 1000), Mode::observe, nullptr);
  EXPECT_EQ(seen.chosen, on.chosen);
}

TEST(Configurator, LetsTheEventsModeCountBeforeTheStandingOne) {
  Configurator configurator = testing::configurator();
  Event event = testing::event("fan", 64, 1000);
  event.mode = Mode::off;
  EXPECT_EQ(configurator.decide(event, Mode::on, nullptr).why_safe, "off");
}

TEST(Configurator, RunsSafelyWithoutAPlan) {
  Configurator configurator(testing::deployment(), std::nullopt, "", "stepconf.plan: is damaged");
  const Verdict verdict = configurator.decide(testing::event("fan", 64, 0), Mode::on, nullptr);
  EXPECT_EQ(verdict.why_safe, "stepconf.plan: is damaged");
  EXPECT_EQ(verdict.dispatch.size, 16);
}

TEST(Configurator, RefusesAStepThatWasNotDeployed) {
  Configurator configurator = testing::configurator();
  EXPECT_THROW(configurator.decide(testing::event("fun", 1, 0), Mode::on, nullptr), InvalidEvent);
}

TEST(Configurator, AsksForNoBatchWhereThereAreNoJobs) {
  Configurator configurator = testing::configurator();
  const Verdict verdict = configurator.decide(testing::event("fan", 0, 0), Mode::on, nullptr);
  EXPECT_EQ(verdict.why_safe, "no jobs");
  EXPECT_EQ(verdict.dispatch.instances, 0);
  EXPECT_EQ(verdict.dispatch.size, 1);
}

TEST(Configurator, TakesTheExpectedJobsWhereNobodyCounted) {
  Configurator configurator = testing::configurator();
  Event event = testing::event("fan", 1, 1000);
  event.jobs.reset();
  EXPECT_EQ(configurator.decide(event, Mode::on, nullptr).jobs, 64);
}

TEST(Configurator, KeepsToTheExecutionsOwnSlo) {
  Configurator configurator = testing::configurator();
  Event event = testing::event("fan", 64, 1000);
  event.slo = Seconds(60);
  const Verdict verdict = configurator.decide(event, Mode::on, nullptr);
  EXPECT_EQ(verdict.time_left, Seconds(59));
  EXPECT_GT(
      verdict.decision->duration,
      configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr).decision->duration);
}

TEST(Configurator, IsLateOnceTheSloIsPast) {
  Configurator configurator = testing::configurator();
  EXPECT_TRUE(configurator.decide(testing::event("join", 1, 12'001), Mode::on, nullptr).late());
  EXPECT_FALSE(configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr).late());
}

TEST(Configurator, AnswersARepeatedQuestionTheSame) {
  FakeTable table;
  Configurator first = testing::configurator(testing::with_table());
  Configurator second = testing::configurator(testing::with_table());
  const Verdict once = first.decide(testing::event("fan", 64, 1000), Mode::on, &table);
  const Verdict again = second.decide(testing::event("fan", 64, 1000), Mode::on, &table);
  EXPECT_FALSE(once.repeated);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.dispatch, once.dispatch);
  EXPECT_EQ(table.calls, 3) << "two round trips, and one for the repetition";
}

TEST(Configurator, DecidesAnewOnWhatTheWinnerWrote) {
  FakeTable table;
  Configurator winner = testing::configurator(testing::with_table());
  Configurator loser = testing::configurator(testing::with_table());
  // Between the loser's reading and writing, the same question is answered by another process.
  table.before_apply = [&] {
    table.before_apply = nullptr;
    EXPECT_EQ(winner.decide(testing::event("fan", 64, 1000), Mode::on, &table).why_safe, "");
  };
  const Verdict verdict = loser.decide(testing::event("fan", 64, 1000), Mode::on, &table);
  EXPECT_EQ(verdict.rounds, 1);
  EXPECT_TRUE(verdict.repeated);
  EXPECT_EQ(table.executions.at("execution").version, 1U);
}

TEST(Configurator, MakesAStrategyThatRemembersDecideAnewAfterAnyOther) {
  FakeTable table;
  Configurator other = testing::configurator(testing::with_table(), "plan", "exact");
  Configurator configurator = testing::configurator(testing::with_table(), "plan", "exact");
  table.before_apply = [&] {
    table.before_apply = nullptr;
    other.decide(testing::event("split", 1, 0), Mode::on, &table);
  };
  EXPECT_EQ(configurator.decide(testing::event("fan", 64, 1000), Mode::on, &table).rounds, 2);
}

TEST(Configurator, RunsSafelyWhereTheTableDoesNotAnswer) {
  FakeTable table;
  table.fault = "timed out after 0.2 s";
  Configurator configurator = testing::configurator(testing::with_table());
  EXPECT_EQ(configurator.decide(testing::event("fan", 64, 1000), Mode::on, &table).why_safe,
            "timed out after 0.2 s");
  EXPECT_EQ(configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr).why_safe,
            "the table cannot be reached");
}

TEST(Configurator, RunsSafelyWhereTheStateWasDamaged) {
  FakeTable table;
  Configurator configurator = testing::configurator(testing::with_table());
  configurator.decide(testing::event("split", 1, 0), Mode::on, &table);
  table.executions.at("execution").texts.begin()->second[1] = '7';
  EXPECT_NE(configurator.decide(testing::event("fan", 64, 1000), Mode::on, &table)
                .why_safe.find("damaged"),
            std::string::npos);
}

TEST(Configurator, BeginsAnewWhereAnotherPlanHadDecided) {
  FakeTable table;
  Configurator before = testing::configurator(testing::with_table(), "another plan");
  before.decide(testing::event("fan", 64, 1000), Mode::on, &table);
  Configurator configurator = testing::configurator(testing::with_table());
  const Verdict verdict = configurator.decide(testing::event("fan", 64, 1000), Mode::on, &table);
  EXPECT_FALSE(verdict.repeated);
  EXPECT_EQ(table.executions.at("execution").version, 2U);
}

TEST(Configurator, NeedsNoTableForAPlanMadeBeforehand) {
  FakeTable table;
  Configurator configurator = testing::configurator(testing::with_table(), "plan", "static");
  EXPECT_EQ(configurator.decide(testing::event("fan", 64, 1000), Mode::on, &table).why_safe, "");
  EXPECT_EQ(table.calls, 0);
}

TEST(Configurator, LetsTheStateTravelWithTheExecution) {
  Deployment deployment = testing::deployment();
  deployment.cache.kind = CacheSettings::Kind::execution;
  Configurator configurator = testing::configurator(deployment);
  const Json first = answer(configurator.decide(testing::event("split", 1, 0), Mode::on, nullptr));
  Event next = testing::event("split", 1, 0);
  next.cache = first.at("cache").get<std::string>();
  const Verdict again = configurator.decide(next, Mode::on, nullptr);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.cache, next.cache);
  next.mode = Mode::off;
  EXPECT_EQ(configurator.decide(next, Mode::on, nullptr).cache, next.cache) << "it goes on its way";
}

TEST(Configurator, RunsSafelyWhereAChosenSizeWasNotDeployed) {
  Deployment deployment = testing::deployment();
  std::erase_if(deployment.steps.find("fan")->second.functions,
                [](const auto& entry) { return entry.first != testing::safe().memory; });
  Configurator configurator = testing::configurator(deployment);
  const Verdict verdict = configurator.decide(testing::event("fan", 64, 7000), Mode::on, nullptr);
  EXPECT_NE(verdict.why_safe.find("no function was deployed"), std::string::npos)
      << verdict.why_safe;
}

}  // namespace
}  // namespace stepconf::configurator
