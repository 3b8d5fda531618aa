#include "stepconf/executor/executor.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/executor/batch.h"

namespace stepconf::executor {
namespace {

// The jobs of one instance, in the order of their results, and the event that hands them over.
struct Batch {
  std::vector<asl::Token> jobs;
  std::string event;
};

// The jobs of one step that became ready together, until the last instance came back.
struct Attempt {
  const workflow::Step* step = nullptr;
  StepRecord record;
  std::vector<Batch> batches;
  std::vector<Seconds> billed;
  std::size_t started = 0;
  std::size_t ended = 0;
};

struct BatchAtWork {
  std::shared_ptr<Attempt> attempt;
  std::size_t index = 0;
};

// What the step's meaning demands beyond any strategy: jobs that may not share an instance do not.
estimator::Configuration permitted(const workflow::Step& step, int jobs,
                                   estimator::Configuration configuration) {
  if (step.batched) return configuration;
  return {configuration.memory, jobs, 1};
}

// How many instances may be at work at once under the Map's MaxConcurrency, which counts jobs, and
// so processes.
std::size_t most_at_once(const workflow::Step& step,
                         const estimator::Configuration& configuration) {
  if (step.max_concurrency <= 0) return std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(std::max(1, step.max_concurrency / configuration.processes));
}

class Run {
 public:
  Run(asl::Flow& flow, const workflow::Workflow& workflow, optimizer::Strategy& strategy,
      platform::Platform& platform, Observer& observer, const RunOptions& options)
      : flow_(flow),
        workflow_(workflow),
        strategy_(strategy),
        platform_(platform),
        observer_(observer),
        options_(options),
        origin_(platform.now()) {}

  RunSummary to_the_end() {
    carry_out(flow_.start(now()));
    while (!ended_) {
      const Seconds next_timer = timers_.empty() ? Seconds(std::numeric_limits<double>::infinity())
                                                 : timers_.begin()->first;
      if (at_work_.empty() && timers_.empty()) {
        throw Error("the workflow waits for nothing and has not ended");
      }
      const Seconds waiting_since = now();
      const auto completion = platform_.wait_next(origin_ + next_timer);
      waited_ += now() - waiting_since;
      if (completion) {
        take(*completion);
      } else if (options_.interrupted()) {
        end(RunStatus::interrupted);
      } else {
        pass_time();
      }
    }
    return std::move(summary_);
  }

 private:
  Seconds now() const { return platform_.now() - origin_; }

  // Invocations of the same attempt at the same step are its jobs, wherever in the list they stand.
  void carry_out(const std::vector<asl::Command>& commands) {
    std::vector<std::vector<const asl::Invoke*>> groups;
    std::map<std::pair<std::string, int>, std::size_t> group_of;
    for (const asl::Command& command : commands) {
      if (const auto* invoke = std::get_if<asl::Invoke>(&command)) {
        const auto [entry, added] =
            group_of.try_emplace({invoke->step, invoke->attempt}, groups.size());
        if (added) groups.emplace_back();
        groups[entry->second].push_back(invoke);
      } else if (const auto* wait = std::get_if<asl::WaitUntil>(&command)) {
        timers_.emplace(wait->due, wait->token);
      } else if (const auto* success = std::get_if<asl::Succeeded>(&command)) {
        summary_.output = success->output;
        return end(RunStatus::succeeded);
      } else if (const auto* failure = std::get_if<asl::Failed>(&command)) {
        summary_.error = failure->error;
        summary_.cause = failure->cause;
        summary_.step = failure->state;
        return end(RunStatus::failed);
      }
    }
    for (const auto& jobs : groups) start_step(jobs);
  }

  void start_step(const std::vector<const asl::Invoke*>& jobs) {
    const std::string& name = jobs.front()->step;
    const auto id = workflow_.find(name);
    if (!id) throw Error("the workflow has no step \"" + name + "\"");
    const workflow::Step& step = workflow_.steps[static_cast<std::size_t>(*id)];

    auto attempt = std::make_shared<Attempt>();
    attempt->step = &step;
    StepRecord& record = attempt->record;
    record.execution = options_.execution;
    record.started_at = options_.started_at;
    record.step = name;
    record.function = step.function;
    record.attempt = jobs.front()->attempt;
    record.jobs = static_cast<int>(jobs.size());
    record.ready = now();
    if (options_.slo) record.time_left = *options_.slo - record.ready;

    std::optional<optimizer::WarmSandboxes> warm;
    if (options_.warm_pools) warm = platform_.idle_sandboxes(step.function);
    const optimizer::Decision decision =
        strategy_.decide({*id, record.jobs, record.ready, warm ? &*warm : nullptr});
    record.configuration = permitted(step, record.jobs, decision.configuration);
    record.sub_slo = decision.sub_slo;
    record.predicted = decision.duration;
    record.predicted_cost = decision.cost;
    record.reason = optimizer::explain(decision);
    record.decision = decision;
    record.decided = now();

    deal_out(*attempt, jobs);
    observer_.step_started(record);
    start_instances(attempt);
  }

  void deal_out(Attempt& attempt, std::span<const asl::Invoke* const> jobs) {
    StepRecord& record = attempt.record;
    const estimator::Split split = estimator::split(record.jobs, record.configuration.instances);
    for (int index = 0; index < split.instances; ++index) {
      const auto first = static_cast<std::size_t>(index) * split.jobs_per_instance;
      const auto count = std::min<std::size_t>(split.jobs_per_instance, jobs.size() - first);
      Batch batch;
      std::vector<const Json*> events;
      for (const asl::Invoke* job : jobs.subspan(first, count)) {
        batch.jobs.push_back(job->token);
        events.push_back(&job->event);
      }
      batch.event = batch_event(events, record.configuration.processes);
      attempt.batches.push_back(std::move(batch));
      InstanceRecord instance;
      instance.index = index;
      instance.jobs = static_cast<int>(count);
      instance.status = "aborted";
      record.detail.push_back(instance);
    }
    attempt.billed.resize(attempt.batches.size());
  }

  void start_instances(const std::shared_ptr<Attempt>& attempt) {
    const std::size_t limit = most_at_once(*attempt->step, attempt->record.configuration);
    const std::size_t together = std::min(limit - (attempt->started - attempt->ended),
                                          attempt->batches.size() - attempt->started);
    for (std::size_t position = 1; position <= together; ++position) {
      const std::size_t index = attempt->started++;
      attempt->record.detail[index].dispatched = now();
      const platform::InvocationId id = ++last_invocation_;
      at_work_.emplace(id, BatchAtWork{attempt, index});
      platform_.start({.id = id,
                       .function = attempt->step->function,
                       .memory = attempt->record.configuration.memory,
                       .payload = std::move(attempt->batches[index].event),
                       .position = attempt->step->is_map ? static_cast<int>(position) : 0,
                       .together = static_cast<int>(together)});
    }
  }

  void take(const platform::Completion& completion) {
    const auto found = at_work_.find(completion.id);
    if (found == at_work_.end()) return;
    const auto [attempt, index] = std::move(found->second);
    at_work_.erase(found);

    InstanceRecord& instance = attempt->record.detail[index];
    instance.dispatched = completion.dispatched - origin_;
    instance.started = completion.started - origin_;
    instance.ended = completion.ended - origin_;
    instance.cold = completion.cold;
    instance.init = completion.init;
    instance.max_memory_mb = completion.max_memory_mb;
    instance.status = completion.status;
    const std::vector<asl::Token>& jobs = attempt->batches[index].jobs;
    const std::vector<JobOutcome> outcomes = batch_outcomes(completion, jobs.size());
    if (completion.ok()) {
      instance.failed_jobs = static_cast<int>(
          std::ranges::count_if(outcomes, [](const JobOutcome& job) { return !job.ok; }));
    }
    attempt->billed[index] = completion.billed;
    ++attempt->ended;
    attempt->record.oversubscribed |= completion.oversubscribed;
    start_instances(attempt);
    const Seconds ended = now();

    std::vector<asl::Command> commands;
    for (std::size_t job = 0; job < outcomes.size(); ++job) {
      append(commands, flow_.handle(as_event(jobs[job], outcomes[job]), now()));
    }
    // Closed before what follows begins, with the way that leads there.
    if (attempt->ended == attempt->batches.size()) close(*attempt, ended);
    carry_out(commands);
  }

  static asl::Event as_event(asl::Token token, const JobOutcome& outcome) {
    if (outcome.ok) return asl::InvocationSucceeded{token, outcome.result};
    return asl::InvocationFailed{token, outcome.error, outcome.cause};
  }

  // Timers that are due together are handled together, so that jobs which are retried at the same
  // time share instances again.
  void pass_time() {
    std::vector<asl::Command> commands;
    while (!timers_.empty() && timers_.begin()->first <= now()) {
      const asl::Token token = timers_.begin()->second;
      timers_.erase(timers_.begin());
      append(commands, flow_.handle(asl::TimeReached{token}, now()));
    }
    carry_out(commands);
  }

  static void append(std::vector<asl::Command>& all, std::vector<asl::Command> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }

  void close(Attempt& attempt, Seconds ended) {
    StepRecord& record = attempt.record;
    record.ended = ended;
    record.choices = flow_.take_ways();
    record.cost = cost(attempt);
    summary_.cost += record.cost;
    observer_.step_ended(record);
    summary_.steps.push_back(record);
  }

  Usd cost(const Attempt& attempt) const {
    const StepRecord& record = attempt.record;
    if (options_.paper_cost) {
      return pricing::paper_cost(options_.prices, record.configuration.memory,
                                 static_cast<int>(attempt.started), record.ended - record.ready);
    }
    std::vector<pricing::InstanceUse> uses;
    for (std::size_t index = 0; index < attempt.started; ++index) {
      uses.push_back({.duration = attempt.billed[index]});
    }
    return pricing::billed_cost(options_.prices, record.configuration.memory, uses,
                                attempt.step->is_map);
  }

  void end(RunStatus status) {
    if (ended_) return;
    ended_ = true;
    for (auto& [id, batch] : at_work_) {
      Attempt& attempt = *batch.attempt;
      if (attempt.ended < attempt.batches.size()) {
        attempt.ended = attempt.batches.size();
        close(attempt, now());
      }
    }
    tell_ways_left();
    summary_.status = status;
    summary_.duration = now();
    summary_.own_time = summary_.duration - waited_;
  }

  void tell_ways_left() {
    StepRecord record;
    record.choices = flow_.take_ways();
    if (record.choices.empty()) return;
    record.execution = options_.execution;
    record.started_at = options_.started_at;
    observer_.ways_left(record);
  }

  asl::Flow& flow_;
  const workflow::Workflow& workflow_;
  optimizer::Strategy& strategy_;
  platform::Platform& platform_;
  Observer& observer_;
  const RunOptions& options_;
  const Seconds origin_;

  platform::InvocationId last_invocation_ = 0;
  std::map<platform::InvocationId, BatchAtWork> at_work_;
  std::multimap<Seconds, asl::Token> timers_;
  Seconds waited_{0};
  bool ended_ = false;
  RunSummary summary_;
};

}  // namespace

RunSummary run(asl::Flow& flow, const workflow::Workflow& workflow, optimizer::Strategy& strategy,
               platform::Platform& platform, Observer& observer, const RunOptions& options) {
  return Run(flow, workflow, strategy, platform, observer, options).to_the_end();
}

}  // namespace stepconf::executor
