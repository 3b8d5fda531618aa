#include "stepconf/wrapper/batch_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/payload.h"
#include "stepconf/base/hash.h"
#include "stepconf/wrapper/invocation.h"

namespace stepconf::wrapper {
namespace {

constexpr int kMostCrashes = 3;

Outcome too_large(std::size_t bytes, std::size_t most, std::string_view remedy) {
  return failure(
      "Function.ResponseSizeTooLarge",
      fmt::format("Response payload size ({} bytes) exceeded maximum allowed payload size ({} "
                  "bytes): {}",
                  bytes, most, remedy));
}

}  // namespace

Seconds deadline_margin(Seconds deadline) { return std::min(Seconds{0.5}, deadline / 10); }

bool BatchRun::Heavier::operator()(std::size_t a, std::size_t b) const {
  if (!weights->empty() && (*weights)[a] != (*weights)[b]) return (*weights)[a] < (*weights)[b];
  return a > b;
}

BatchRun::BatchRun(Batch batch, std::shared_ptr<const Iteration> iteration, RunLimits limits)
    : batch_(std::move(batch)),
      iteration_(std::move(iteration)),
      limits_(std::move(limits)),
      jobs_(batch_.jobs.size()),
      outcomes_(batch_.jobs.size()),
      unfetched_(Heavier{&batch_.weights}),
      ready_(Heavier{&batch_.weights}) {
  batch_.context["Map"] = {{"Item", Json::object()}};
  if (limits_.deadline) end_ = *limits_.deadline - deadline_margin(*limits_.deadline);
  std::vector<std::size_t> all(jobs_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Queue queue(Heavier{&batch_.weights}, std::move(all));
  if (!batch_.input_objects) {
    ready_ = std::move(queue);
    return;
  }
  unfetched_ = std::move(queue);
  events_.resize(jobs_.size());
  for (Job& job : jobs_) job.stage = Stage::kFetching;
}

std::optional<BatchRun::Order> BatchRun::next(Seconds now) {
  while (ready() > 0) {
    const std::size_t job = ready_.top();
    ready_.pop();
    ++jobs_[job].attempt;
    std::string event;
    try {
      event = make_event(job);
    } catch (const asl::StateFailure& error) {
      Outcome failed = failure(error.error(), error.what());
      // Without an input it is the Map that failed, which the Task's Retry does not cover.
      jobs_[job].input ? fail_or_retry(job, std::move(failed), now)
                       : settle(job, std::move(failed));
      continue;
    }
    jobs_[job].stage = Stage::kAtWork;
    ++at_work_;
    if (iteration_ && iteration_->timeout()) {
      timeouts_.push_back({now + *iteration_->timeout(), job, jobs_[job].attempt});
    }
    return Order{job, request_id(job), std::move(event)};
  }
  return std::nullopt;
}

void BatchRun::answered(std::size_t job, Outcome outcome, Seconds now) {
  end_attempt(job);
  outcome = as_job_outcome(std::move(outcome));
  if (outcome.ok()) outcome = shape_result(job, std::move(outcome));
  fail_or_retry(job, std::move(outcome), now);
}

void BatchRun::crashed(std::size_t job, Outcome end, Seconds now) {
  end_attempt(job);
  if (batch_.idempotent && ++jobs_[job].crashes < kMostCrashes) return ready_.push(job);
  fail_or_retry(job, std::move(end), now);
}

void BatchRun::give_up(const Outcome& reason) {
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    if (jobs_[job].stage <= Stage::kWaiting) settle(job, reason);
  }
  ready_ = Queue(Heavier{&batch_.weights});
  unfetched_ = Queue(Heavier{&batch_.weights});
}

std::vector<std::size_t> BatchRun::advance(Seconds now) {
  std::vector<std::size_t> stopped;
  if (out_of_time(now)) {
    end_at_deadline(stopped);
    return stopped;
  }
  while (!retries_.empty() && retries_.top().time <= now) {
    if (jobs_[retries_.top().job].stage == Stage::kWaiting) ready_.push(retries_.top().job);
    retries_.pop();
  }
  while (!timeouts_.empty() && (timeouts_.front().time <= now || !is_at_work(timeouts_.front()))) {
    const Due due = timeouts_.front();
    timeouts_.pop_front();
    if (!is_at_work(due)) continue;
    stopped.push_back(due.job);
    end_attempt(due.job);
    fail_or_retry(due.job,
                  failure(asl::kTimeout, fmt::format("The task took longer than {} s.",
                                                     iteration_->timeout()->count())),
                  now);
  }
  return stopped;
}

void BatchRun::end_at_deadline(std::vector<std::size_t>& stopped) {
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    if (jobs_[job].stage == Stage::kSettled) continue;
    if (jobs_[job].stage == Stage::kAtWork) {
      stopped.push_back(job);
      end_attempt(job);
    }
    jobs_[job].attempt = std::max(jobs_[job].attempt, 1);
    settle(job, failure("Sandbox.Timedout",
                        fmt::format("RequestId: {} Error: Task timed out after {:.2f} seconds",
                                    request_id(job), limits_.deadline->count())));
  }
  ready_ = Queue(Heavier{&batch_.weights});
  unfetched_ = Queue(Heavier{&batch_.weights});
}

std::optional<Seconds> BatchRun::next_due() const {
  std::optional<Seconds> due = end_;
  const auto at = [&due](Seconds time) { due = due ? std::min(*due, time) : time; };
  if (!retries_.empty()) at(retries_.top().time);
  if (!timeouts_.empty()) at(timeouts_.front().time);
  return due;
}

Outcome BatchRun::result() {
  if (failed_) return *std::move(failed_);
  Outcome joined{.body = join_results(outcomes_, batch_.collect)};
  if (joined.body.size() <= limits_.most_result_bytes) return joined;
  return too_large(joined.body.size(), limits_.most_result_bytes,
                   "the results of the batch's jobs together; give an instance fewer jobs, or name "
                   "a place for large results in STEPCONF_OBJECTS");
}

std::string BatchRun::request_id(std::size_t job) const {
  return job_request_id(limits_.request_id, job, jobs_[job].attempt);
}

// The context object as the job sees it.
const Json& BatchRun::context(std::size_t job) {
  Json item = Json::parse(batch_.jobs[job]);
  // Before it is copied: a walk over a value that is nested too deep would exhaust the stack.
  asl::check_payload(item, "The item");
  Json& place = batch_.context["Map"]["Item"];
  place["Index"] = index_in_step(job);
  place["Value"] = std::move(item);
  return batch_.context;
}

std::string BatchRun::make_event(std::size_t job) {
  if (!iteration_ || !iteration_->shapes_data()) return std::string(batch_.jobs[job]);
  const Json& around = context(job);
  std::optional<Json>& input = jobs_[job].input;
  if (!input) input = iteration_->input(around["Map"]["Item"]["Value"], batch_.map_input, around);
  return iteration_->event(*input, around).dump();
}

Outcome BatchRun::shape_result(std::size_t job, Outcome outcome) {
  if (outcome.body.size() > limits_.most_result_bytes) {
    return too_large(outcome.body.size(), limits_.most_result_bytes,
                     "have the function write it somewhere and return where");
  }
  if (!iteration_ || !iteration_->shapes_data()) return outcome;
  try {
    const Json output =
        iteration_->output(*jobs_[job].input, Json::parse(outcome.body), context(job));
    return {.body = output.dump()};
  } catch (const asl::StateFailure& error) {
    return failure(error.error(), error.what());
  }
}

void BatchRun::fail_or_retry(std::size_t job, Outcome outcome, Seconds now) {
  if (outcome.ok() || !retry(job, outcome, now)) end(job, std::move(outcome));
}

void BatchRun::end(std::size_t job, Outcome outcome) {
  if (!outcome.ok() || !batch_.output_objects) return settle(job, std::move(outcome));
  jobs_[job].stage = Stage::kStoring;
  outcomes_[job] = std::move(outcome);
  unstored_.push_back(job);
}

bool BatchRun::retry(std::size_t job, const Outcome& outcome, Seconds now) {
  if (!iteration_ || failed_) return false;
  const auto retriers = iteration_->retry();
  std::vector<std::int64_t>& retries = jobs_[job].retries;
  retries.resize(retriers.size());
  asl::StateError error;
  error.error = outcome.error_type;
  const auto retrier = asl::retrier_for(retriers, retries, error);
  if (!retrier) return false;
  const double draw = unit_draw(hash_text(request_id(job)));
  const Seconds due = now + retriers[*retrier].delay(retries[*retrier], draw);
  // A retry that cannot begin in time would turn the error into a time-out.
  if (end_ && due >= *end_) return false;
  ++retries[*retrier];
  retries_.push({due, job, jobs_[job].attempt});
  return true;
}

void BatchRun::end_attempt(std::size_t job) {
  jobs_[job].stage = Stage::kWaiting;
  --at_work_;
}

void BatchRun::settle(std::size_t job, Outcome outcome) {
  if (batch_.input_objects) events_[job] = {};
  jobs_[job] = {.stage = Stage::kSettled, .attempt = jobs_[job].attempt};
  ++settled_;
  if (!outcome.ok() && !batch_.collect && !failed_) failed_ = outcome;
  outcomes_[job] = std::move(outcome);
}

bool BatchRun::is_at_work(const Due& due) const {
  const Job& job = jobs_[due.job];
  return job.stage == Stage::kAtWork && job.attempt == due.attempt;
}

}  // namespace stepconf::wrapper
