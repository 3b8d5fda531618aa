// Measures the local platform: what a warm Invoke adds to a bare HTTP round trip, how closely CPU
// follows memory, and what a sandbox costs, alone and among hundreds. Usage: local_bench [--wrapper
// PATH] [--only calls|cpu|many] [--calls N] [--spin SECONDS] [--scale CPU_SCALE] [--idle N]
// [--at-work N]. The program is its own function: started with a Runtime API, it serves events.

#include "bench/local/local_bench.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/runtime/serve.h"

namespace stepconf::local_bench {

platform::LocalPlatformOptions options_of(const Settings& settings,
                                          const std::vector<std::string>& functions) {
  platform::LocalPlatformOptions options;
  options.memory_sizes = {{128}, {512}, {1024}, {1769}, {3008}, {7076}, {10'240}};
  options.cpu_scale = settings.scale;
  options.wrapper = settings.wrapper;
  for (const std::string& name : functions) {
    platform::LocalFunction& function = options.functions[name];
    function.command = {std::filesystem::read_symlink("/proc/self/exe").string()};
    function.directory = "/";
    function.timeout = Seconds(600);
  }
  return options;
}

void start(platform::LocalPlatform& local, const std::string& function, int memory,
           const Json& event, platform::InvocationId id) {
  local.start({.id = id, .function = function, .memory = {memory}, .payload = event.dump()});
}

platform::Completion next(platform::LocalPlatform& local) {
  auto completion = local.wait_next(local.now() + Seconds(600));
  if (!completion || !completion->ok()) {
    throw Error(completion ? completion->status + ": " + completion->error_message
                           : "no completion");
  }
  return *completion;
}

platform::Completion call(platform::LocalPlatform& local, int memory, const Json& event,
                          const std::string& function) {
  start(local, function, memory, event);
  return next(local);
}

namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// {"spin": SECONDS} spins for so long by the clock, {"work": SECONDS} until it has had so much CPU,
// with "threads" in each of them, {"sleep": SECONDS} sleeps. Tells time, CPU time and its process.
Json handle(const Json& event, const runtime::Invocation&) {
  const auto start = Clock::now();
  const double cpu_start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  const auto work = [&] {
    const double wall_limit = event.value("spin", 0.0), cpu_limit = event.value("work", 0.0);
    const double own_start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    while (Seconds(Clock::now() - start).count() < wall_limit ||
           seconds_of(CLOCK_THREAD_CPUTIME_ID) - own_start < cpu_limit) {
    }
  };
  std::this_thread::sleep_for(Seconds(event.value("sleep", 0.0)));
  {
    std::vector<std::jthread> others;
    for (int i = 1; i < event.value("threads", 1); ++i) others.emplace_back(work);
    work();
  }
  return {{"elapsed", Seconds(Clock::now() - start).count()},
          {"cpu", seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_start},
          {"pid", ::getpid()}};
}

int run(int count, char** arguments) {
  Settings settings;
  std::string only;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i], value = arguments[i + 1];
    if (name == "--wrapper") settings.wrapper = std::filesystem::absolute(value);
    if (name == "--only") only = value;
    if (name == "--calls") settings.calls = std::stoi(value);
    if (name == "--spin") settings.spin = std::stod(value);
    if (name == "--scale") settings.scale = std::stod(value);
    if (name == "--idle") settings.idle = std::stoi(value);
    if (name == "--at-work") settings.at_work = std::stoi(value);
  }
  platform::Spawner spawner;
  if (only.empty() || only == "calls") bench_calls(settings, spawner);
  if (only.empty() || only == "many") bench_many(settings, spawner);
  if (only.empty() || only == "cpu") bench_cpu(settings, spawner);
  return 0;
}

}  // namespace
}  // namespace stepconf::local_bench

int main(int count, char** arguments) {
  using namespace stepconf;
  if (std::getenv("AWS_LAMBDA_RUNTIME_API") != nullptr) return runtime::serve(local_bench::handle);
  try {
    return local_bench::run(count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "local_bench: {}\n", error.what());
    return 1;
  }
}
