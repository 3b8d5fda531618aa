#include <fmt/format.h>

#include <thread>

#include "bench/local/local_bench.h"
#include "stepconf/net/client.h"
#include "stepconf/net/server.h"
#include "stepconf/platform/local/invoke_api.h"

namespace stepconf::local_bench {

namespace {

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

void print_latencies(const std::string& name, Latencies& latencies, Latencies& bare) {
  fmt::print("| {} | {:.0f} | {:.0f} | {:.1f} | {:.0f} |\n", name, latencies.percentile(0.5),
             latencies.percentile(0.99), latencies.percentile(0.5) / bare.percentile(0.5),
             latencies.percentile(0.5) - bare.percentile(0.5));
}

}  // namespace

void bench_calls(const Settings& settings, platform::Spawner& spawner) {
  // More than one CPU, and no cap of threads, so that limits do not disturb the latencies.
  constexpr int memory = 10'240;
  platform::LocalPlatformOptions options = options_of(settings, {"f"});
  options.cpu_scale = 1;
  platform::LocalPlatform local(options, spawner);
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

}  // namespace stepconf::local_bench
