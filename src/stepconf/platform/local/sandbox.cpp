#include "stepconf/platform/local/sandbox.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "stepconf/platform/local/call_log.h"
#include "stepconf/platform/local/process_tree.h"
#include "stepconf/runtime/routes.h"

namespace stepconf::platform {

namespace {

net::Response json_response(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

net::Response accepted() { return json_response(202, R"({"status":"OK"})"); }

net::Response refused(int status, const char* type, const char* message) {
  return json_response(status,
                       fmt::format(R"({{"errorMessage":"{}","errorType":"{}"}})", message, type));
}

Seconds whole_milliseconds(Seconds duration) {
  return std::chrono::duration_cast<Seconds>(
      std::chrono::ceil<std::chrono::milliseconds>(duration));
}

std::string deadline_header(Seconds limit) {
  const auto deadline = std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::system_clock::duration>(limit);
  const auto since_epoch = deadline.time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

}  // namespace

Sandbox::Sandbox(const SandboxSurroundings& surroundings, const std::string& function,
                 MemoryMb memory)
    : around_(surroundings),
      name_(function),
      settings_(surroundings.options.functions.at(function)),
      memory_(memory),
      created_(surroundings.owner.now()) {
  const LocalPlatformOptions& options = around_.options;
  net::ServerOptions listen;
  // Beyond Lambda's limit, so that a response that is too large is seen and named rather than cut
  // off.
  listen.max_body_bytes = 256u << 20;
  server_ = std::make_unique<net::Server>(
      around_.loop, listen, [this](net::Request request, const net::Responder& responder) {
        handle(std::move(request), responder);
      });
  std::function<void(std::string_view)> line;
  if (options.log) line = [this](std::string_view text) { around_.options.log(name_, text); };
  log_ = std::make_unique<LogPipe>(around_.loop, std::move(line));

  if (around_.cgroups != nullptr) {
    group_ = around_.cgroups->create("sandbox", {init_quota(), memory_});
    if (around_.thread_caps != nullptr && memory_ > kMemoryOfOneVcpu) {
      thread_watch_ = around_.thread_caps->watch(group_.cpu_folder());
    }
  }
  SpawnOrder order;
  if (!options.wrapper.empty()) order.command.push_back(options.wrapper.string());
  order.command.insert(order.command.end(), settings_.command.begin(), settings_.command.end());
  order.environment =
      sandbox_environment(options, name_, memory_, fmt::format("127.0.0.1:{}", server_->port()));
  order.directory = settings_.directory.string();
  order.join_files = group_.join_files();
  token_ = around_.spawner.spawn(order, log_->writing_end());
  log_->hand_over();
  set_deadline(options.init_limit);
}

Sandbox::~Sandbox() = default;

void Sandbox::assign(std::unique_ptr<Work> work) {
  work_ = std::move(work);
  if (state_ == State::waiting) deliver();
}

bool Sandbox::mark_oversubscribed() {
  return work_ != nullptr && !std::exchange(work_->completion.oversubscribed, true);
}

void Sandbox::handle(net::Request request, const net::Responder& responder) {
  const runtime::Route route = runtime::parse_route(request.method, request.target);
  switch (route.call) {
    case runtime::Call::kNext:
      return next_asked(responder);
    case runtime::Call::kInitError:
      return init_error_posted(std::move(request), responder);
    case runtime::Call::kUnknown:
      return responder.send(refused(404, "NotFound", "no such resource of the Runtime API"));
    case runtime::Call::kResponse:
    case runtime::Call::kError:
      break;
  }
  if (state_ != State::working || route.request_id != work_->request_id) {
    return responder.send(refused(400, "InvalidRequestID", "Invalid request ID"));
  }
  if (route.call == runtime::Call::kError) return error_posted(std::move(request), responder);
  response_posted(std::move(request), responder);
}

void Sandbox::next_asked(const net::Responder& responder) {
  // Its processes are being killed; an answer would only make them complain.
  if (state_ == State::closed) return;
  // Asked before it ended. An event would be lost on it.
  if (exited_) return;
  if (state_ == State::working) {
    return responder.send(
        refused(403, "InvalidStateTransition", "the event before has not been answered"));
  }
  if (state_ == State::initialising) {
    init_ = around_.owner.now() - created_;
    try {
      if (memory_ < kMemoryOfOneVcpu) group_.limit_cpu(working_quota());
    } catch (const Error& error) {
      return close(platform_failed(error.what()));
    }
  }
  next_ = responder;
  state_ = State::waiting;
  set_deadline(around_.options.idle_limit);
  if (work_) return deliver();
  look_for_threads(false);
  if (around_.options.freeze_idle) freezer_.freeze(group_, process_);
}

void Sandbox::deliver() {
  freezer_.thaw(group_);
  look_for_threads(true);
  if (!next_->open()) {
    // The runtime has dropped its connection and may ask anew.
    next_.reset();
    state_ = State::settling;
    return set_deadline(settings_.timeout);
  }
  log_->drain();
  if (!first_call_) log_->begin_call();
  if (around_.options.report_calls) {
    log_->add(start_line(work_->request_id, work_->version));
  }
  net::Response event = json_response(200, std::move(work_->payload));
  event.headers.set(std::string(runtime::kRequestId), work_->request_id);
  event.headers.set(std::string(runtime::kDeadlineMs), deadline_header(settings_.timeout));
  event.headers.set(std::string(runtime::kFunctionArn), work_->invoked_arn);
  event.headers.set(std::string(runtime::kTraceId), work_->trace_id);
  if (!work_->client_context.empty()) {
    event.headers.set(std::string(runtime::kClientContext), work_->client_context);
  }
  state_ = State::working;
  set_deadline(settings_.timeout);
  work_->completion.started = around_.owner.now();
  next_->send(std::move(event));
  next_.reset();
}

void Sandbox::response_posted(net::Request request, const net::Responder& responder) {
  if (request.headers.get(runtime::kResponseMode).value_or("buffered") != "buffered") {
    finish(streaming_refused(), {});
    return responder.send(
        refused(400, "InvalidResponseMode", "streamed responses are not served here"));
  }
  if (request.body.size() > kMaxResponseBytes) {
    finish(response_too_large(), {});
    return responder.send(
        refused(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size"));
  }
  finish(std::nullopt, std::move(request.body));
  responder.send(accepted());
}

void Sandbox::error_posted(net::Request request, const net::Responder& responder) {
  const std::string type = request.headers.get(runtime::kFunctionErrorType).value_or("");
  finish(reported_error(std::move(request.body), type), {});
  responder.send(accepted());
}

void Sandbox::init_error_posted(net::Request request, const net::Responder& responder) {
  if (state_ != State::initialising) {
    return responder.send(
        refused(403, "InvalidStateTransition", "the runtime has initialised already"));
  }
  const std::string type = request.headers.get(runtime::kFunctionErrorType).value_or("");
  responder.send(accepted());
  close(reported_error(std::move(request.body), type));
}

// The caller is told before the runtime is: what the runtime does next is not the caller's time.
void Sandbox::finish(const std::optional<FunctionError>& error, std::string payload) {
  const std::unique_ptr<Work> work = std::move(work_);
  const bool reached = state_ == State::working;
  Completion& completion = work->completion;
  completion.ended = around_.owner.now();
  if (!reached) {
    completion.started = completion.ended;
    init_ = completion.ended - created_;
  }
  completion.cold = first_call_;
  completion.init = first_call_ ? init_ : Seconds(0);
  completion.billed = whole_milliseconds(completion.ended - completion.started + completion.init);
  completion.max_memory_mb = peak_memory_mb();
  if (!error) {
    completion.payload = std::move(payload);
  } else {
    completion.payload = error->document;
    completion.status = error->type;
    completion.error_message = error->message;
  }
  first_call_ = false;
  if (around_.options.report_calls) report(*work, error, reached);
  if (reached) state_ = State::settling;
  // A sandbox that is ending takes no more calls.
  const bool goes_on = reached && !ending_ && !exited_;

  Outcome outcome{std::move(completion), std::move(work->request_id), log_->tail(),
                  error && error->of == FunctionError::Of::platform};
  around_.owner.call_ended(*this);
  if (goes_on) around_.owner.became_idle(*this);
  work->done(std::move(outcome));
}

void Sandbox::report(const Work& work, const std::optional<FunctionError>& error, bool delivered) {
  const CallReport call{work.request_id, work.version, memory_, work.completion, error, delivered};
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const std::string time = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                                       fmt::gmtime(std::chrono::system_clock::to_time_t(second)),
                                       (now - second).count());
  for (const std::string& line : closing_lines(call, time)) log_->add(line);
}

void Sandbox::close(const std::optional<FunctionError>& error) {
  if (state_ == State::closed) return;
  peak_memory_mb();
  freezer_.thaw(group_);
  around_.spawner.kill(token_);
  end(error);
}

void Sandbox::end(const std::optional<FunctionError>& error) {
  if (state_ == State::closed || ending_) return;
  ending_ = true;
  look_for_threads(false);
  deadline_.reset();
  next_.reset();
  std::unique_ptr<Work> undelivered;
  if (work_ && state_ == State::settling) undelivered = std::move(work_);
  if (work_) finish(error ? *error : runtime_exited(work_->request_id, SIGKILL), {});
  state_ = State::closed;
  around_.owner.closed(*this, std::move(undelivered));
}

void Sandbox::process_failed(const std::string& reason) {
  const std::string program = around_.options.wrapper.empty() ? settings_.command.front()
                                                              : around_.options.wrapper.string();
  end(not_started(
      work_ ? work_->request_id : "",
      fmt::format("cannot start {} in {}: {}", program, settings_.directory.string(), reason)));
}

void Sandbox::process_exited(int wait_status, std::function<void()> gone) {
  exited_ = true;
  const auto conclude = [this, wait_status, told = std::move(gone)] {
    const std::string request_id = work_ ? work_->request_id : "";
    const bool killed = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
    end(killed && group_.out_of_memory_kills() > 0 ? out_of_memory(request_id)
                                                   : runtime_exited(request_id, wait_status));
    told();
  };
  if (state_ != State::working && state_ != State::initialising) return conclude();
  // A result may still lie in its socket. Who else holds a connection to it is not waited for.
  constexpr Seconds kLastWords{1};
  server_->when_quiet(conclude);
  deadline_ = around_.loop.after(kLastWords, conclude);
}

void Sandbox::look_for_threads(bool at_work) {
  if (thread_watch_) thread_watch_->set_at_work(at_work);
}

void Sandbox::set_deadline(Seconds delay) {
  deadline_ = around_.loop.after(delay, [this] { deadline_passed(); });
}

void Sandbox::deadline_passed() {
  if (state_ == State::initialising && work_) {
    return close(init_timed_out(work_->request_id, around_.options.init_limit));
  }
  if (state_ == State::working) return close(timed_out(work_->request_id, settings_.timeout));
  close();
}

CpuQuota Sandbox::working_quota() const {
  return cpu_quota(vcpus(memory_) * around_.options.cpu_scale);
}

CpuQuota Sandbox::init_quota() const {
  // Above one vCPU each thread has a quota of its own (ThreadCaps), which keeps short work right.
  // The kernel deals a quota out to CPUs in slices as long as a short period's whole quota, so that
  // threads that may have all of it together would not get it.
  const int periods = memory_ > kMemoryOfOneVcpu && around_.options.cpu_scale < 1 ? 8 : 1;
  return cpu_quota(std::max(1.0, vcpus(memory_)) * around_.options.cpu_scale,
                   periods * scheduler_tick());
}

// A sandbox is charged for pages that it was the first to touch, so the group misses the libraries
// that others have loaded before; the processes' own figures miss those that have ended.
int Sandbox::peak_memory_mb() {
  std::vector<pid_t> processes = group_.members();
  if (processes.empty() && process_ > 0 && !ending_) {
    processes = descendants_of(process_);
    processes.push_back(process_);
  }
  peak_mb_ = std::max({peak_mb_, group_.peak_memory_mb().value_or(0), peak_resident_mb(processes)});
  return peak_mb_;
}

}  // namespace stepconf::platform
