// What calling p instances from one process costs, for the hypothesis `dispatch: direct`
// (docs/dispatch-direct.md): a child process stands for Lambda and answers after a while; this one
// signs p requests and sends each over a connection of its own, first over new ones, then over
// those that were kept. With a URL, it also measures what a TLS handshake with that server costs.
// Usage: direct_dispatch_bench [BYTES_OF_A_BATCH [SECONDS_OF_AN_INSTANCE [https://HOST:PORT]]]
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "stepconf/aws/signature.h"
#include "stepconf/net/client.h"
#include "stepconf/net/digest.h"
#include "stepconf/net/server.h"

namespace {

using namespace stepconf;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Answers each request `hold` after it came with the time at which it came; writes its port.
[[noreturn]] void stand_for_lambda(int port_pipe, Seconds hold) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  net::Loop loop;
  std::vector<std::unique_ptr<net::Handle>> timers;
  net::Server server(loop, {}, [&](net::Request, net::Responder responder) {
    const double came = std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
    timers.push_back(loop.after(
        hold, [responder, came] { responder.send({200, {}, fmt::format("{:.9f}", came)}); }));
  });
  const int port = server.port();
  if (write(port_pipe, &port, sizeof port) != sizeof port) std::exit(1);
  loop.run();
  std::exit(0);
}

net::Request invocation(const std::string& body) {
  static const aws::Credentials credentials{"AKIDEXAMPLE", "secret", "token", {}};
  net::Request request{"POST", "/2015-03-31/functions/upscale:mem-1024/invocations", {}, body};
  request.headers.set("Host", "lambda.us-east-1.amazonaws.com");
  request.headers.set("Content-Type", "application/json");
  aws::sign(request, credentials, {"lambda", "us-east-1"}, std::chrono::system_clock::now(),
            net::hexadecimal(net::sha256(body)));
  return request;
}

struct Fan {
  double last_arrival = 0, until_all_answered = 0, cpu = 0;
};

class Caller {
 public:
  Caller(int port, int instances) {
    for (int i = 0; i < instances; ++i)
      clients_.push_back(std::make_unique<net::Client>(loop_, "127.0.0.1", port));
  }

  Fan call_all(const std::string& body) {
    Fan fan;
    const auto begun = Clock::now();
    const double begun_s = std::chrono::duration<double>(begun.time_since_epoch()).count();
    const double cpu = cpu_seconds();
    auto missing = clients_.size();
    for (const auto& client : clients_) {
      client->send(invocation(body), Seconds(60), [&](const net::ExchangeResult& result) {
        if (!result.response) {
          fmt::print(stderr, "direct_dispatch_bench: {}\n", result.failure);
          std::exit(1);
        }
        fan.last_arrival = std::max(fan.last_arrival, std::stod(result.response->body) - begun_s);
        if (--missing == 0) loop_.stop();
      });
    }
    loop_.run();
    fan.until_all_answered = seconds_since(begun);
    fan.cpu = cpu_seconds() - cpu;
    return fan;
  }

 private:
  net::Loop loop_;
  std::vector<std::unique_ptr<net::Client>> clients_;
};

// On Lambda every connection begins with one.
void measure_handshakes(const std::string& url) {
  constexpr int kHandshakes = 50;
  const net::Url parsed = net::parse_url(url, "the third argument");
  net::Request request;
  request.headers.set("Host", parsed.origin.authority());
  // The first one reads the certificates too.
  net::BlockingClient(parsed.origin).exchange(request, Seconds(10));
  const double cpu = cpu_seconds();
  for (int i = 0; i < kHandshakes; ++i)
    net::BlockingClient(parsed.origin).exchange(request, Seconds(10));
  fmt::print("a TLS handshake: {:.2f} ms of CPU\n", (cpu_seconds() - cpu) * 1e3 / kHandshakes);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string body(count > 1 ? std::stoul(arguments[1]) : 2000, 'x');
  const Seconds hold(count > 2 ? std::stod(arguments[2]) : 1.0);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  setrlimit(RLIMIT_NOFILE, &files);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) stand_for_lambda(ends[1], hold);
  int port = 0;
  if (read(ends[0], &port, sizeof port) != sizeof port) return 1;
  fmt::print("{} bytes a batch, {} s an instance\n", body.size(), hold.count());
  fmt::print("{:>9} {:>12} {:>22} {:>22} {:>12} {:>10}\n", "instances", "connections",
             "last one arrives, ms", "all answered later, ms", "CPU, ms", "max RSS");
  for (const int instances : {1, 10, 40, 100, 1000}) {
    Caller caller(port, instances);
    for (const char* connections : {"new", "kept"}) {
      const Fan fan = caller.call_all(body);
      fmt::print("{:>9} {:>12} {:>22.1f} {:>22.1f} {:>12.1f} {:>7.0f} MB\n", instances, connections,
                 fan.last_arrival * 1e3, (fan.until_all_answered - hold.count()) * 1e3,
                 fan.cpu * 1e3, resident_mb());
    }
  }
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);
  if (count > 3) measure_handshakes(arguments[3]);
}
