#include "stepconf/simulation/sandboxes.h"

#include <gtest/gtest.h>

namespace stepconf::simulation {
namespace {

using estimator::InstanceRun;

// An instance that is cold for 2 s, then works for `seconds`.
InstanceRun cold(double seconds) {
  return {.cold = true, .init = Seconds(2), .duration = Seconds(seconds)};
}

TEST(Sandboxes, AFreeOneOfTheSameFunctionAndSizeIsWarm) {
  Sandboxes sandboxes(Service{.keep_alive = Seconds(60)});
  std::vector<InstanceRun> first = {cold(1)};
  sandboxes.start("f", MemoryMb{512}, Seconds(0), first);
  EXPECT_TRUE(first[0].cold);
  // Free from 3 s on. At 2 s it is not; another size has none; at 4 s one of two finds it.
  std::vector<InstanceRun> early = {cold(1)};
  sandboxes.start("f", MemoryMb{512}, Seconds(2), early);
  EXPECT_TRUE(early[0].cold);
  std::vector<InstanceRun> other = {cold(1)};
  sandboxes.start("f", MemoryMb{1024}, Seconds(4), other);
  EXPECT_TRUE(other[0].cold);
  std::vector<InstanceRun> two = {cold(1), cold(1)};
  sandboxes.start("f", MemoryMb{512}, Seconds(4), two);
  EXPECT_FALSE(two[0].cold);
  EXPECT_TRUE(two[1].cold);
}

TEST(Sandboxes, ThoseThatAreFreeAndWarmAreCountedBySize) {
  Sandboxes sandboxes(Service{.keep_alive = Seconds(60)});
  std::vector<InstanceRun> small = {cold(1), cold(2)};  // free from 3 and 4 s on
  sandboxes.start("f", MemoryMb{512}, Seconds(0), small);
  std::vector<InstanceRun> large = {cold(7)};  // from 9 s on
  sandboxes.start("f", MemoryMb{1024}, Seconds(0), large);
  using Idle = std::map<MemoryMb, int>;
  EXPECT_EQ(sandboxes.idle("f", Seconds(2)), (Idle{}));
  EXPECT_EQ(sandboxes.idle("f", Seconds(3.5)), (Idle{{MemoryMb{512}, 1}}));
  EXPECT_EQ(sandboxes.idle("f", Seconds(10)), (Idle{{MemoryMb{512}, 2}, {MemoryMb{1024}, 1}}));
  EXPECT_EQ(sandboxes.idle("f", Seconds(63.5)), (Idle{{MemoryMb{512}, 1}, {MemoryMb{1024}, 1}}));
  EXPECT_EQ(sandboxes.idle("g", Seconds(10)), (Idle{}));
}

TEST(Sandboxes, ExpireAfterTheKeepAlive) {
  Sandboxes sandboxes(Service{.keep_alive = Seconds(60)});
  std::vector<InstanceRun> first = {cold(1)};
  sandboxes.start("f", MemoryMb{512}, Seconds(0), first);
  std::vector<InstanceRun> late = {cold(1)};
  sandboxes.start("f", MemoryMb{512}, Seconds(63.5), late);  // idle for 60.5 s
  EXPECT_TRUE(late[0].cold);
}

TEST(Sandboxes, InstancesBeyondTheConcurrencyWaitForOthersToEnd) {
  Sandboxes sandboxes(Service{.concurrency = 2});
  std::vector<InstanceRun> runs(5);
  for (InstanceRun& run : runs) run.duration = Seconds(3);
  sandboxes.start("f", MemoryMb{512}, Seconds(10), runs);
  // Two at once: 0, 0, 3, 3, 6.
  EXPECT_EQ(runs[1].delay, Seconds(0));
  EXPECT_EQ(runs[2].delay, Seconds(3));
  EXPECT_EQ(runs[3].delay, Seconds(3));
  EXPECT_EQ(runs[4].delay, Seconds(6));
}

TEST(Sandboxes, CountWhatALaterStepWillHaveAtWorkMeanwhile) {
  Sandboxes sandboxes(Service{.concurrency = 3});
  std::vector<InstanceRun> first(3);
  for (InstanceRun& run : first) run.duration = Seconds(4);
  first[2].delay = Seconds(5);
  sandboxes.start("f", MemoryMb{512}, Seconds(0), first);
  // 0 to 4, 0 to 4, 5 to 9. At 1 s one place is free, the next one at 3 s, when the first
  // instance of this step has ended.
  std::vector<InstanceRun> second(2);
  for (InstanceRun& run : second) run.duration = Seconds(2);
  sandboxes.start("f", MemoryMb{512}, Seconds(1), second);
  EXPECT_EQ(first[2].delay, Seconds(5));
  EXPECT_EQ(second[0].delay, Seconds(0));
  EXPECT_EQ(second[1].delay, Seconds(2));
}

}  // namespace
}  // namespace stepconf::simulation
