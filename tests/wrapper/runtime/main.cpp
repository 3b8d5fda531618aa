// A function for the wrapper's tests: each event says what to do.

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <vector>

#include "stepconf/net/client.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/runtime/serve.h"

namespace {

using stepconf::Json;
using stepconf::runtime::HandlerError;
using stepconf::runtime::Invocation;

/// Posts to the Runtime API behind the back of serve(); gives the status that comes back.
int post(const std::string& path, stepconf::net::Headers headers, std::string body) {
  const auto endpoint = stepconf::runtime::parse_endpoint(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  stepconf::net::BlockingClient client(endpoint->host, endpoint->port);
  return client
      .exchange({.method = "POST",
                 .target = "/2018-06-01/runtime/" + path,
                 .headers = std::move(headers),
                 .body = std::move(body)},
                std::nullopt)
      .status;
}

int post_response(const std::string& id, stepconf::net::Headers headers) {
  return post("invocation/" + id + "/response", std::move(headers), "\"early\"");
}

/// Sends a text over a connection of its own; gives the first bytes of what comes back.
std::string exchange_text(const std::string& text) {
  const auto endpoint = stepconf::runtime::parse_endpoint(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  const int to = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(endpoint->port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  (void)!::write(to, text.data(), text.size());
  std::string answer(64, '\0');
  const auto size = ::read(to, answer.data(), answer.size());
  ::close(to);
  return answer.substr(0, size < 12 ? 0 : 12);
}

/// Sends a response in chunks with a trailer, as Node's runtime client streams.
std::string stream_response(const std::string& id) {
  return exchange_text("POST /2018-06-01/runtime/invocation/" + id +
                       "/response HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                       "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
                       "Trailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
                       "3\r\n\"a\"\r\n0\r\nLambda-Runtime-Function-Error-Type: none\r\n\r\n");
}

/// Whether nobody has come here with this path before.
bool first_at(const Json& path) {
  const int file = ::open(path.get<std::string>().c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
  return file >= 0;
}

/// Starts a process that outlives this one, unless it is killed too.
pid_t start_child() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  return child;
}

/// Leaves a file at SIGTERM.
void tidy_up_at_end(const Json& path) {
  static std::string file;
  file = path.get<std::string>();
  std::signal(SIGTERM, [](int) {
    ::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ::_exit(0);
  });
}

/// Holds memory, truly, until the process ends.
void hold(std::size_t megabytes) {
  static std::vector<char> held;
  held.assign(megabytes << 20, 'x');
}

/// Ends the process at one job in twenty, whatever was before.
void gamble(int job) {
  static std::mt19937 random(std::random_device{}());
  switch (random() % 60) {
    case 0:
      std::_Exit(job % 256);
    case 1:
      ::kill(::getpid(), SIGKILL);
      break;
    case 2:
      ::kill(::getpid(), SIGTERM);
      break;
    default:
      break;
  }
}

Json handle(const Json& event, const Invocation& invocation) {
  const std::string action = event.is_object() ? event.value("do", "echo") : "echo";
  if (action == "pid") return ::getpid();
  if (action == "id") return invocation.request_id;
  if (action == "context") {
    return {{"arn", invocation.function_arn},
            {"trace", invocation.trace_id},
            {"deadline_ms", std::chrono::duration_cast<std::chrono::milliseconds>(
                                invocation.deadline.time_since_epoch())
                                .count()}};
  }
  if (action == "fail") throw HandlerError("Test.Failed", event.at("message"));
  if (action == "exit") std::_Exit(event.at("status"));
  if (action == "kill") ::kill(::getpid(), SIGKILL);
  if (action == "hang") ::pause();
  if (action == "tidy-up") tidy_up_at_end(event.at("path"));
  if (action == "child") return start_child();
  if (action == "hold") hold(event.at("megabytes"));
  if (action == "hold" && !event.contains("then")) ::kill(::getpid(), SIGKILL);
  if (action == "hold" && event.at("then") == "hang") ::pause();
  if (action == "kill-once" && first_at(event.at("path"))) ::kill(::getpid(), SIGKILL);
  if (action == "fail-once" && first_at(event.at("path"))) throw HandlerError("Test.Once", "once");
  if (action == "gamble") gamble(event.at("job"));
  if (action == "large") return std::string(event.at("bytes").get<std::size_t>(), 'x');
  if (action == "answer-and-exit") {
    post_response(invocation.request_id, {});
    std::_Exit(0);
  }
  if (action == "answer-and-hang") {
    post_response(invocation.request_id, {});
    ::pause();
  }
  if (action == "send") return exchange_text(event.at("text"));
  if (action == "stream-chunks") return stream_response(invocation.request_id);
  if (action == "touch") std::ofstream(event.at("path").get<std::string>()) << "here";
  // A pipe with a name opens when both ends are there: two jobs that run at the same time.
  if (action == "wait") ::close(::open(event.at("path").get<std::string>().c_str(), O_RDONLY));
  if (action == "release") ::close(::open(event.at("path").get<std::string>().c_str(), O_WRONLY));
  if (action == "log") std::cout << event.at("text").get<std::string>();
  if (action == "unknown-id") return post_response("nobody", {});
  if (action == "twice") return post_response(invocation.request_id, {});
  if (action == "stream") {
    return post_response(invocation.request_id,
                         {{{"Lambda-Runtime-Function-Response-Mode", "streaming"}}});
  }
  return event;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "exit-at-once") return 3;
  if (mode == "init-error") {
    post("init/error", {}, R"({"errorType":"Test.Init","errorMessage":"no model"})");
    return 3;
  }
  // Only the first copy gets beyond this.
  if (mode == "once" && ::open(argv[2], O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0) return 4;
  // Only the second copy never becomes ready.
  if (mode == "second-hangs" && !first_at(std::string(argv[2]) + "1") &&
      first_at(std::string(argv[2]) + "2")) {
    ::pause();
  }
  return stepconf::runtime::serve(handle);
}
