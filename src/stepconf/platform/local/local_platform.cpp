#include "stepconf/platform/local/local_platform.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>

#include "stepconf/platform/local/process_tree.h"

namespace stepconf::platform {

namespace {

// Each sandbox takes three descriptors; the usual soft limit of 1024 ends at some 300 sandboxes.
// What sandboxes inherit is the guard's own limit.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

LocalPlatform::LocalPlatform(LocalPlatformOptions options, Spawner& spawner)
    : options_(std::move(options)) {
  raise_descriptor_limit();
  if (options_.limit_cpu) {
    cgroups_ = std::make_unique<Cgroups>(identity_of(::getpid()));
    for (const auto& folder : cgroups_->folders()) spawner.remove_at_end(folder.string());
  }
  options_.failed = [this, tell = std::move(options_.failed)](const std::string& reason) {
    fail(reason);
    if (tell) tell(reason);
  };
  engine_ = std::make_unique<Engine>(loop_, options_, spawner, cgroups_.get(), start_);
  thread_ = std::thread([this] { loop_.run(); });
}

LocalPlatform::~LocalPlatform() {
  loop_.post([this] {
    delayed_.clear();
    engine_->shut_down([this] { loop_.stop(); });
  });
  thread_.join();
}

Seconds LocalPlatform::now() const { return std::chrono::steady_clock::now() - start_; }

void LocalPlatform::start(const Invocation& invocation) {
  Call call;
  call.id = invocation.id;
  call.function = invocation.function;
  call.memory = invocation.memory;
  call.payload = invocation.payload;
  call.dispatched = now();
  auto shared = std::make_shared<Call>(std::move(call));
  const Seconds delay = delay_of(invocation, options_.dispatch);
  loop_.post([this, shared, delay] { dispatch(shared, delay); });
}

void LocalPlatform::dispatch(const std::shared_ptr<Call>& call, Seconds delay) {
  if (options_.dispatch == Dispatch::direct) return invoke(call);
  // Replacing a handle from inside its own task would end the task's captures.
  const auto after = [this, id = call->id](Seconds time, std::function<void()> task) {
    delayed_[id] = loop_.after(time, [this, task = std::move(task)] { loop_.post(task); });
  };
  after(delay, [this, call, after] {
    const bool cold = !engine_->has_idle(call->function, call->memory);
    if (!cold) return invoke(call);
    after(kColdStartDelay, [this, call] { invoke(call); });
  });
}

void LocalPlatform::invoke(const std::shared_ptr<Call>& call) {
  delayed_.erase(call->id);
  engine_->invoke(std::move(*call),
                  [this](Outcome outcome) { deliver(std::move(outcome.completion)); });
}

std::optional<Completion> LocalPlatform::wait_next(Seconds until) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !completions_.empty() || interrupted_ || !failure_.empty(); };
  // A day at a time, for a clock's range is limited and `until` may be infinite.
  constexpr Seconds kLongestWait{86'400};
  while (!ready()) {
    const Seconds left = until - now();
    if (!(left > Seconds(0))) return std::nullopt;
    const auto step = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::min(left, kLongestWait));
    changed_.wait_for(lock, step, ready);
  }
  if (interrupted_) {
    interrupted_ = false;
    return std::nullopt;
  }
  if (!failure_.empty()) throw Error(failure_);
  Completion completion = std::move(completions_.front());
  completions_.pop_front();
  return completion;
}

std::optional<std::map<MemoryMb, int>> LocalPlatform::idle_sandboxes(const std::string& function) {
  constexpr std::chrono::milliseconds kPatience{10};
  const auto answer = std::make_shared<std::promise<std::map<MemoryMb, int>>>();
  auto future = answer->get_future();
  loop_.post([this, answer, function] { answer->set_value(engine_->idle(function)); });
  if (future.wait_for(kPatience) != std::future_status::ready) return std::nullopt;
  return future.get();
}

void LocalPlatform::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  changed_.notify_all();
}

void LocalPlatform::deliver(Completion completion) {
  {
    const std::lock_guard lock(mutex_);
    completions_.push_back(std::move(completion));
  }
  changed_.notify_all();
}

void LocalPlatform::fail(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    failure_ = reason;
  }
  changed_.notify_all();
}

std::string LocalPlatform::limits() const {
  const bool memory = cgroups_ && cgroups_->limits_memory();
  if (limits_cpu() && memory) return {};
  constexpr std::string_view kOff = "limits are switched off";
  std::string text;
  if (!limits_cpu()) {
    text = fmt::format(
        "functions run without CPU limits, so memory sizes do not differ in speed: {}. ",
        cgroups_ ? std::string_view(cgroups_->reason()) : kOff);
  }
  if (!memory) {
    text += fmt::format("Functions run without memory limits, so none runs out of it: {}. ",
                        cgroups_ ? std::string_view(cgroups_->memory_reason()) : kOff);
  }
  return text +
         "To have limits, run as root, or in a delegated cgroup: systemd-run --user --scope "
         "-p Delegate=yes COMMAND";
}

LocalStatistics LocalPlatform::statistics() {
  LocalStatistics result;
  in_loop([&](Engine& engine, net::Loop&) { result = engine.statistics(); });
  return result;
}

void LocalPlatform::in_loop(const std::function<void(Engine&, net::Loop&)>& task) {
  std::promise<void> done;
  loop_.post([&] {
    try {
      task(*engine_, loop_);
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

}  // namespace stepconf::platform
