#include "examples/primes/primes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "stepconf/runtime/serve.h"

namespace primes {
namespace {

using examples::Workers;
using stepconf::Json;
using stepconf::runtime::HandlerError;

TEST(SmallestDivisor, IsRightForNumbersWhoseDivisorsAreKnown) {
  // OEIS A020639; 561, 41041 and 825265 are Carmichael numbers; 2147483647 is a Mersenne prime;
  // the last ones are 10^12 + 39, the first prime above 10^12, and two products of large primes.
  const std::map<std::uint64_t, std::uint64_t> known{
      {0, 1},
      {1, 1},
      {2, 2},
      {3, 3},
      {4, 2},
      {9, 3},
      {25, 5},
      {35, 5},
      {49, 7},
      {121, 11},
      {561, 3},
      {41041, 7},
      {825265, 5},
      {7919, 7919},
      {2147483647, 2147483647},
      {1000000000039, 1000000000039},
      {999983ULL * 999979ULL, 999979},
      {1000003ULL * 1000003ULL, 1000003},
  };
  for (const auto& [number, divisor] : known) EXPECT_EQ(smallest_divisor(number), divisor);
}

TEST(Check, FindsTheFirst168Primes) {
  Json numbers = Json::array();
  for (int number = 0; number <= 1000; ++number) numbers.push_back(number);
  const Json found = check({{"numbers", numbers}})["primes"];
  EXPECT_EQ(found.size(), 168);  // pi(1000)
  EXPECT_EQ(found.front(), 2);
  EXPECT_EQ(found.back(), 997);
}

TEST(CheckMulticore, FindsTheSameWhateverItsRatioAndThreads) {
  const Json numbers{7, 8, 999983, 999985, 11, 2, 1, 13};
  const Json wanted{{"primes", {7, 999983, 11, 2, 13}}};
  for (const double ratio : {0.0, 0.3, 0.5, 1.0}) {
    for (const int threads : {1, 2, 5}) {
      Workers workers(threads);
      EXPECT_EQ(check_multicore({{"numbers", numbers}, {"ratio", ratio}}, workers), wanted);
    }
  }
  Workers workers(3);
  EXPECT_EQ(check_multicore({{"numbers", numbers}}, workers), wanted);
}

TEST(Check, NamesWhatIsWrongWithAnEvent) {
  Workers workers(1);
  for (const Json& event : {Json(1), Json::object(), Json{{"numbers", 7}}, Json{{"numbers", {-7}}},
                            Json{{"numbers", {7}}, {"ratio", 2}}}) {
    try {
      check_multicore(event, workers);
      ADD_FAILURE() << event;
    } catch (const HandlerError& error) {
      EXPECT_EQ(error.type(), "InvalidEvent");
    }
  }
}

TEST(Workers, DoEachTaskOnceInEachThreadAndStayForTheNext) {
  Workers workers(4);
  for (int round = 0; round < 100; ++round) {
    std::mutex mutex;
    std::multiset<std::thread::id> seen;
    workers.run([&] {
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
    ASSERT_EQ(seen.size(), 4u);
    ASSERT_EQ((std::set<std::thread::id>(seen.begin(), seen.end()).size()), 4u);
  }
}

TEST(ThreadsFor, GivesOneForEachVcpuOfTheMemorySize) {
  EXPECT_EQ(examples::threads_for(nullptr), 1);
  EXPECT_EQ(examples::threads_for("512"), 1);
  EXPECT_EQ(examples::threads_for("1769"), 1);
  EXPECT_EQ(examples::threads_for("3538"), 2);
  EXPECT_EQ(examples::threads_for("10240"), 6);
}

}  // namespace
}  // namespace primes
