#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <tuple>

#include "stepconf/platform/local/process_tree.h"
#include "tests/platform/eventually.h"
#include "tests/platform/gate.h"
#include "tests/platform/test_platform.h"

namespace stepconf::platform {
namespace {

TEST(SandboxLimits, PutsSandboxesUnderTheirCpuLimit) {
  TestPlatform platform(with_functions());
  if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
  const std::string process = platform.call({{"pid", 1}}).payload;
  std::ifstream file("/proc/" + process + "/cgroup");
  const std::string groups(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(groups.find("/stepconf-" + std::to_string(::getpid()) + "-"), std::string::npos)
      << groups;
  EXPECT_NE(groups.find("/sandbox-"), std::string::npos) << groups;
}

// The limits in the CPU hierarchy of a process's sandbox: "QUOTA PERIOD" in microseconds.
std::string cpu_limit_of(pid_t process) {
  const auto text = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string own = text("/proc/" + std::to_string(process) + "/cgroup");
  for (const CgroupHierarchy& hierarchy : parse_hierarchies(text("/proc/self/mounts"), own)) {
    std::filesystem::path own_group = hierarchy.own_group;
    if (own_group.filename().string().starts_with("thread-")) own_group = own_group.parent_path();
    const auto group = hierarchy.mount_point.string() + own_group.string() + "/";
    std::string limit = text(group + "cpu.max");
    if (limit.empty()) limit = text(group + "cpu.cfs_quota_us") + text(group + "cpu.cfs_period_us");
    std::ranges::replace(limit, '\n', ' ');
    if (!limit.empty()) return limit.substr(0, limit.size() - 1);
  }
  return "";
}

TEST(SandboxLimits, GivesInitAWholeVcpuAndTheFunctionItsMemorysShare) {
  const Gate gate("init");
  LocalPlatformOptions options;
  options.memory_sizes = {{884}, {3538}};
  options.cpu_scale = 0.5;
  options.functions["f"] = behaviour("wait");
  options.functions["f"].environment["GATE"] = gate.path();
  const auto initialising = [&gate]() -> pid_t {
    for (const pid_t process : all_processes()) {
      if (environment_has(process, "GATE=" + gate.path())) return process;
    }
    return 0;
  };
  // Where threads have limits of their own, the sandbox's period is longer.
  for (const auto& [memory, in_init, at_work, ticks] :
       {std::tuple(884, 0.5, 0.5 * 884 / 1769, 1), std::tuple(3538, 1.0, 1.0, 8)}) {
    const auto limit = [period = ticks * scheduler_tick()](double cpus) {
      return cpu_quota(cpus, period).text();
    };
    TestPlatform platform(options);
    if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
    platform.start({{"pid", 1}}, "f", memory);
    ASSERT_TRUE(eventually([&] { return initialising() != 0; }));
    EXPECT_EQ(cpu_limit_of(initialising()), limit(in_init)) << memory;
    gate.open();
    const Completion completion = platform.next();
    ASSERT_TRUE(completion.ok()) << completion.payload;
    EXPECT_EQ(cpu_limit_of(Json::parse(completion.payload).get<pid_t>()), limit(at_work)) << memory;
  }
}

// Pages of a file are charged to whoever reads them first, which is this test.
TEST(SandboxLimits, CountsAllMemoryThatAFunctionHasHad) {
  constexpr int kMemoryMb = 48, kFileMb = 32, kProgramMb = 40;
  const std::string path = testing::TempDir() + "mapped-" + std::to_string(::getpid());
  std::ofstream(path) << std::string(kFileMb << 20, 'x');
  TestPlatform platform(with_functions());
  const Completion first = platform.call({{"touch_mb", kMemoryMb}, {"map", path}});
  ::unlink(path.c_str());
  EXPECT_GE(first.max_memory_mb, kMemoryMb + kFileMb);
  EXPECT_LE(first.max_memory_mb, kMemoryMb + kFileMb + kProgramMb);
  EXPECT_GE(platform.call(1).max_memory_mb, first.max_memory_mb) << "a peak never falls";
}

TEST(SandboxLimits, EndsASandboxThatWantsMoreMemoryThanItHas) {
  LocalPlatformOptions options = with_functions();
  options.memory_sizes = {{128}, {512}};
  TestPlatform platform(options);
  if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_TRUE(platform.call({{"touch_mb", 200}}).ok());
  const Completion completion = platform.call({{"touch_mb", 200}}, "f", 128);
  EXPECT_EQ(completion.status, "Runtime.OutOfMemory");
  EXPECT_TRUE(completion.error_message.starts_with("RequestId: ")) << completion.error_message;
  EXPECT_TRUE(
      completion.error_message.ends_with(" Error: Runtime exited with error: signal: killed"))
      << completion.error_message;
  const Completion next = platform.call(1, "f", 128);
  EXPECT_TRUE(next.ok());
  EXPECT_TRUE(next.cold);
}

double cpu_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  ::clock_getcpuclockid(process, &clock);
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// How much CPU a thread that a handler has left behind gets between events, while another function
// works for a third of a second; tried again until it is as `expected`, for on a busy machine the
// runtime asks late for the next event, and the thread gets little.
double cpu_between_events(const LocalPlatformOptions& options,
                          const std::function<bool(double)>& expected) {
  constexpr int kRounds = 30;
  TestPlatform platform(options);
  const pid_t process = Json::parse(platform.call({{"pid", 1}}).payload).get<pid_t>();
  platform.call({{"background", 1}, {"cpu", 1}});
  double got = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double before = cpu_of(process);
    platform.call({{"spin", 0.33}}, "other");
    got = cpu_of(process) - before;
    if (expected(got)) break;
  }
  return got;
}

TEST(SandboxLimits, FreezesSandboxesBetweenEvents) {
  LocalPlatformOptions options = with_functions();
  options.functions["other"] = behaviour();
  const auto little = [](double cpu) { return cpu < 0.02; };
  const auto much = [](double cpu) { return cpu >= 0.05; };
  EXPECT_LT(cpu_between_events(options, little), 0.02);
  options.freeze_idle = false;
  EXPECT_GE(cpu_between_events(options, much), 0.05);
  // Without cgroups, and so by signals.
  options.freeze_idle = true;
  options.limit_cpu = false;
  EXPECT_LT(cpu_between_events(options, little), 0.02);
}

#ifdef STEPCONF_WRAPPER
bool is_stopped(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.find(") T ") != std::string::npos;
}

// Each copy leads a process group of its own.
TEST(SandboxLimits, FreezesTheCopiesOfAWrapperWithoutCgroups) {
  LocalPlatformOptions options = with_functions();
  options.wrapper = STEPCONF_WRAPPER;
  options.limit_cpu = false;
  TestPlatform platform(options);
  for (int round = 0; round < 2; ++round) {
    const Completion batch = platform.call(
        {{"stepconf", {{"processes", 2}}}, {"jobs", Json::array({{{"sleep", 0.1}}, 2})}});
    ASSERT_TRUE(batch.ok()) << batch.payload;
    EXPECT_TRUE(eventually([&platform] {
      const auto processes = descendants_of(platform.spawner().guard());
      return processes.size() >= 3 && std::ranges::all_of(processes, is_stopped);
    }));
  }
}
#endif

// Frozen ones must die too, and their groups with them.
TEST(SandboxLimits, LeaveNothingOfManyFrozenSandboxes) {
  constexpr int kSandboxes = 100;
  const std::string marker = "STEPCONF_SANDBOX=" + identity_of(::getpid()) + ".";
  const auto living = [&marker] {
    return std::ranges::count_if(all_processes(),
                                 [&](pid_t process) { return environment_has(process, marker); });
  };
  for (const bool limit : {true, false}) {
    LocalPlatformOptions options = with_functions();
    options.cpu_scale = 4;
    options.limit_cpu = limit;
    options.init_limit = Seconds(60);
    TestPlatform platform(options);
    for (int i = 0; i < kSandboxes; ++i) platform.start({{"sleep", 0.2}});
    for (int i = 0; i < kSandboxes; ++i) {
      const Completion completion = platform.next();
      EXPECT_TRUE(completion.ok()) << completion.payload;
    }
    const auto created = (*platform).statistics().cold_starts;
    EXPECT_GT(created, kSandboxes / 2u);
    EXPECT_EQ(static_cast<std::size_t>(living()), created);
  }
  EXPECT_EQ(living(), 0);
}

}  // namespace
}  // namespace stepconf::platform
