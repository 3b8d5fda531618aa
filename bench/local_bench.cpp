// Measures the local platform: what a warm Invoke adds to a bare HTTP round trip on loopback, the
// same through the platform's own interface, what a new sandbox costs, and how closely CPU follows
// memory. Usage: local_bench [--wrapper PATH] [--calls N] [--spin SECONDS] [--scale CPU_SCALE] The
// program is its own function: started with a Runtime API, it serves events.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "stepconf/net/client.h"
#include "stepconf/net/server.h"
#include "stepconf/platform/local/invoke_api.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/runtime/serve.h"

namespace {

using namespace stepconf;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// {"spin": SECONDS} spins for so long by the clock, {"work": SECONDS} until it has had so much CPU;
// both tell time and CPU time.
Json handle(const Json& event, const runtime::Invocation&) {
  const double wall_limit = event.value("spin", 0.0), cpu_limit = event.value("work", 0.0);
  const auto start = Clock::now();
  const double cpu_start = cpu_seconds();
  double elapsed = 0, cpu = 0;
  while (elapsed < wall_limit || cpu < cpu_limit) {
    elapsed = Seconds(Clock::now() - start).count();
    cpu = cpu_seconds() - cpu_start;
  }
  return {{"elapsed", elapsed}, {"cpu", cpu}};
}

struct Settings {
  std::string wrapper;
  int calls = 4000;
  double spin = 2;
  double scale = 0.5;
};

Settings parse(int count, char** arguments) {
  Settings settings;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i], value = arguments[i + 1];
    if (name == "--wrapper") settings.wrapper = std::filesystem::absolute(value);
    if (name == "--calls") settings.calls = std::stoi(value);
    if (name == "--spin") settings.spin = std::stod(value);
    if (name == "--scale") settings.scale = std::stod(value);
  }
  return settings;
}

/// Answers every request, in a thread of its own.
class EchoServer {
 public:
  EchoServer() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~EchoServer() {
    loop_.stop();
    thread_.join();
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  int port() const { return server_.port(); }

 private:
  net::Loop loop_;
  net::Server server_{loop_, {}, [](net::Request request, const net::Responder& responder) {
                        net::Response response;
                        response.body = std::move(request.body);
                        responder.send(std::move(response));
                      }};
  std::thread thread_;
};

class Latencies {
 public:
  void measure(const std::function<void()>& task) {
    const auto start = Clock::now();
    task();
    microseconds_.push_back(Seconds(Clock::now() - start).count() * 1e6);
  }
  double percentile(double share) {
    std::ranges::sort(microseconds_);
    return microseconds_[static_cast<std::size_t>(share *
                                                  static_cast<double>(microseconds_.size() - 1))];
  }

 private:
  std::vector<double> microseconds_;
};

void print_latencies(const std::string& name, Latencies& latencies, Latencies& bare) {
  fmt::print("| {} | {:.0f} | {:.0f} | {:.1f} | {:.0f} |\n", name, latencies.percentile(0.5),
             latencies.percentile(0.99), latencies.percentile(0.5) / bare.percentile(0.5),
             latencies.percentile(0.5) - bare.percentile(0.5));
}

platform::Completion call(platform::LocalPlatform& local, int memory, const Json& event) {
  platform::Invocation invocation;
  invocation.function = "f";
  invocation.memory = {memory};
  invocation.payload = event.dump();
  local.start(invocation);
  auto completion = local.wait_next(local.now() + Seconds(600));
  if (!completion || !completion->ok()) {
    throw Error(completion ? completion->error_message : "no completion");
  }
  return *completion;
}

void bench_invoke(platform::LocalPlatform& local, int memory, const Settings& settings) {
  const platform::LambdaApi api(local, 0);
  EchoServer echo;
  net::Request invoke;
  invoke.method = "POST";
  invoke.target = fmt::format("/2015-03-31/functions/f/invocations?Qualifier=mem-{}", memory);
  invoke.body = "{}";
  net::BlockingClient bare_client("127.0.0.1", echo.port());
  net::BlockingClient invoke_client("127.0.0.1", api.port());
  Latencies bare, invoked, direct, cold;
  cold.measure([&] { call(local, memory, Json::object()); });
  // In turns, so that what else the machine does meets all alike.
  for (int i = -200; i < settings.calls; ++i) {
    Latencies warm_up;
    (i < 0 ? warm_up : bare).measure([&] { bare_client.exchange(invoke, Seconds(10)); });
    (i < 0 ? warm_up : invoked).measure([&] { invoke_client.exchange(invoke, Seconds(10)); });
    (i < 0 ? warm_up : direct).measure([&] { call(local, memory, Json::object()); });
  }
  fmt::print("\nA warm call with an empty event, {} calls each, in turns\n", settings.calls);
  fmt::print("| | p50 us | p99 us | p50 / bare | p50 - bare us |\n|---|---|---|---|---|\n");
  print_latencies("bare HTTP round trip", bare, bare);
  print_latencies("Invoke API", invoked, bare);
  print_latencies("start and wait_next", direct, bare);
  fmt::print("First call, sandbox created: {:.1f} ms\n", cold.percentile(0.5) / 1000);
}

void bench_cpu(platform::LocalPlatform& local, const std::vector<MemoryMb>& sizes,
               const Settings& settings) {
  fmt::print(
      "\nCPU by memory, cpu_scale {}, one thread spinning for {} s; then 20 and 200 ms of work\n",
      settings.scale, settings.spin);
  fmt::print(
      "| MB | share wanted | share got | error | 20 ms: time / ideal | 200 ms: time / ideal |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const MemoryMb memory : sizes) {
    const double wanted = vcpus(memory) * settings.scale;
    call(local, memory.value, Json::object());
    const Json spun = Json::parse(call(local, memory.value, {{"spin", settings.spin}}).payload);
    const double got = spun["cpu"].get<double>() / spun["elapsed"].get<double>();
    std::string shorter;
    for (const double work : {0.02, 0.2}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      const Json done = Json::parse(call(local, memory.value, {{"work", work}}).payload);
      shorter += fmt::format(" {:.2f} |", done["elapsed"].get<double>() * wanted / work);
    }
    fmt::print("| {} | {:.4f} | {:.4f} | {:+.2f} % |{}\n", memory.value, wanted, got,
               (got / wanted - 1) * 100, shorter);
  }
}

int run(const Settings& settings) {
  platform::Spawner spawner;
  platform::LocalPlatformOptions options;
  // The last one has the whole of a CPU, so that the limit does not disturb the latencies.
  const std::vector<MemoryMb> sizes = {{256}, {512}, {1024}, {1769}, {3008}};
  const int unlimited = 10'240;
  options.memory_sizes = sizes;
  options.memory_sizes.push_back({unlimited});
  options.cpu_scale = settings.scale;
  options.wrapper = settings.wrapper;
  options.functions["f"].command = {std::filesystem::read_symlink("/proc/self/exe").string()};
  options.functions["f"].directory = "/";
  options.functions["f"].timeout = Seconds(600);
  platform::LocalPlatform local(options, spawner);
  bench_invoke(local, unlimited, settings);
  if (const std::string why = local.limits(); !why.empty()) {
    fmt::print("\nCPU by memory is not measured: {}\n", why);
    return 0;
  }
  bench_cpu(local, sizes, settings);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (std::getenv("AWS_LAMBDA_RUNTIME_API") != nullptr) return runtime::serve(handle);
  try {
    return run(parse(count, arguments));
  } catch (const std::exception& error) {
    fmt::print(stderr, "local_bench: {}\n", error.what());
    return 1;
  }
}
