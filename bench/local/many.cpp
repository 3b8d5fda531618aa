#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "bench/local/local_bench.h"
#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/cpu_quota.h"
#include "stepconf/platform/local/process_tree.h"
#include "stepconf/platform/local/thread_groups.h"

namespace stepconf::local_bench {

namespace {

namespace fs = std::filesystem;

constexpr int kMemory = 128;
// Its limit does not disturb latencies.
constexpr int kLarge = 10'240;
constexpr int kRepeats = 20;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A field of a file of /proc, in KB.
double kilobytes(const std::string& path, const std::string& field) {
  const std::string text = text_of(path);
  const auto found = text.find(field);
  return found == std::string::npos ? 0 : std::stod(text.substr(found + field.size()));
}

fs::path cpu_group_of(pid_t process) {
  const std::string own = text_of(fmt::format("/proc/{}/cgroup", process));
  for (const auto& hierarchy : platform::parse_hierarchies(text_of("/proc/self/mounts"), own)) {
    const fs::path group = hierarchy.mount_point.string() + hierarchy.own_group;
    if (fs::exists(group / "cpu.max") || fs::exists(group / "cpu.cfs_quota_us")) return group;
  }
  return {};
}

std::vector<std::string> names(const std::string& prefix, int count) {
  std::vector<std::string> result;
  for (int i = 0; i < count; ++i) result.push_back(fmt::format("{}{}", prefix, i));
  return result;
}

// Creates so many sandboxes at once and leaves them idle.
Seconds fill(platform::LocalPlatform& local, const std::string& function, int count) {
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) start(local, function, kMemory, Json::object());
  for (int i = 0; i < count; ++i) next(local);
  return Clock::now() - begin;
}

std::string p50_p99(Latencies& latencies) {
  return fmt::format("{:.2f} / {:.2f}", latencies.percentile(0.5) / 1e3,
                     latencies.percentile(0.99) / 1e3);
}

// From the call to the first `next`, and from SIGKILL until the sandbox's cgroup is gone.
void print_life(platform::LocalPlatform& local, const std::vector<std::string>& functions,
                int population) {
  Latencies created, removed, limited;
  platform::Cgroups cgroups(platform::identity_of(::getpid()));
  for (const std::string& function : functions) {
    const platform::Completion completion = call(local, kMemory, Json::object(), function);
    created.add(completion.started - completion.dispatched);
    const pid_t process = Json::parse(completion.payload)["pid"].get<pid_t>();
    const fs::path group = cpu_group_of(process);
    // Nothing but a sandbox's own group may be killed.
    if (!cgroups.limits_cpu() || !group.filename().string().starts_with("sandbox-")) continue;
    auto limits = cgroups.create("bench", {platform::cpu_quota(1), MemoryMb{kMemory}});
    limited.measure([&] { limits.limit_cpu(platform::cpu_quota(0.1)); });
    removed.measure([&] {
      for (const pid_t member : platform::threads_of(group)) ::kill(member, SIGKILL);
      while (fs::exists(group)) std::this_thread::sleep_for(std::chrono::microseconds(100));
    });
  }
  fmt::print("| {} | {} | ", population, p50_p99(created));
  fmt::print("{} | {} |\n", cgroups.limits_cpu() ? p50_p99(limited) : "-",
             cgroups.limits_cpu() ? p50_p99(removed) : "-");
  std::fflush(stdout);
}

void print_memory(pid_t guard, double server_before, int count) {
  const std::string self = "/proc/self/status";
  double sandboxes = 0;
  for (const pid_t process : platform::descendants_of(guard)) {
    sandboxes += kilobytes(fmt::format("/proc/{}/smaps_rollup", process), "\nPss:");
  }
  fmt::print(
      "Memory: server {:.1f} MB, of it {:.1f} KB a sandbox; guard {:.1f} MB; a sandbox's processes "
      "{:.2f} MB (Pss)\n",
      kilobytes(self, "\nVmRSS:") / 1024, (kilobytes(self, "\nVmRSS:") - server_before) / count,
      kilobytes(fmt::format("/proc/{}/status", guard), "\nVmRSS:") / 1024,
      sandboxes / count / 1024);
}

Latencies warm_calls(platform::LocalPlatform& local, int count) {
  Latencies latencies;
  call(local, kLarge, Json::object(), "warm");
  for (int i = 0; i < count; ++i) {
    latencies.measure([&] { call(local, kLarge, Json::object(), "warm"); });
  }
  return latencies;
}

// The calls of those at work end after all others.
Latencies calls_beside_work(platform::LocalPlatform& local, const Settings& settings, int calls) {
  constexpr double kSeconds = 6;
  std::vector<platform::Completion> ended;
  for (int i = 0; i < settings.at_work; ++i) {
    start(local, "busy", kMemory, {{"spin", kSeconds}}, 1);
  }
  const Seconds begin = local.now();
  // All of them have their event by then, for cold starts would be measured otherwise.
  std::this_thread::sleep_for(Seconds(1.5));
  Latencies latencies;
  call(local, kLarge, Json::object(), "warm");
  for (int i = 0; i < calls && local.now() - begin < Seconds(kSeconds - 0.5); ++i) {
    latencies.measure([&] { call(local, kLarge, Json::object(), "warm"); });
  }
  for (int i = 0; i < settings.at_work; ++i) next(local);
  return latencies;
}

void bench_population(const Settings& settings, platform::Spawner& spawner) {
  std::vector<std::string> functions = {"idle", "busy", "warm"};
  const std::vector<int> populations = {1, settings.idle / 5, settings.idle};
  for (const int population : populations) {
    for (const auto& name : names(fmt::format("new-{}-", population), kRepeats)) {
      functions.push_back(name);
    }
  }
  platform::LocalPlatform local(options_of(settings, functions), spawner);
  fill(local, "warm", 1);
  const double server_before = kilobytes("/proc/self/status", "\nVmRSS:");
  fmt::print("\nA sandbox of {} MB, {}, cpu_scale {}; {} of each; p50 / p99 in ms\n", kMemory,
             settings.wrapper.empty() ? "without wrapper" : "with stepconf-wrapper", settings.scale,
             kRepeats);
  fmt::print(
      "| others, idle | created: call to first `next` | other CPU limit | killed until its "
      "cgroup is gone |\n|---|---|---|---|\n");
  Seconds filling{0};
  for (std::size_t i = 0; i < populations.size(); ++i) {
    // Those that exist are idle, so a call finds them; a new one is made for each beyond them.
    filling = fill(local, "idle", populations[i]);
    print_life(local, names(fmt::format("new-{}-", populations[i]), kRepeats), populations[i]);
  }
  fmt::print("The last {} were made at once, in {:.2f} s.\n",
             settings.idle - populations[populations.size() - 2], filling.count());
  print_memory(spawner.guard(), server_before, settings.idle);

  Latencies idle = warm_calls(local, settings.calls / 4);
  fmt::print("A warm call beside {} idle sandboxes: {} ms", settings.idle, p50_p99(idle));
  fill(local, "busy", settings.at_work);
  Latencies busy = calls_beside_work(local, settings, settings.calls / 4);
  fmt::print("; and {} at work ({:.2f} CPUs): {} ms\n", settings.at_work,
             settings.at_work * vcpus({kMemory}) * settings.scale, p50_p99(busy));
  std::fflush(stdout);
}

}  // namespace

void bench_many(const Settings& settings, platform::Spawner& spawner) {
  if (!settings.wrapper.empty()) bench_population(settings, spawner);
  Settings bare = settings;
  bare.wrapper.clear();
  bench_population(bare, spawner);
}

}  // namespace stepconf::local_bench
