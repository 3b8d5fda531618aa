#include "stepconf/cache/in_memory_cache.h"

#include <gtest/gtest.h>

namespace stepconf::cache {
namespace {

TEST(InMemoryCache, HasNothingBeforeTheFirstStore) {
  InMemoryCache cache;
  EXPECT_EQ(cache.find(3).sub_graph, nullptr);
}

TEST(InMemoryCache, GivesAStepToTheLastSubGraphThatHoldsIt) {
  InMemoryCache cache;
  ASSERT_TRUE(cache.store(cache.find(0).version, {{{0, 1, 2}, Seconds(9)}, {{1, 2}, Seconds(7)}}));
  EXPECT_EQ(cache.find(0).sub_graph->latest_finish, Seconds(9));
  EXPECT_EQ(*cache.find(2).sub_graph, (optimizer::SubGraph{{1, 2}, Seconds(7)}));
}

TEST(InMemoryCache, RefusesAStoreThatRestsOnAnOldVersion) {
  InMemoryCache cache;
  const auto entry = cache.find(0);
  ASSERT_TRUE(cache.store(entry.version, {{{0}, Seconds(1)}}));
  EXPECT_FALSE(cache.store(entry.version, {{{0}, Seconds(2)}}));
  EXPECT_EQ(cache.find(0).sub_graph->latest_finish, Seconds(1));
}

}  // namespace
}  // namespace stepconf::cache
