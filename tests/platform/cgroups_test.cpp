#include "stepconf/platform/local/cgroups.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "stepconf/base/units.h"
#include "stepconf/platform/local/process_tree.h"

namespace stepconf::platform {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

TEST(CpuQuota, TakesShortPeriodsWhereTheKernelAllowsThem) {
  const milliseconds tick(4);
  EXPECT_EQ(cpu_quota(0.5, tick).text(), "2000 4000");
  EXPECT_EQ(cpu_quota(2, tick).text(), "8000 4000");
  // 128 MB at half speed: 0.03618 CPUs; 1 ms, the smallest quota, is that share of 27.641 ms.
  EXPECT_EQ(cpu_quota(0.5 * vcpus(MemoryMb{128}), tick).text(), "1000 27641");
  EXPECT_EQ(cpu_quota(1e-6, tick).text(), "1000 1000000");
}

TEST(CpuQuota, IsNeverShorterThanATickOfTheScheduler) {
  EXPECT_EQ(cpu_quota(0.5, milliseconds(10)).text(), "5000 10000");
  EXPECT_EQ(cpu_quota(0.5, milliseconds(1)).text(), "2000 4000");
  EXPECT_GE(scheduler_tick(), milliseconds(1));
  EXPECT_LE(scheduler_tick(), milliseconds(10));
}

TEST(CpuQuota, IsWithinAThousandthOfTheShareAtEveryMemorySize) {
  for (int mb = 128; mb <= 10240; ++mb) {
    const double wanted = 0.5 * vcpus(MemoryMb{mb});
    const CpuQuota quota = cpu_quota(wanted);
    const double got =
        static_cast<double>(quota.quota.count()) / static_cast<double>(quota.period.count());
    ASSERT_NEAR(got / wanted, 1, 1e-3) << mb << " MB";
    ASSERT_GE(quota.quota.count(), 1000) << mb << " MB";
  }
}

TEST(CgroupHierarchies, AreReadFromTheSystemsTables) {
  const auto v1 = parse_hierarchies(
      "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n"
      "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n"
      "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\n"
      "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n",
      "4:memory:/group/inner\n2:cpu,cpuacct:/\n1:name=systemd:/x\n");
  const std::vector<CgroupHierarchy> expected_v1 = {
      {1, {"cpu", "cpuacct"}, "/sys/fs/cgroup/cpu,cpuacct", "/"},
      {1, {"memory"}, "/sys/fs/cgroup/memory", "/group/inner"}};
  EXPECT_EQ(v1, expected_v1);

  const auto v2 = parse_hierarchies("cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n",
                                    "0::/user.slice/run.scope\n");
  const std::vector<CgroupHierarchy> expected_v2 = {
      {2, {}, "/sys/fs/cgroup", "/user.slice/run.scope"}};
  EXPECT_EQ(v2, expected_v2);
}

TEST(CgroupHierarchies, LoseTheGroupsOfDeadServersOnly) {
  const fs::path root = fs::path(testing::TempDir()) / ("cgroups-" + std::to_string(::getpid()));
  const std::string living = "stepconf-" + identity_of(::getpid());
  // No process has the number 0.
  fs::create_directories(root / "a.slice/stepconf-0-123/sandbox-1");
  fs::create_directories(root / living / "sandbox-1");
  fs::create_directories(root / "stepconf-notes");
  EXPECT_EQ(remove_stale_groups({{1, {"cpu"}, root, "/"}}), 1);
  EXPECT_TRUE(fs::exists(root / "a.slice"));
  EXPECT_FALSE(fs::exists(root / "a.slice/stepconf-0-123"));
  EXPECT_TRUE(fs::exists(root / living / "sandbox-1"));
  EXPECT_TRUE(fs::exists(root / "stepconf-notes"));
  fs::remove_all(root);
}

TEST(Cgroups, HoldTheMemoryLimit) {
  Cgroups cgroups(identity_of(::getpid()));
  if (!cgroups.limits_memory()) GTEST_SKIP() << cgroups.memory_reason();
  EXPECT_EQ(cgroups.memory_reason(), "");
  const SandboxGroup group =
      cgroups.create("sandbox-test", {cpu_quota(0.25, milliseconds(10)), MemoryMb{128}});
  std::string limit;
  for (const std::string& file : group.join_files()) {
    const fs::path folder = fs::path(file).parent_path();
    for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
      if (limit.empty()) limit = first_line(folder / name);
    }
  }
  EXPECT_EQ(limit, "134217728");
  EXPECT_EQ(group.out_of_memory_kills(), 0);
}

TEST(Cgroups, HoldTheQuotaAndVanishWithTheSandbox) {
  Cgroups cgroups(identity_of(::getpid()));
  if (!cgroups.limits_cpu()) GTEST_SKIP() << cgroups.reason();
  EXPECT_EQ(cgroups.reason(), "");
  fs::path folder;
  {
    const SandboxGroup group =
        cgroups.create("sandbox-test", {cpu_quota(0.25, milliseconds(10)), MemoryMb{128}});
    folder = fs::path(group.join_files().front()).parent_path();
    if (fs::exists(folder / "cpu.max")) {
      EXPECT_EQ(first_line(folder / "cpu.max"), "2500 10000");
    } else {
      EXPECT_EQ(first_line(folder / "cpu.cfs_quota_us"), "2500");
      EXPECT_EQ(first_line(folder / "cpu.cfs_period_us"), "10000");
    }
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Cgroups, TakeACpuLimitAboveTheirParentsForNoOtherLimit) {
  Cgroups cgroups(identity_of(::getpid()));
  if (!cgroups.limits_cpu()) GTEST_SKIP() << cgroups.reason();
  const fs::path parent = cgroups.folders().front();
  if (!fs::exists(parent / "cpu.cfs_quota_us")) GTEST_SKIP() << "cgroup v2 takes any limit";
  // One CPU.
  std::ofstream(parent / "cpu.cfs_quota_us") << "100000";
  SandboxGroup group = cgroups.create("sandbox-test", {cpu_quota(2), MemoryMb{128}});
  const fs::path folder = fs::path(group.join_files().front()).parent_path();
  EXPECT_EQ(first_line(folder / "cpu.cfs_quota_us"), "-1");
  group.limit_cpu(cpu_quota(0.25, milliseconds(10)));
  EXPECT_EQ(first_line(folder / "cpu.cfs_quota_us"), "2500");
}

}  // namespace
}  // namespace stepconf::platform
