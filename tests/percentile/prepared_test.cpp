// What is read back of a policy, and what a reader refuses.
#include "stepconf/percentile/prepared.h"

#include <gtest/gtest.h>

#include <random>

#include "stepconf/base/error.h"
#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;

// A fork of two branches, one with a choice in it, between two steps.
struct Made {
  Problem problem;
  Chains chains;
  Promise promise;
  Chances chances;
  PreparedKey key;
  std::string bytes;
};

const Made& prepared() {
  static const Made made = [] {
    std::mt19937_64 random(5);
    Problem problem{
        series({leaf(0),
                parallel({leaf(1), series({leaf(2), choice({leaf(3), leaf(4)}, {0.25, 0.5})})}),
                leaf(5)}),
        {},
        9};
    for (int step = 0; step < 6; ++step) problem.alternatives.push_back(scattering(random));
    Pricing pricing(problem, {.resolution = {16, 3, 4}, .runs = 200});
    const Promise promise = pricing.attain(0.9);
    const PreparedKey key{fingerprint(problem), 0.9};
    const Chances chances = pricing.chances(promise);
    return Made{problem, lay_out(problem), promise, chances, key, to_bytes(key, promise, chances)};
  }();
  return made;
}

std::optional<Prepared> find(std::string_view bytes, const PreparedKey& key) {
  return find_prepared(bytes, key, prepared().problem, prepared().chains);
}

TEST(Prepared, ComesBackBitByBit) {
  const auto found = find(prepared().bytes, prepared().key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->promise.log_price, prepared().promise.log_price);
  EXPECT_EQ(found->promise.predicted.attainment, prepared().promise.predicted.attainment);
  EXPECT_EQ(found->promise.predicted.usd, prepared().promise.predicted.usd);
  EXPECT_EQ(found->promise.attained, prepared().promise.attained);
  EXPECT_EQ(to_bytes(prepared().key, found->promise, found->chances), prepared().bytes);
  EXPECT_EQ(found->promise.tables->bytes(), prepared().promise.tables->bytes());
}

TEST(Prepared, IsFoundByProblemTargetAndPriceOnly) {
  PreparedKey key = prepared().key;
  key.target = 0.95;
  EXPECT_FALSE(find(prepared().bytes, key));
  EXPECT_FALSE(find("", prepared().key));
  key.log_price = prepared().promise.log_price;
  EXPECT_TRUE(find(prepared().bytes, key)) << "a price is the same whatever the target";
  ++key.problem;
  EXPECT_FALSE(find(prepared().bytes, key));
  // The second of two.
  EXPECT_TRUE(find(to_bytes(key, prepared().promise, prepared().chances) + prepared().bytes,
                   prepared().key));
  Problem other = prepared().problem;
  other.alternatives[4][1].parts[kParts - 1] *= 1.001F;
  EXPECT_NE(fingerprint(other), fingerprint(prepared().problem));
}

TEST(Prepared, CutShortAnywhereIsRefused) {
  const std::string& bytes = prepared().bytes;
  for (std::size_t size = 1; size < bytes.size(); size += size < 100 ? 1 : 97) {
    EXPECT_THROW(find(std::string_view(bytes).substr(0, size), prepared().key), InvalidInput)
        << size;
  }
}

// Tables alone, as they are or with wrong bytes, must be refused or be safe to look up.
TEST(Prepared, HostileTablesAreRefusedOrLeadNowhereElse) {
  const std::string good = prepared().promise.tables->to_bytes();
  const auto read = [&](std::string_view bytes) {
    return Tables::from_bytes(bytes, prepared().problem, prepared().chains, "p");
  };
  EXPECT_EQ(read(good).to_bytes(), good);
  EXPECT_THROW(read(good + "x"), InvalidInput);
  // The number of chains, and of the first grid its step's sign, size and classes.
  for (const std::size_t place : {8, 27, 31, 35}) {
    std::string wrong = good;
    wrong[place] = static_cast<char>(wrong[place] ^ 0xff);
    EXPECT_THROW(read(wrong), InvalidInput) << place;
  }
  for (std::size_t place = 0; place < good.size(); place += place < 200 ? 1 : 13) {
    std::string wrong = good;
    wrong[place] = static_cast<char>(wrong[place] ^ 0xff);
    try {
      const Tables tables = read(wrong);
      for (const double x : {-1e9, 0.0, 3.0, 1e9}) {
        const int chosen = tables.alternative(0, 0, 0, x);
        EXPECT_LT(static_cast<std::size_t>(chosen), prepared().problem.alternatives[0].size());
        const Due due = tables.fork(0, 1, {9, 0}, x);
        for (const int branch : prepared().chains.chains[0].elements[1].chains)
          tables.expected_usd(branch, 0, due.context, x);
      }
    } catch (const InvalidInput&) {
      // Told, not used.
    }
  }
}

}  // namespace
}  // namespace stepconf::percentile
