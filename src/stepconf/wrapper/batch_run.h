#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/wrapper/envelope.h"
#include "stepconf/wrapper/iteration.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// What a batch has of its invocation. All times of a run count from the invocation's arrival.
struct RunLimits {
  std::string request_id;
  /// When the invocation ends; absent: never.
  std::optional<Seconds> deadline;
  /// Results that are longer together cannot be handed over.
  std::size_t most_result_bytes = 0;
};

/// Gives the time before the deadline at which jobs that have not ended are given up, so that the
/// answer with what did end is out in time: half a second, for putting up to 6 MB together and
/// posting it at the CPU share of the smallest memory size (0.07 vCPU) takes 0.2 s; of invocations
/// under 5 s a tenth.
Seconds deadline_margin(Seconds deadline);

/// One batch on its way: which job is next, what is tried again and when, and what became of each.
/// Knows no copy, clock or descriptor; `now` never decreases. Each job is one iteration of a Map:
/// its attempts have events, results, Retry and TimeoutSeconds as Step Functions would apply them.
class BatchRun {
 public:
  /// One attempt at a job, to be handed to a copy.
  struct Order {
    std::size_t job = 0;
    std::string request_id;
    std::string event;
  };

  /// `iteration` null: events and results travel as they are written, and nothing is retried. The
  /// batch's texts must live as long as the run.
  BatchRun(Batch batch, std::shared_ptr<const Iteration> iteration, RunLimits limits);
  BatchRun(const BatchRun&) = delete;
  BatchRun& operator=(const BatchRun&) = delete;

  /// Lets the next attempt begin; absent where none is ready. Heavier jobs first, else in order.
  std::optional<Order> next(Seconds now);

  /// An object that holds a job's event.
  struct Input {
    std::size_t job = 0;
    std::string url;
  };
  /// Gives the next input to fetch; absent where none is left, or where enough wait already for
  /// this number of processes.
  std::optional<Input> next_input(int processes);
  /// Takes the event of a job, or why there is none.
  void fetched(std::size_t job, std::string event);
  void not_fetched(std::size_t job, const std::string& reason);
  /// A result that is to be written to an object.
  struct Output {
    std::size_t job = 0;
    std::string request_id;
    std::string body;
  };
  std::optional<Output> next_output();
  /// Takes what is the job's result from now on, the object's URL, or why it could not be written.
  void stored(std::size_t job, const std::string& url);
  void not_stored(std::size_t job, const std::string& reason);

  /// Takes a copy's answer to a job at work.
  void answered(std::size_t job, Outcome outcome, Seconds now);
  /// The copy that worked on the job died: it is done again where jobs are idempotent.
  void crashed(std::size_t job, Outcome end, Seconds now);
  /// Nothing can serve the jobs that are not at work: they fail for the reason given.
  void give_up(const Outcome& reason);

  /// Lets time pass: retries become ready, and jobs at work end that exceed TimeoutSeconds or, with
  /// all the others, the deadline. Gives the jobs at work that ended so: whoever works on them is
  /// to be stopped.
  std::vector<std::size_t> advance(Seconds now);
  /// When `advance` has something to do, unless other events come first.
  std::optional<Seconds> next_due() const;

  std::optional<Seconds> deadline() const { return limits_.deadline; }
  /// Tells whether jobs that have not ended by now are given up.
  bool out_of_time(Seconds now) const { return end_ && now >= *end_; }
  int processes() const { return batch_.processes; }
  /// The job's index in its step.
  std::size_t index_in_step(std::size_t job) const { return batch_.first_index + job; }
  std::size_t jobs() const { return jobs_.size(); }
  /// How many jobs could be at work now, or soon: their events are on the way.
  std::size_t ready_or_at_work() const { return ready() + at_work_ + (failed_ ? 0 : fetching_); }
  std::size_t ready() const { return failed_ ? 0 : ready_.size(); }
  /// Whether the result is there: every job has ended, or one has failed the batch and none is at
  /// work.
  bool finished() const { return at_work_ == 0 && (failed_ || settled_ == jobs_.size()); }
  /// REQUIRES: finished(). To be called once.
  Outcome result();

 private:
  enum class Stage { kFetching, kWaiting, kAtWork, kStoring, kSettled };
  struct Job {
    Stage stage = Stage::kWaiting;
    int attempt = 0;
    int crashes = 0;
    /// Retries so far, by Retrier.
    std::vector<std::int64_t> retries{};
    /// Of the iteration's Task, where data is shaped.
    std::optional<Json> input{};
  };
  struct Heavier {
    const std::vector<double>* weights;
    bool operator()(std::size_t a, std::size_t b) const;
  };
  struct Due {
    Seconds time;
    std::size_t job = 0;
    int attempt = 0;
    bool operator>(const Due& other) const { return time > other.time; }
  };

  std::string request_id(std::size_t job) const;
  const Json& context(std::size_t job);
  std::string make_event(std::size_t job);
  Outcome shape_result(std::size_t job, Outcome outcome);
  bool retry(std::size_t job, const Outcome& outcome, Seconds now);
  void end_attempt(std::size_t job);
  void settle(std::size_t job, Outcome outcome);
  void fail_or_retry(std::size_t job, Outcome outcome, Seconds now);
  void end(std::size_t job, Outcome outcome);
  bool is_at_work(const Due& due) const;
  void end_at_deadline(std::vector<std::size_t>& stopped);

  Batch batch_;
  std::shared_ptr<const Iteration> iteration_;
  RunLimits limits_;
  /// When unfinished jobs are given up.
  std::optional<Seconds> end_;
  std::vector<Job> jobs_;
  std::vector<Outcome> outcomes_;
  using Queue = std::priority_queue<std::size_t, std::vector<std::size_t>, Heavier>;
  /// Jobs whose events are objects that are not asked for yet.
  Queue unfetched_;
  std::size_t fetching_ = 0;
  /// Events that came as objects, by job.
  std::vector<std::string> events_;
  Queue ready_;
  /// Jobs whose results are to be written to objects.
  std::deque<std::size_t> unstored_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> retries_;
  /// In the order of time, for all attempts may take equally long; those that ended are skipped.
  std::deque<Due> timeouts_;
  std::size_t at_work_ = 0;
  std::size_t settled_ = 0;
  /// The error that fails the batch as a whole.
  std::optional<Outcome> failed_;
};

}  // namespace stepconf::wrapper
