#include "stepconf/net/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "stepconf/net/http.h"

namespace stepconf::net {
namespace {

TEST(Loop, RunsPostedTasksInOrderAndStopsFromAnotherThread) {
  Loop loop;
  std::string order;
  loop.post([&] { order += 'a'; });
  loop.post([&] { order += 'b'; });
  std::thread other([&] { loop.stop(); });
  loop.run();
  other.join();
  EXPECT_EQ(order, "ab");
}

TEST(Loop, CallsATimerUnlessItsHandleHasGone) {
  Loop loop;
  bool cancelled_ran = false;
  auto cancelled = loop.after(Seconds{0.001}, [&] { cancelled_ran = true; });
  const auto kept = loop.after(Seconds{0.002}, [&] { loop.stop(); });
  cancelled.reset();
  loop.run();
  EXPECT_FALSE(cancelled_ran);
}

TEST(Loop, TellsThatADescriptorIsReadableUntilTheHandleHasGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Loop loop;
  std::string read;
  std::unique_ptr<Handle> watch = loop.on_readable(ends[0], [&] {
    char byte = 0;
    if (::read(ends[0], &byte, 1) == 1) {
      read += byte;
    } else {
      watch.reset();
      loop.stop();
    }
  });
  ASSERT_EQ(::write(ends[1], "xyz", 3), 3);
  ::close(ends[1]);
  loop.run();
  EXPECT_EQ(read, "xyz");
  EXPECT_EQ(::close(ends[0]), 0);  // still the caller's
}

TEST(Headers, CompareNamesWithoutRegardToCase) {
  Headers headers;
  headers.set("X-One", "1");
  headers.set("x-one", "2");
  EXPECT_EQ(headers.fields.size(), 1u);
  EXPECT_EQ(headers.get("X-ONE"), "2");
  EXPECT_EQ(headers.get("X-Two"), std::nullopt);
}

TEST(PercentDecode, KeepsWhatIsMalformed) {
  EXPECT_EQ(percent_decode("a%20b%3A%zz%4"), "a b:%zz%4");
}

}  // namespace
}  // namespace stepconf::net
