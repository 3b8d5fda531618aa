#include "stepconf/platform/lambda/lambda_platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "stepconf/platform/lambda/invocation_outcome.h"
#include "stepconf/platform/service_errors.h"

namespace stepconf::platform {
namespace {

// On top of the function's own: the way there and back, INIT, and Lambda's own work.
constexpr Seconds kMargin{10};

Completion dispatched_at(InvocationId id, Seconds time) {
  Completion completion;
  completion.id = id;
  completion.dispatched = time;
  return completion;
}

services::Session session_of(const LambdaOptions& options) {
  services::Session session = options.session;
  if (options.service_failures == ServiceFailures::are_completions) {
    session.options.retry.attempts = 1;
  } else {
    session.options.retry = {.attempts = 30, .first_wait = Seconds{0.5}, .total = Seconds{300}};
  }
  return session;
}

}  // namespace

/// The calls that wait, those that are on their way, and what came of them.
class LambdaPlatform::Pool : public std::enable_shared_from_this<Pool> {
 public:
  struct Call {
    Invocation invocation;
    std::string function;
    std::string qualifier;
    Seconds limit{0};
    Seconds dispatched{0};
  };

  Pool(const LambdaOptions& options, std::chrono::steady_clock::time_point start)
      : session_(session_of(options)),
        throws_(options.service_failures == ServiceFailures::end_the_work),
        most_threads_(std::max(1, options.most_at_once)),
        start_(start) {
    // Region and endpoint are checked before the first call.
    const services::Lambda checked(session_);
  }

  Seconds now() const { return std::chrono::steady_clock::now() - start_; }

  void add(Call call) {
    const std::scoped_lock lock(mutex_);
    ++statistics_.invocations;
    waiting_.push_back(std::move(call));
    if (waiting_.size() > idle_ && threads_.size() < static_cast<std::size_t>(most_threads_)) {
      threads_.emplace_back([self = shared_from_this()] { self->work(); });
    } else if (waiting_.size() > idle_) {
      ++statistics_.waited;
    }
    work_to_do_.notify_one();
  }

  void add(Completion completion) {
    const std::scoped_lock lock(mutex_);
    completions_.push_back(std::move(completion));
    changed_.notify_all();
  }

  std::optional<Completion> wait_next(Seconds until) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] {
      return !completions_.empty() || interrupted_ || !failure_.empty();
    };
    // A day at a time, for a clock's range is limited and `until` may be infinite.
    constexpr Seconds kLongestWait{86'400};
    while (!ready()) {
      const Seconds left = until - now();
      if (!(left > Seconds(0))) return std::nullopt;
      changed_.wait_for(lock,
                        std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                            std::min(left, kLongestWait)),
                        ready);
    }
    if (interrupted_) {
      interrupted_ = false;
      return std::nullopt;
    }
    if (completions_.empty()) throw Error(failure_);
    Completion completion = std::move(completions_.front());
    completions_.pop_front();
    return completion;
  }

  void interrupt() {
    const std::scoped_lock lock(mutex_);
    interrupted_ = true;
    changed_.notify_all();
  }

  void close() {
    std::vector<std::thread> threads;
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
      waiting_.clear();
      // Nobody can be waited for that waits for an answer.
      for (std::thread& thread : threads_) {
        if (std::ranges::find(at_work_, thread.get_id()) != at_work_.end()) {
          thread.detach();
        } else {
          threads.push_back(std::move(thread));
        }
      }
      work_to_do_.notify_all();
    }
    for (std::thread& thread : threads) thread.join();
  }

  int at_work() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<int>(at_work_.size());
  }

  LambdaStatistics statistics() const {
    const std::scoped_lock lock(mutex_);
    return statistics_;
  }

 private:
  void work() {
    services::Lambda lambda(session_);
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      work_to_do_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      --idle_;
      if (closed_) return;
      const Call call = std::move(waiting_.front());
      waiting_.pop_front();
      at_work_.push_back(std::this_thread::get_id());
      statistics_.most_at_once =
          std::max(statistics_.most_at_once, static_cast<int>(at_work_.size()));
      lock.unlock();
      Completion completion = dispatched_at(call.invocation.id, call.dispatched);
      bool reported = true;
      try {
        const auto answer = lambda.invoke(call.function, call.invocation.payload, call.qualifier,
                                          /*log_tail=*/true, call.limit);
        completion.ended = now();
        reported = fill_in(answer, completion);
      } catch (const Error& error) {
        completion.ended = now();
        fill_in(error, completion);
      } catch (const std::exception& error) {
        completion.ended = now();
        fill_in(Error(error.what()), completion);
      }
      lock.lock();
      std::erase(at_work_, std::this_thread::get_id());
      take(std::move(completion), reported);
      if (closed_) return;
    }
  }

  void take(Completion completion, bool reported) {
    if (!reported) ++statistics_.without_report;
    if (completion.status == "TooManyRequestsException") ++statistics_.throttled;
    if (throws_ && is_service_error(completion.status)) {
      if (failure_.empty()) failure_ = completion.error_message;
    } else {
      completions_.push_back(std::move(completion));
    }
    changed_.notify_all();
  }

  const services::Session session_;
  const bool throws_;
  const int most_threads_;
  const std::chrono::steady_clock::time_point start_;

  mutable std::mutex mutex_;
  std::condition_variable work_to_do_, changed_;
  std::deque<Call> waiting_;
  std::size_t idle_ = 0;
  std::vector<std::thread> threads_;
  std::vector<std::thread::id> at_work_;
  std::deque<Completion> completions_;
  bool interrupted_ = false;
  bool closed_ = false;
  std::string failure_;
  LambdaStatistics statistics_;
};

LambdaPlatform::LambdaPlatform(LambdaOptions options)
    : options_(std::move(options)), pool_(std::make_shared<Pool>(options_, start_)) {}

LambdaPlatform::~LambdaPlatform() { pool_->close(); }

Seconds LambdaPlatform::now() const { return pool_->now(); }

void LambdaPlatform::start(const Invocation& invocation) {
  const Seconds dispatched = now();
  const auto function = options_.functions.find(invocation.function);
  const auto refuse = [&](const std::string& why) {
    Completion completion = dispatched_at(invocation.id, dispatched);
    completion.ended = dispatched;
    fill_in(Error(why), completion);
    completion.status = "ResourceNotFoundException";
    pool_->add(std::move(completion));
  };
  if (function == options_.functions.end()) {
    return refuse(fmt::format("function \"{}\" is not known", invocation.function));
  }
  const LambdaTarget& target = function->second;
  const auto qualifier = target.qualifiers.find(invocation.memory);
  if (qualifier == target.qualifiers.end()) {
    return refuse(
        fmt::format("function \"{}\" has no alias for {} MB on Lambda; `stepconf deploy` makes it",
                    invocation.function, invocation.memory.value));
  }
  pool_->add(Pool::Call{.invocation = invocation,
                        .function = target.name,
                        .qualifier = qualifier->second,
                        .limit = target.timeout + kMargin,
                        .dispatched = dispatched});
}

std::optional<Completion> LambdaPlatform::wait_next(Seconds until) {
  return pool_->wait_next(until);
}

void LambdaPlatform::interrupt() { pool_->interrupt(); }
int LambdaPlatform::at_work() const { return pool_->at_work(); }
LambdaStatistics LambdaPlatform::statistics() const { return pool_->statistics(); }

}  // namespace stepconf::platform
