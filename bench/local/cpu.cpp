#include <fmt/format.h>
#include <sys/resource.h>

#include <thread>

#include "bench/local/local_bench.h"

namespace stepconf::local_bench {

namespace {

double elapsed_of(platform::LocalPlatform& local, int memory, const Json& event) {
  return Json::parse(call(local, memory, event).payload)["elapsed"].get<double>();
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Time over ideal time of work that takes so much CPU: a mean where it is short.
std::string ratio_of(platform::LocalPlatform& local, int memory, double work, double share) {
  const double ideal = work / share;
  constexpr double kLongest = 7;
  if (ideal > kLongest) return "-";
  const int times = ideal < 1 ? 5 : 1;
  double sum = 0;
  for (int i = 0; i < times; ++i) {
    // What an idle sandbox has saved up shall count.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    sum += elapsed_of(local, memory, {{"work", work}}) / ideal;
  }
  return fmt::format("{:.3f}", sum / times);
}

void print_lengths(platform::LocalPlatform& local, double scale) {
  const std::vector<double> lengths = {0.02, 0.05, 0.1, 0.2, 0.5, 2};
  fmt::print(
      "\nOne thread's work by memory and by the CPU time that it needs: time / ideal time\n");
  fmt::print("| MB | CPUs | 20 ms | 50 ms | 100 ms | 200 ms | 500 ms | 2 s |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  for (const MemoryMb memory : local.options().memory_sizes) {
    // One thread has no more above one vCPU, as the other table shows; the largest stands for all.
    if (memory > kMemoryOfOneVcpu && memory < local.options().memory_sizes.back()) continue;
    const double share = std::min(1.0, vcpus(memory)) * scale;
    call(local, memory.value, Json::object());
    fmt::print("| {} | {:.4f} |", memory.value, share);
    for (const double work : lengths) {
      fmt::print(" {} |", ratio_of(local, memory.value, work, share));
    }
    fmt::print("\n");
    std::fflush(stdout);
  }
}

Json copies(int count, double work) {
  return {{"stepconf", {{"processes", count}}},
          {"jobs", std::vector<Json>(static_cast<std::size_t>(count), Json{{"work", work}})}};
}

// vCPUs that a call got whose threads or copies need so much CPU each.
double speed_of(platform::LocalPlatform& local, int memory, const Json& event, double all_work,
                double scale) {
  const platform::Completion completion = call(local, memory, event);
  return all_work / (completion.ended - completion.started).count() / scale;
}

void print_threads(platform::LocalPlatform& local, const Settings& settings) {
  fmt::print(
      "\nvCPUs that several threads, or copies of the wrapper, get together; in brackets the "
      "server's own share of a CPU\n");
  fmt::print("| MB | vCPUs | 1 thread | 2 threads | 4 threads | 2 copies | 4 copies |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  const double work = settings.spin / 2;
  for (const int memory : {1769, 3008, 7076, 10'240}) {
    fmt::print("| {} | {:.2f} |", memory, vcpus({memory}));
    const auto measure = [&](const Json& event, int count) {
      const double cpu = own_cpu_seconds();
      const auto start = Clock::now();
      const double speed = speed_of(local, memory, event, work * count, settings.scale);
      const double own = (own_cpu_seconds() - cpu) / Seconds(Clock::now() - start).count();
      fmt::print(" {:.3f} ({:.1f} %) |", speed, own * 100);
      std::fflush(stdout);
    };
    for (const int threads : {1, 2, 4}) measure({{"work", work}, {"threads", threads}}, threads);
    for (const int count : {2, 4}) {
      if (settings.wrapper.empty()) {
        fmt::print(" - |");
        continue;
      }
      call(local, memory, copies(count, 0.001));
      measure(copies(count, work), count);
    }
    fmt::print("\n");
  }
}

}  // namespace

void bench_cpu(const Settings& settings, platform::Spawner& spawner) {
  platform::LocalPlatform local(options_of(settings, {"f"}), spawner);
  if (const std::string why = local.limits(); !why.empty()) {
    fmt::print("\nCPU by memory is not measured: {}\n", why);
    return;
  }
  fmt::print("\nCPU, cpu_scale {}\n", settings.scale);
  print_threads(local, settings);
  print_lengths(local, settings.scale);
}

}  // namespace stepconf::local_bench
