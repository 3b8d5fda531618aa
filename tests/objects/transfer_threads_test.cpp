#include "stepconf/objects/transfer_threads.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <barrier>
#include <filesystem>
#include <latch>
#include <mutex>

#include "stepconf/base/error.h"
#include "tests/aws_client/variables.h"

namespace stepconf::objects {
namespace {

std::shared_ptr<aws::CredentialChain> nobody() {
  return std::make_shared<aws::CredentialChain>(aws::variables({}));
}

TEST(TransferThreads, WorkSideBySideUpToTheirNumber) {
  constexpr int kThreads = 3, kWork = 6 * kThreads;
  // Each waits for two others: fewer than three at once would wait for ever.
  std::barrier three(kThreads);
  std::latch all(kWork);
  std::mutex mutex;
  int at_once = 0, most = 0;
  TransferThreads threads(kThreads, nobody(), {});
  for (int i = 0; i < kWork; ++i) {
    threads.post([&](aws::ServiceClient&) {
      {
        const std::scoped_lock lock(mutex);
        most = std::max(most, ++at_once);
      }
      three.arrive_and_wait();
      {
        const std::scoped_lock lock(mutex);
        --at_once;
      }
      all.count_down();
    });
  }
  all.wait();
  EXPECT_EQ(most, kThreads);
}

TEST(TransferThreads, DoNotStartBeforeThereIsWork) {
  const auto running = [] {
    return std::ranges::count_if(std::filesystem::directory_iterator("/proc/self/task"),
                                 [](const auto&) { return true; });
  };
  // A sanitizer may have a thread of its own.
  const auto before = running();
  const TransferThreads threads(256, nobody(), {});
  EXPECT_EQ(running(), before);
}

TEST(TransferThreads, ForgetWorkForWhichNoThreadCanBeStarted) {
  pthread_attr_t usual, impossible;
  ::pthread_getattr_default_np(&usual);
  ::pthread_getattr_default_np(&impossible);
  ::pthread_attr_setstacksize(&impossible, std::size_t{1} << 50);  // more than can be addressed
  int forgotten = 0;
  std::latch done(1);
  TransferThreads threads(1, nobody(), {});
  ::pthread_setattr_default_np(&impossible);
  EXPECT_THROW(threads.post([&](aws::ServiceClient&) { ++forgotten; }), Error);
  ::pthread_setattr_default_np(&usual);
  ::pthread_attr_destroy(&impossible);
  ::pthread_attr_destroy(&usual);
  threads.post([&](aws::ServiceClient&) { done.count_down(); });
  done.wait();
  EXPECT_EQ(forgotten, 0);
}

TEST(TransferThreads, MayPostMoreWork) {
  std::latch done(3);
  TransferThreads threads(1, nobody(), {});
  threads.post([&](aws::ServiceClient&) {
    for (int i = 0; i < 2; ++i) threads.post([&](aws::ServiceClient&) { done.count_down(); });
    done.count_down();
  });
  done.wait();
}

}  // namespace
}  // namespace stepconf::objects
