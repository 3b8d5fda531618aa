#include "stepconf/wrapper/copy.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <span>

#include "stepconf/base/json.h"
#include "stepconf/runtime/routes.h"

namespace stepconf::wrapper {
namespace {

using runtime::Call;

// A batch of large results is bounded upstream; one copy's share is bounded by this alone.
constexpr std::size_t kMaxResultBytes = 256u << 20;

net::Response json_response(int status, std::string body) {
  return {.status = status,
          .headers = {{{"Content-Type", "application/json"}}},
          .body = std::move(body)};
}

net::Response accepted() { return json_response(202, R"({"status":"OK"})"); }

net::Response refused(int status, const char* type, std::string_view message) {
  return json_response(status, failure(type, message).body);
}

std::string error_type(const net::Request& request) {
  if (auto named = request.headers.get(runtime::kFunctionErrorType); named && !named->empty()) {
    return *std::move(named);
  }
  const Json document = Json::parse(request.body, nullptr, false);
  const auto type = document.is_object() ? document.find("errorType") : document.end();
  if (document.is_object() && type != document.end() && type->is_string() &&
      !type->get_ref<const std::string&>().empty()) {
    return type->get<std::string>();
  }
  return "Runtime.Unknown";
}

ChildProcess start(std::span<const std::string> command, int port) {
  const std::array<std::pair<std::string, std::string>, 1> variables{
      {{"AWS_LAMBDA_RUNTIME_API", fmt::format("127.0.0.1:{}", port)}}};
  // Lambda's own channel for logs would let lines pass the wrapper by.
  const std::array<std::string, 1> unset{"_LAMBDA_TELEMETRY_LOG_FD"};
  return {command, variables, unset};
}

}  // namespace

Copy::Copy(net::Loop& loop, const CopyOptions& options, CopyListener& listener)
    : loop_(loop),
      listener_(listener),
      server_(loop, {.max_body_bytes = kMaxResultBytes},
              [this](net::Request request, const net::Responder& responder) {
                serve(std::move(request), responder);
              }),
      process_(start(options.command, server_.port())),
      stdout_(loop, process_.take_stdout(), STDOUT_FILENO, options.json_logs),
      stderr_(loop, process_.take_stderr(), STDERR_FILENO, options.json_logs),
      end_watch_(loop.on_readable(process_.ended_descriptor(), [this] { on_end(); })) {}

void Copy::work(CopyJob job) {
  stdout_.set_job(job.index);
  stderr_.set_job(job.index);
  net::Response next = json_response(200, std::move(job.event));
  next.headers.fields.emplace_back(runtime::kRequestId, job.request_id);
  for (const auto& [name, value] : job.headers->fields) {
    constexpr std::string_view kPrefix = "Lambda-Runtime-";
    const bool wanted = name.size() > kPrefix.size() &&
                        net::same_name(std::string_view(name).substr(0, kPrefix.size()), kPrefix);
    if (wanted && !net::same_name(name, runtime::kRequestId)) {
      next.headers.fields.emplace_back(name, value);
    }
  }
  request_id_ = std::move(job.request_id);
  const net::Responder waiting = *std::move(waiting_);
  waiting_.reset();
  waiting.send(std::move(next));
}

void Copy::kill() {
  killed_ = true;
  waiting_.reset();
  request_id_.reset();
  process_.kill();
}

void Copy::flush_log() {
  std::array<pollfd, 2> sources{{{.fd = stdout_.source(), .events = POLLIN, .revents = 0},
                                 {.fd = stderr_.source(), .events = POLLIN, .revents = 0}}};
  // Most jobs log nothing, so one call asks for both.
  if (::poll(sources.data(), sources.size(), 0) <= 0) return;
  if (sources[0].revents != 0) stdout_.drain();
  if (sources[1].revents != 0) stderr_.drain();
}

void Copy::serve(net::Request request, const net::Responder& responder) {
  if (killed_) return;
  const std::string target = request.target;
  const runtime::Route route = runtime::parse_route(request.method, target);
  switch (route.call) {
    case Call::kNext:
      return on_next(responder);
    case Call::kResponse:
      return on_response(std::move(request), route.request_id, responder);
    case Call::kError:
      return on_error(std::move(request), route.request_id, responder);
    case Call::kInitError:
      init_failure_ = Outcome{.error_type = error_type(request), .body = std::move(request.body)};
      return responder.send(accepted());
    case Call::kUnknown:
      responder.send(refused(404, "NotFound", "the Runtime API has no such call: " + target));
  }
}

void Copy::on_next(const net::Responder& responder) {
  if (end_) return;
  ready_ = true;
  // A client that gave up waiting asks anew; the latest one is served.
  if (waiting_) waiting_->send(refused(403, "InvalidStateTransition", "another call waits"));
  waiting_ = responder;
  if (request_id_) {
    answer(
        failure("Runtime.NoResponse",
                fmt::format("RequestId: {} Error: the runtime asked for the next event before it "
                            "answered this one",
                            *request_id_)));
  }
  // What was logged until now belongs to the job that has just been answered.
  flush_log();
  stdout_.set_job({});
  stderr_.set_job({});
  listener_.on_idle(*this);
}

void Copy::on_response(net::Request request, std::string_view id, const net::Responder& responder) {
  if (!request_id_ || id != *request_id_) {
    return responder.send(refused(400, "InvalidRequestID", "Invalid request ID"));
  }
  if (request.headers.get(runtime::kResponseMode).value_or("buffered") != "buffered") {
    const Outcome outcome = failure(
        "StepConf.StreamingUnsupported",
        "the runtime streams its response, which stepconf-wrapper does not support: answer with "
        "one buffered response");
    responder.send(json_response(400, outcome.body));
    return answer(outcome);
  }
  responder.send(accepted());
  answer({.body = std::move(request.body)});
}

void Copy::on_error(net::Request request, std::string_view id, const net::Responder& responder) {
  if (!request_id_ || id != *request_id_) {
    return responder.send(refused(400, "InvalidRequestID", "Invalid request ID"));
  }
  responder.send(accepted());
  std::string type = error_type(request);
  answer({.error_type = std::move(type), .body = std::move(request.body)});
}

void Copy::answer(Outcome outcome) {
  request_id_.reset();
  listener_.on_answer(*this, std::move(outcome));
}

void Copy::on_end() {
  end_watch_.reset();
  // Lambda ends the whole sandbox with its runtime; what this one has started is to end too. Its
  // number is not used again before it is waited for.
  process_.kill();
  end_ = process_.wait();
  waiting_.reset();
  if (killed_ || (ready_ && !request_id_)) return report_end();
  // An answer may still lie in its socket. Who else holds a connection to it is not waited for.
  constexpr Seconds kLastWords{1};
  server_.when_quiet([this] { report_end(); });
  last_words_ = loop_.after(kLastWords, [this] { report_end(); });
}

void Copy::report_end() {
  if (end_reported_) return;
  end_reported_ = true;
  last_words_.reset();
  flush_log();
  const std::string& how = end_->how;
  const std::string id = request_id_ ? fmt::format("RequestId: {} ", *request_id_) : "";
  const std::string message = how.empty()
                                  ? id + "Error: Runtime exited without providing a reason"
                                  : fmt::format("{}Error: Runtime exited with error: {}", id, how);
  const CopyEnd end{.at_work = request_id_.has_value(),
                    .by_us = killed_,
                    .killed = end_->killed,
                    .peak_mb = end_->peak_mb,
                    .message = message,
                    .init_failure = init_failure_};
  request_id_.reset();
  listener_.on_gone(*this, end);
}

}  // namespace stepconf::wrapper
