#include "stepconf/wrapper/dispatcher.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <unordered_map>
#include <utility>

#include "stepconf/wrapper/envelope.h"
#include "stepconf/wrapper/memory_share.h"

namespace stepconf::wrapper {

/// The event being served.
struct Dispatcher::Work {
  Invocation invocation;
  std::function<void(Outcome)> done;
  /// Absent where the event is passed to one copy as it is. Its jobs are views into the event.
  std::optional<Batch> batch{};
  std::vector<Outcome> outcomes{};
  int processes = 1;
  /// The first job that nobody works on yet.
  std::size_t next = 0;
  std::unordered_map<const Copy*, std::size_t> at_work{};
  /// The error that fails the batch as a whole.
  std::optional<Outcome> failed{};
  /// Why the last copy that was started for this event never became ready.
  std::optional<Outcome> start_failure{};

  std::size_t waiting() const { return failed ? 0 : outcomes.size() - next; }
};

Dispatcher::Dispatcher(net::Loop& loop, std::vector<std::string> command,
                       std::optional<double> memory_mb)
    : loop_(loop), command_(std::move(command)), memory_mb_(memory_mb) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::warm_up(std::function<void(std::optional<Outcome>)> ready) {
  if (auto failed = start_copy()) return ready(std::move(failed));
  warmed_up_ = std::move(ready);
}

void Dispatcher::serve(Invocation invocation, std::function<void(Outcome)> done) {
  auto work =
      std::make_unique<Work>(Work{.invocation = std::move(invocation), .done = std::move(done)});
  try {
    work->batch = parse_batch(work->invocation.event);
  } catch (const InvalidInput& error) {
    return work->done(failure("StepConf.InvalidBatch", error.what()));
  }
  work->outcomes.resize(work->batch ? work->batch->jobs.size() : 1);
  const std::size_t jobs = work->outcomes.size();
  if (work->batch && jobs > 0) {
    const auto most = static_cast<int>(std::min<std::size_t>(jobs, 1'000'000));
    work->processes = allowed_processes(std::min(work->batch->processes, most));
  }
  work_ = std::move(work);
  proceed();
}

void Dispatcher::proceed() {
  if (!work_) return;
  const auto has_room = [this] {
    return work_->waiting() > 0 && std::ssize(work_->at_work) < work_->processes;
  };
  while (has_room() && !idle_.empty()) {
    Copy& copy = *idle_.front();
    idle_.pop_front();
    if (copy.idle()) assign(copy);
  }
  start_missing_copies();
  if (copies_.empty() && work_->start_failure) {
    while (work_->waiting() > 0) settle(work_->next++, *work_->start_failure);
  }
  if (work_->waiting() == 0 && work_->at_work.empty()) finish();
}

void Dispatcher::assign(Copy& copy) {
  const std::size_t job = work_->next++;
  Invocation& invocation = work_->invocation;
  work_->at_work.emplace(&copy, job);
  if (!work_->batch) {
    return copy.work({.request_id = invocation.request_id,
                      .event = std::move(invocation.event),
                      .headers = &invocation.headers});
  }
  copy.work({.request_id = fmt::format("{}-{}", invocation.request_id, job),
             .event = std::string(work_->batch->jobs[job]),
             .headers = &invocation.headers,
             .log_prefix = work_->processes > 1 ? fmt::format("[job {}] ", job) : ""});
}

void Dispatcher::settle(std::size_t job, Outcome outcome) {
  if (work_->batch) {
    outcome = as_job_outcome(std::move(outcome));
    if (!outcome.ok() && !work_->batch->collect && !work_->failed) work_->failed = outcome;
  }
  work_->outcomes[job] = std::move(outcome);
}

void Dispatcher::finish() {
  const std::unique_ptr<Work> work = std::move(work_);
  if (!work->batch) return work->done(std::move(work->outcomes[0]));
  if (work->failed) return work->done(*std::move(work->failed));
  work->done({.body = join_results(work->outcomes, work->batch->collect)});
}

void Dispatcher::on_idle(Copy& copy) {
  std::erase(idle_, &copy);
  idle_.push_back(&copy);
  if (const auto ready = std::exchange(warmed_up_, nullptr)) ready(std::nullopt);
  proceed();
}

void Dispatcher::on_answer(Copy& copy, Outcome outcome) {
  const auto job = work_->at_work.extract(&copy);
  settle(job.mapped(), std::move(outcome));
  proceed();
}

void Dispatcher::on_gone(Copy& copy, Outcome reason) {
  const bool was_ready = copy.ready();
  bury(copy);
  if (was_ready) return proceed();
  if (const auto ready = std::exchange(warmed_up_, nullptr)) return ready(std::move(reason));
  if (!work_) return;
  std::cerr << fmt::format("stepconf-wrapper: a copy of the runtime did not start: {}\n",
                           reason.body);
  work_->start_failure = std::move(reason);
  proceed();
}

void Dispatcher::start_missing_copies() {
  const auto wanted = std::min<std::size_t>(static_cast<std::size_t>(work_->processes),
                                            work_->at_work.size() + work_->waiting());
  // After a failed start the batch makes do with the copies there are, instead of starting for
  // ever.
  while (copies_.size() < wanted && !work_->start_failure) work_->start_failure = start_copy();
}

std::optional<Outcome> Dispatcher::start_copy() {
  try {
    copies_.push_back(std::make_unique<Copy>(loop_, command_, *this));
    return std::nullopt;
  } catch (const StartFailure& error) {
    return failure("Runtime.InvalidEntrypoint", fmt::format("Error: {}", error.what()));
  } catch (const Error& error) {
    return failure("StepConf.StartFailed", error.what());
  }
}

int Dispatcher::allowed_processes(int wanted) {
  if (!memory_mb_ || wanted <= 1) return wanted;
  const auto wrapper = memory_use(::getpid());
  MemoryUse largest;
  for (const auto& copy : copies_) {
    const auto use = memory_use(copy->pid());
    if (use && use->own_mb > largest.own_mb) largest = *use;
  }
  if (!wrapper || largest.own_mb <= 0) return wanted;
  const int fit = copies_that_fit(*memory_mb_, wrapper->own_mb, largest);
  if (fit >= wanted) return wanted;
  std::cerr << fmt::format(
      "stepconf-wrapper: {} of {} processes run: one has used up to {:.0f} MB, the function has "
      "{:.0f} MB\n",
      fit, wanted, largest.own_mb + largest.shared_mb, *memory_mb_);
  return fit;
}

void Dispatcher::bury(Copy& copy) {
  std::erase(idle_, &copy);
  const auto at = std::ranges::find(copies_, &copy, &std::unique_ptr<Copy>::get);
  ended_.push_back(std::move(*at));
  copies_.erase(at);
  burial_ = loop_.after(Seconds{0}, [this] { ended_.clear(); });
}

}  // namespace stepconf::wrapper
