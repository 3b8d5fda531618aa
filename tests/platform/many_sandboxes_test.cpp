#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>

#include "stepconf/base/json.h"
#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/platform/local/process_tree.h"
#include "tests/platform/eventually.h"

namespace stepconf::platform {
namespace {

TEST(ManySandboxes, LoseNoCallAndAreAllGoneAtTheEnd) {
  constexpr int kSandboxes = 200, kRounds = 3;
  LocalPlatformOptions options;
  options.memory_sizes = {{128}};
  options.functions["f"].command = {PLATFORM_FUNCTION};
  options.functions["f"].directory = "/";
  options.init_limit = Seconds(60);
  auto spawner = std::make_unique<Spawner>();
  std::set<std::string> processes;
  std::vector<std::filesystem::path> groups;
  {
    LocalPlatform platform(options, *spawner);
    InvocationId last = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::set<InvocationId> open;
      for (int i = 0; i < kSandboxes; ++i) {
        platform.start(
            {.id = ++last, .function = "f", .memory = {128}, .payload = R"({"pid": 1})"});
        open.insert(last);
      }
      while (!open.empty()) {
        const auto completion = platform.wait_next(platform.now() + Seconds(60));
        ASSERT_TRUE(completion) << open.size() << " calls are lost";
        ASSERT_TRUE(completion->ok()) << completion->payload;
        EXPECT_EQ(open.erase(completion->id), 1u) << "answered twice: " << completion->id;
        processes.insert(completion->payload);
      }
    }
    // A call that ends soon leaves its sandbox to one that has not been placed yet.
    EXPECT_LE(processes.size(), std::size_t{kSandboxes});
    EXPECT_GE(processes.size(), std::size_t{kSandboxes / 2});
    EXPECT_EQ(descendants_of(spawner->guard()).size(), processes.size());
    groups = Cgroups(identity_of(::getpid())).folders();
  }
  EXPECT_TRUE(eventually([&] { return descendants_of(spawner->guard()).empty(); }));
  // What the kernel still holds then, the guard removes at its end.
  spawner.reset();
  for (const auto& folder : groups) EXPECT_FALSE(std::filesystem::exists(folder)) << folder;
}

}  // namespace
}  // namespace stepconf::platform
