#include "stepconf/percentile/chances.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "stepconf/base/error.h"
#include "stepconf/percentile/price.h"
#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;

TEST(Chances, AreThoseOfTheDurations) {
  // In the two worst bins, of 0.012 and 0.008, the step takes 5 s: at 4 s left it misses then.
  Pricing pricing({leaf(0), {{mostly(1, 5, 2, 1)}}, 6},
                  {.resolution = {128, 16, 16}, .runs = 4000});
  const Chances chances = pricing.chances(pricing.at(0));
  const Alternative& alternative = pricing.problem().alternatives[0][0];
  EXPECT_NEAR(chances.with(alternative, 0, 0, 4), 0.98, 1e-6);
  EXPECT_NEAR(chances.with(alternative, 0, 0, 5.5), 1, 1e-6);
  EXPECT_NEAR(chances.with(alternative, 0, 0, 0.5), 0, 1e-6);
  // Before the step: the share of runs, some of them delayed.
  EXPECT_NEAR(chances.of(0, 0, 3.5), 0.98, 0.02);
  EXPECT_NEAR(chances.of(0, 0, 6), 1, 1e-6);
}

TEST(Chances, KnowThatSiblingsMayBeLate) {
  // Whatever the first branch does, the second is too late in one run of six: .08 + .04 + .02 + ...
  Pricing pricing({parallel({leaf(0), leaf(1)}), {{certain(1, 1)}, {mostly(1, 5, 5, 1)}}, 4},
                  {.resolution = {128, 16, 16}, .runs = 8000});
  const Chances chances = pricing.chances(pricing.at(0));
  const Chains::Place place = pricing.chains().places[0];
  const Due due = pricing.at(0).tables->fork(0, 0, {4, 0}, 4);
  EXPECT_NEAR(chances.with(certain(1, 1), place.chain, place.element, due.target), 0.84, 0.02);
}

Tree random_tree(std::mt19937_64& random, int steps, int& next, bool in_series) {
  if (steps == 1) return leaf(next++);
  const int first = 1 + static_cast<int>(random() % (steps - 1));
  std::vector<Tree> parts;
  parts.push_back(random_tree(random, first, next, !in_series));
  parts.push_back(random_tree(random, steps - first, next, !in_series));
  return in_series ? series(std::move(parts)) : parallel(std::move(parts));
}

// Of runs with other luck, at every element of every chain: the mean of the chances given is the
// share that met the SLO.
RC_GTEST_PROP(Chances, AreHonest, ()) {
  std::mt19937_64 random(*rc::gen::inRange<std::uint64_t>(0, 1000));
  int next = 0;
  Problem problem{random_tree(random, 6, next, true), {}, 1};
  for (int step = 0; step < 6; ++step) problem.alternatives.push_back(scattering(random));
  problem.slo = 2 * lay_out(problem).chains[0].fastest_seconds;
  Pricing pricing(problem, {.resolution = {128, 16, 16}, .runs = 6000});
  const Promise& promise = pricing.at(0.25);
  const Chances chances = pricing.chances(promise);
  const Rehearsal other(pricing.problem(), pricing.chains(), 3000, 77);
  std::map<std::pair<int, int>, std::pair<double, double>> given_and_met;
  std::vector<Rehearsal::Passed> passed;
  for (int run = 0; run < other.runs(); ++run) {
    passed.clear();
    const double met = other.watch(*promise.tables, run, {}, passed) ? 1 : 0;
    for (const Rehearsal::Passed& at : passed) {
      auto& [given, share] = given_and_met[{at.chain, at.element}];
      given += chances.of(at.chain, at.element, at.x) / other.runs();
      share += met / other.runs();
    }
  }
  for (const auto& [place, both] : given_and_met) {
    RC_LOG() << place.first << " " << place.second << ": " << both.first << " given, "
             << both.second << " met";
    RC_ASSERT(std::abs(both.first - both.second) < 0.03);
  }
}

TEST(Chances, ComeBackBitByBitAndAreCheckedWhenRead) {
  Pricing pricing({leaf(0), {{mostly(1, 5, 2, 1)}}, 6}, {.resolution = {16, 3, 4}, .runs = 400});
  ByteWriter writer;
  pricing.chances(pricing.at(0)).write(writer);
  const std::string good = writer.take();
  ByteReader reader(good);
  ByteWriter again;
  Chances::read(reader, pricing.chains(), 6, "p").write(again);
  EXPECT_EQ(again.take(), good);
  for (std::size_t size = 0; size < good.size(); size += 7) {
    ByteReader shorter(std::string_view(good).substr(0, size));
    EXPECT_THROW(Chances::read(shorter, pricing.chains(), 6, "p"), InvalidInput) << size;
  }
  // The first knot's chance, 4 bytes behind its time, becomes 2^64 or so.
  std::string wrong = good;
  wrong[8] = 0x5f;
  ByteReader hostile(wrong);
  EXPECT_THROW(Chances::read(hostile, pricing.chains(), 6, "p"), InvalidInput);
}

}  // namespace
}  // namespace stepconf::percentile
