// A function that does what its event says, and what ON_INIT says before that: exit, hang, report,
// or wait, for a writer of the FIFO that GATE names. An event without any of the words is its own
// answer.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/net/client.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/runtime/serve.h"

namespace {

using stepconf::Json;
using stepconf::runtime::HandlerError;
using stepconf::runtime::Invocation;

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// Leaves a process that is neither in our group nor in our session, nor our child, as daemons do.
void daemonise() {
  // Waited for, because whatever is under way when the handler returns is frozen.
  if (const pid_t between = ::fork(); between != 0) {
    ::waitpid(between, nullptr, 0);
    return;
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  while (true) ::pause();
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Waits until somebody opens a FIFO for writing.
void wait_at(const std::string& gate) { ::close(::open(gate.c_str(), O_RDONLY)); }

// Touches so much memory and, where `path` names one, a whole file, and lets go of the memory.
void use_memory(std::size_t mb, const std::string& path) {
  std::vector<char> memory(mb << 20, 'x');
  if (path.empty()) return;
  const int file = ::open(path.c_str(), O_RDONLY);
  struct stat about{};
  ::fstat(file, &about);
  ::mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_SHARED | MAP_POPULATE,
         file, 0);
  ::close(file);
}

// Uses CPU for so long by the clock and tells how much it got.
Json spin(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const double cpu_start = cpu_seconds();
  std::chrono::duration<double> elapsed{0};
  while (elapsed.count() < seconds) elapsed = Clock::now() - start;
  return {{"cpu", cpu_seconds() - cpu_start}, {"elapsed", elapsed.count()}};
}

// Answers by itself, and ends without hearing whether anybody listens.
void answer_and_exit(const std::string& request_id, std::size_t bytes, const std::string& headers) {
  const auto api = stepconf::runtime::parse_endpoint(variable("AWS_LAMBDA_RUNTIME_API"));
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(api->port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)!::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const std::string message = "POST /2018-06-01/runtime/invocation/" + request_id +
                              "/response HTTP/1.1\r\nHost: a\r\n" + headers +
                              "Content-Length: " + std::to_string(bytes + 2) + "\r\n\r\n\"" +
                              std::string(bytes, 'x') + "\"";
  (void)!::send(connection, message.data(), message.size(), 0);
  ::_exit(0);
}

Json handle(const Json& event, const Invocation& invocation) {
  if (!event.is_object()) return event;
  if (event.contains("daemonise")) daemonise();
  if (event.contains("print")) std::cout << event["print"].get<std::string>() << "\n" << std::flush;
  if (event.contains("lines")) {
    const std::string line(99, 'x');
    for (int left = event["lines"].get<int>(); left > 0; --left) std::cout << line << '\n';
    std::cout.flush();
  }
  if (event.contains("last_words")) {
    answer_and_exit(invocation.request_id, event["last_words"], event.value("headers", ""));
  }
  if (event.contains("wait")) wait_at(event["wait"].get<std::string>());
  if (event.contains("touch_mb")) use_memory(event["touch_mb"], event.value("map", ""));
  if (event.contains("background")) {
    std::thread([] { spin(std::numeric_limits<double>::infinity()); }).detach();
  }
  if (event.contains("cpu")) return cpu_seconds();
  if (event.contains("sleep")) {
    std::this_thread::sleep_for(std::chrono::duration<double>(event["sleep"].get<double>()));
  }
  if (event.contains("spin")) return spin(event["spin"].get<double>());
  if (event.contains("exit")) ::_exit(event["exit"].get<int>());
  if (event.contains("signal")) ::raise(event["signal"].get<int>());
  if (event.contains("throw")) throw HandlerError(event["throw"].get<std::string>(), "as told");
  if (event.contains("bytes")) return std::string(event["bytes"].get<std::size_t>(), 'x');
  if (event.contains("variable")) return variable(event["variable"].get<std::string>());
  if (event.contains("pid")) return ::getpid();
  if (event.contains("trace")) return invocation.trace_id;
  if (event.contains("arn")) return invocation.function_arn;
  return event;
}

int initialise(const std::string& how) {
  if (how == "exit") return 7;
  if (how == "hang") {
    while (true) ::pause();
  }
  const std::string api = variable("AWS_LAMBDA_RUNTIME_API");
  const auto colon = api.find(':');
  stepconf::net::BlockingClient client(api.substr(0, colon), std::stoi(api.substr(colon + 1)));
  stepconf::net::Request request;
  request.method = "POST";
  request.target = "/2018-06-01/runtime/init/error";
  request.body = R"({"errorType":"Init.Broken","errorMessage":"no weights"})";
  client.exchange(request, std::nullopt);
  return 1;
}

}  // namespace

int main() {
  const std::string how = variable("ON_INIT");
  if (how == "wait") {
    wait_at(variable("GATE"));
    return stepconf::runtime::serve(handle);
  }
  if (!how.empty()) return initialise(how);
  return stepconf::runtime::serve(handle);
}
