#include "stepconf/platform/local/engine.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <thread>

#include "stepconf/platform/local/request_id.h"

namespace stepconf::platform {

namespace {

double usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return std::thread::hardware_concurrency();
}

}  // namespace

Engine::Engine(net::Loop& loop, const LocalPlatformOptions& options, Spawner& spawner,
               Cgroups* cgroups, std::chrono::steady_clock::time_point start)
    : loop_(loop), options_(options), spawner_(spawner), cgroups_(cgroups), start_(start) {
  statistics_.cpus = usable_cpus();
  if (cgroups_ != nullptr && cgroups_->limits_cpu() && options_.cpu_scale < 1) {
    thread_caps_.emplace(cpu_quota(options_.cpu_scale));
  }
  watch_ = loop_.on_readable(spawner_.descriptor(), [this] { heed_notices(); });
}

Engine::~Engine() = default;

Seconds Engine::now() const { return std::chrono::steady_clock::now() - start_; }

void Engine::invoke(Call call, std::function<void(Outcome)> done) {
  auto work = std::make_unique<Work>();
  work->request_id = call.request_id.empty() ? make_request_id() : std::move(call.request_id);
  work->trace_id = call.trace_id.empty() ? make_trace_id() : std::move(call.trace_id);
  work->client_context = std::move(call.client_context);
  work->payload = std::move(call.payload);
  work->completion.id = call.id;
  work->completion.dispatched = call.dispatched;
  work->done = std::move(done);
  work->invoked_arn = std::move(call.invoked_arn);
  const std::string alias = fmt::format("mem-{}", call.memory.value);
  if (work->invoked_arn.empty()) work->invoked_arn = function_arn(options_, call.function, alias);

  const auto function = options_.functions.find(call.function);
  if (function == options_.functions.end() ||
      std::ranges::count(memory_sizes_of(options_, function->second), call.memory) == 0) {
    return reject(work, function_error(
                            "ResourceNotFoundException",
                            "Function not found: " + function_arn(options_, call.function, alias)));
  }
  work->version = call.version.empty() ? version_of(options_, function->second, call.memory)
                                       : std::move(call.version);
  if (work->payload.size() > kMaxRequestBytes) {
    return reject(work, function_error("RequestTooLargeException",
                                       fmt::format("Request must be smaller than {} bytes for the "
                                                   "InvokeFunction operation",
                                                   kMaxRequestBytes)));
  }
  if (calls_ >= options_.concurrency) {
    return reject(work, function_error("TooManyRequestsException", "Rate Exceeded."));
  }
  ++calls_;
  ++statistics_.invocations;
  place(std::move(work), {call.function, call.memory});
}

void Engine::place(std::unique_ptr<Work> work, const Key& key) {
  if (lost_ || shut_down_) {
    --calls_;
    return reject(work,
                  platform_failed("the local platform cannot start or use sandboxes any more"));
  }
  std::vector<Sandbox*>& idle = idle_[key];
  Sandbox* chosen = nullptr;
  if (!idle.empty()) {
    chosen = idle.back();
    idle.pop_back();
  } else {
    try {
      auto created = std::make_unique<Sandbox>(
          SandboxSurroundings{loop_, spawner_, cgroups_, thread_caps_ ? &*thread_caps_ : nullptr,
                              options_, *this},
          key.first, key.second);
      chosen = created.get();
      sandboxes_.emplace(created->token(), std::move(created));
      ++statistics_.cold_starts;
    } catch (const Error& error) {
      --calls_;
      return reject(work, platform_failed(error.what()));
    }
  }
  cpus_asked_ += cpus_of(*chosen);
  chosen->assign(std::move(work));
  count_cpus_asked();
}

bool Engine::has_idle(const std::string& function, MemoryMb memory) const {
  const auto found = idle_.find({function, memory});
  return found != idle_.end() && !found->second.empty();
}

std::map<MemoryMb, int> Engine::idle(const std::string& function) const {
  std::map<MemoryMb, int> result;
  for (auto each = idle_.lower_bound({function, MemoryMb{}});
       each != idle_.end() && each->first.first == function; ++each) {
    if (!each->second.empty()) {
      result.emplace(each->first.second, static_cast<int>(each->second.size()));
    }
  }
  return result;
}

void Engine::reject(const std::unique_ptr<Work>& work, const FunctionError& error) {
  Completion& completion = work->completion;
  completion.started = completion.ended = now();
  completion.status = error.type;
  completion.error_message = error.message;
  completion.payload = error.document;
  work->done(Outcome{std::move(completion), std::move(work->request_id), {}, true});
}

double Engine::cpus_of(const Sandbox& sandbox) const {
  return vcpus(sandbox.memory()) * options_.cpu_scale;
}

void Engine::count_cpus_asked() {
  statistics_.peak_cpus_asked = std::max(statistics_.peak_cpus_asked, cpus_asked_);
  // A hundredth more makes no difference that could be seen.
  if (cpus_asked_ <= statistics_.cpus * 1.01) return;
  for (const auto& [token, sandbox] : sandboxes_) {
    if (sandbox->mark_oversubscribed()) ++statistics_.oversubscribed;
  }
}

void Engine::call_ended(const Sandbox& sandbox) {
  --calls_;
  // Begun anew at each pause, so that rounding does not add up.
  cpus_asked_ = calls_ == 0 ? 0 : cpus_asked_ - cpus_of(sandbox);
}

void Engine::became_idle(Sandbox& sandbox) {
  idle_[{sandbox.function(), sandbox.memory()}].push_back(&sandbox);
}

void Engine::closed(Sandbox& sandbox, std::unique_ptr<Work> undelivered) {
  const Key key{sandbox.function(), sandbox.memory()};
  std::erase(idle_[key], &sandbox);
  if (!undelivered) return;
  cpus_asked_ -= cpus_of(sandbox);
  place(std::move(undelivered), key);
}

void Engine::heed_notices() {
  for (const SpawnNotice& notice : spawner_.notices()) {
    const auto found = sandboxes_.find(notice.token);
    if (found == sandboxes_.end()) continue;
    Sandbox& sandbox = *found->second;
    switch (notice.kind) {
      case SpawnNotice::Kind::started:
        sandbox.process_started(notice.process);
        break;
      case SpawnNotice::Kind::failed:
        sandbox.process_failed(notice.failure);
        forget(notice.token);
        break;
      case SpawnNotice::Kind::exited:
        sandbox.process_exited(notice.wait_status, [this, token = notice.token] {
          loop_.post([this, token] { forget(token); });
        });
        break;
    }
  }
  if (!spawner_.alive()) lose_guard();
}

void Engine::forget(SpawnToken token) {
  sandboxes_.erase(token);
  if (shut_down_ && sandboxes_.empty()) std::exchange(shut_down_, nullptr)();
}

void Engine::lose_guard() {
  if (lost_) return;
  lost_ = true;
  watch_.reset();
  const std::string reason = fmt::format(
      "the guard process {} of the local platform's sandboxes has died, and they with it",
      spawner_.guard());
  for (auto& [token, sandbox] : sandboxes_) sandbox->close(platform_failed(reason));
  sandboxes_.clear();
  if (options_.failed) options_.failed(reason);
  if (shut_down_) std::exchange(shut_down_, nullptr)();
}

void Engine::shut_down(std::function<void()> done) {
  if (sandboxes_.empty()) return done();
  shut_down_ = std::move(done);
  shut_down_limit_ = loop_.after(Seconds(2), [this] {
    if (shut_down_) std::exchange(shut_down_, nullptr)();
  });
  for (auto& [token, sandbox] : sandboxes_) sandbox->close();
}

}  // namespace stepconf::platform
