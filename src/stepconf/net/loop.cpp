#include "stepconf/net/loop.h"

#include <fcntl.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "stepconf/net/context.h"

namespace stepconf::net {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using SteadyTimer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using AsyncDescriptor = asio::posix::basic_stream_descriptor<Executor>;

class Timer final : public Handle {
 public:
  Timer(asio::io_context& io, Seconds delay, std::function<void()> task)
      : timer_(io), task_(std::make_shared<std::function<void()>>(std::move(task))) {
    timer_.expires_after(std::chrono::duration_cast<Clock::duration>(delay));
    // The completion may already be queued when the handle goes, so it looks whether the task is
    // still there; it owns the task while it runs, since a task may destroy its own handle.
    timer_.async_wait([weak = std::weak_ptr(task_)](const boost::system::error_code& failure) {
      const auto owned = weak.lock();
      if (!failure && owned) (*owned)();
    });
  }

 private:
  SteadyTimer timer_;
  std::shared_ptr<std::function<void()>> task_;
};

class Watch final : public Handle {
 public:
  Watch(asio::io_context& io, int descriptor, std::function<void()> task)
      : state_(std::make_shared<State>(io, descriptor, std::move(task))) {
    wait(state_);
  }
  ~Watch() override { state_->descriptor.release(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  struct State {
    State(asio::io_context& io, int number, std::function<void()> on_ready)
        : descriptor(io, number), task(std::move(on_ready)) {}
    AsyncDescriptor descriptor;
    std::function<void()> task;
  };

  static void wait(const std::shared_ptr<State>& state) {
    state->descriptor.async_wait(
        AsyncDescriptor::wait_read,
        [weak = std::weak_ptr(state)](const boost::system::error_code& failure) {
          const auto owned = weak.lock();
          if (failure || !owned) return;
          owned->task();
          if (owned->descriptor.is_open()) wait(owned);
        });
  }

  std::shared_ptr<State> state_;
};

}  // namespace

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

Loop::Loop() : context_(std::make_unique<Context>()) {}
Loop::~Loop() = default;

void Loop::run() {
  const auto work = asio::make_work_guard(context_->io);
  context_->io.restart();
  context_->io.run();
}

void Loop::stop() {
  // Posted, so that a stop before `run` counts too.
  asio::post(context_->io, [&io = context_->io] { io.stop(); });
}

void Loop::post(std::function<void()> task) { asio::post(context_->io, std::move(task)); }

std::unique_ptr<Handle> Loop::after(Seconds delay, std::function<void()> task) {
  return std::make_unique<Timer>(context_->io, delay, std::move(task));
}

std::unique_ptr<Handle> Loop::on_readable(int descriptor, std::function<void()> task) {
  return std::make_unique<Watch>(context_->io, descriptor, std::move(task));
}

}  // namespace stepconf::net
