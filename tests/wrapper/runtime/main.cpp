// A function for the wrapper's tests: each event says what to do.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "stepconf/net/client.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/runtime/serve.h"

namespace {

using stepconf::Json;
using stepconf::runtime::HandlerError;
using stepconf::runtime::Invocation;

/// Answers an event behind the back of serve(); gives the status that comes back.
int post_response(const std::string& id, stepconf::net::Headers headers) {
  const auto endpoint = stepconf::runtime::parse_endpoint(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  stepconf::net::BlockingClient client(endpoint->host, endpoint->port);
  return client
      .exchange({.method = "POST",
                 .target = "/2018-06-01/runtime/invocation/" + id + "/response",
                 .headers = std::move(headers),
                 .body = "\"early\""},
                std::nullopt)
      .status;
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
  // Only the first copy gets beyond this.
  if (mode == "once" && ::open(argv[2], O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0) return 4;
  return stepconf::runtime::serve(handle);
}
