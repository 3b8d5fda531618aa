#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stepconf/net/server.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/wrapper/child_process.h"

namespace stepconf::bench {

using Clock = std::chrono::steady_clock;

struct Answer {
  bool ok = false;
  std::string body;
};

/// The Runtime API with a process under it that takes one event at a time.
class Sandbox {
 public:
  explicit Sandbox(std::vector<std::string> command) {
    thread_ = std::thread([this] { loop_.run(); });
    const std::vector<std::pair<std::string, std::string>> variables{
        {"AWS_LAMBDA_RUNTIME_API", fmt::format("127.0.0.1:{}", server_.port())}};
    started_ = Clock::now();
    process_ =
        std::make_unique<wrapper::ChildProcess>(command, variables, std::vector<std::string>{});
    first_next_.get_future().wait();
  }
  ~Sandbox() {
    process_.reset();
    loop_.stop();
    thread_.join();
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  Answer invoke(std::string event) {
    answer_ = {};
    loop_.post([this, &event] {
      event_ = std::move(event);
      hand_over();
    });
    return answer_.get_future().get();
  }
  /// From the start of the process until it asked for an event.
  Seconds start_time() const { return ready_ - started_; }
  double resident_mb() const {
    std::ifstream status(fmt::format("/proc/{}/status", process_->pid()));
    std::string word;
    double kb = 0;
    while (status >> word) {
      if (word == "VmRSS:") status >> kb;
    }
    return kb / 1024;
  }

 private:
  void serve(net::Request request, const net::Responder& responder) {
    switch (runtime::parse_route(request.method, request.target).call) {
      case runtime::Call::kNext:
        if (requests_++ == 0) {
          ready_ = Clock::now();
          first_next_.set_value();
        }
        waiting_ = responder;
        return hand_over();
      case runtime::Call::kResponse:
      case runtime::Call::kError:
        responder.send({.status = 202});
        return answer_.set_value(
            {.ok = request.target.ends_with("/response"), .body = std::move(request.body)});
      default:
        fmt::print(stderr, "wrapper_bench: {}\n", request.body);
        std::_Exit(1);
    }
  }

  void hand_over() {
    if (!waiting_ || !event_) return;
    const auto deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
        (std::chrono::system_clock::now() + std::chrono::minutes(15)).time_since_epoch());
    net::Response response{.body = *std::move(event_)};
    response.headers.set(std::string(runtime::kRequestId), fmt::format("request-{}", requests_));
    response.headers.set(std::string(runtime::kDeadlineMs), std::to_string(deadline.count()));
    event_.reset();
    const net::Responder waiting = *std::move(waiting_);
    waiting_.reset();
    waiting.send(std::move(response));
  }

  net::Loop loop_;
  net::Server server_{loop_, {}, [this](net::Request request, const net::Responder& responder) {
                        serve(std::move(request), responder);
                      }};
  std::thread thread_;
  std::unique_ptr<wrapper::ChildProcess> process_;
  Clock::time_point started_, ready_;
  std::promise<void> first_next_;
  std::promise<Answer> answer_;
  std::optional<std::string> event_;
  std::optional<net::Responder> waiting_;
  int requests_ = 0;
};

}  // namespace stepconf::bench
