#include "tests/wrapper/fake_lambda.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "stepconf/runtime/routes.h"

namespace stepconf::wrapper {
namespace {

using runtime::Call;

Reply get(std::promise<Reply>& promise) {
  auto future = promise.get_future();
  if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    throw Error("the wrapper does not answer");
  }
  return future.get();
}

Reply reply(bool ok, const net::Request& request) {
  return {.ok = ok,
          .body = request.body,
          .error_type = request.headers.get(runtime::kFunctionErrorType).value_or("")};
}

}  // namespace

std::string program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

FakeLambda::FakeLambda(const std::vector<std::string>& arguments,
                       const std::vector<std::pair<std::string, std::string>>& variables)
    : server_(std::in_place, loop_, net::ServerOptions{},
              [this](const net::Request& request, const net::Responder& responder) {
                serve(request, responder);
              }) {
  std::vector<std::string> command{program("stepconf-wrapper")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto environment = variables;
  environment.emplace_back("AWS_LAMBDA_RUNTIME_API",
                           "127.0.0.1:" + std::to_string(server_->port()));
  thread_ = std::thread([this] { loop_.run(); });
  process_ = std::make_unique<ChildProcess>(command, environment, std::vector<std::string>{});
}

FakeLambda::~FakeLambda() {
  process_.reset();
  loop_.stop();
  thread_.join();
}

Reply FakeLambda::invoke(const std::string& event) {
  send(event);
  return answer();
}

void FakeLambda::send(const std::string& event) {
  loop_.post([this, event] {
    events_.push_back(event);
    hand_over();
  });
}

Reply FakeLambda::answer() {
  const Reply answered = get(answer_);
  answer_ = {};
  return answered;
}

Reply FakeLambda::init_error() { return get(init_error_); }

void FakeLambda::disappear() {
  loop_.post([this] { server_.reset(); });
}

void FakeLambda::drop_connections() {
  std::promise<void> dropped;
  loop_.post([this, &dropped] {
    const int port = server_->port();
    server_.reset();
    server_.emplace(loop_, net::ServerOptions{.port = port},
                    [this](const net::Request& request, const net::Responder& responder) {
                      serve(request, responder);
                    });
    dropped.set_value();
  });
  dropped.get_future().wait();
}

void FakeLambda::wait_for_next() {
  std::promise<void> asked;
  auto future = asked.get_future();
  loop_.post([this, &asked] {
    if (waiting_ && waiting_->open()) return asked.set_value();
    next_ = std::move(asked);
  });
  future.wait();
}

std::string FakeLambda::log() {
  const Descriptor output = process_->take_stdout();
  std::string text;
  std::array<char, 4096> bytes{};
  ssize_t count = 0;
  while ((count = ::read(output.get(), bytes.data(), bytes.size())) > 0) {
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;
}

void FakeLambda::serve(const net::Request& request, const net::Responder& responder) {
  switch (runtime::parse_route(request.method, request.target).call) {
    case Call::kNext:
      waiting_ = responder;
      if (next_) std::exchange(next_, std::nullopt)->set_value();
      return hand_over();
    case Call::kResponse:
    case Call::kError:
      responder.send({.status = 202});
      return answer_.set_value(reply(request.target.ends_with("/response"), request));
    case Call::kInitError:
      responder.send({.status = 202});
      return init_error_.set_value(reply(false, request));
    case Call::kUnknown:
      responder.send({.status = 404});
  }
}

void FakeLambda::hand_over() {
  if (!waiting_ || !waiting_->open() || events_.empty()) return;
  const std::chrono::milliseconds now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const long deadline = limit_ ? std::lround(limit_->count() * 1000) + now.count() : 1700000000123;
  const auto name = [](std::string_view field) { return std::string(field); };
  waiting_->send(
      {.headers = {{{name(runtime::kRequestId), "request" + std::to_string(++requests_)},
                    {name(runtime::kDeadlineMs), std::to_string(deadline)},
                    {name(runtime::kFunctionArn), "arn:aws:lambda:eu-west-1:1:function:f:mem-512"},
                    {name(runtime::kTraceId), "Root=1-2-3"}}},
       .body = events_.front()});
  events_.pop_front();
  waiting_.reset();
}

}  // namespace stepconf::wrapper
