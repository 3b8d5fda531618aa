#include "stepconf/wrapper/service.h"

#include <algorithm>
#include <utility>

namespace stepconf::wrapper {

SingleService::SingleService(CopyPool& pool, std::unique_ptr<Invocation> invocation, Done done)
    : pool_(pool), invocation_(std::move(invocation)), done_(std::move(done)) {}

void SingleService::on_change() {
  if (at_work_) return;
  pool_.have(1);
  if (Copy* copy = pool_.take_idle()) {
    at_work_ = true;
    return copy->work({.request_id = invocation_->request_id,
                       .event = std::move(invocation_->event),
                       .headers = &invocation_->headers});
  }
  if (auto reason = pool_.hopeless()) done_(*std::move(reason));
}

void SingleService::on_answer(Copy&, Outcome outcome) { done_(std::move(outcome)); }
void SingleService::on_crash(Copy&, Outcome reason) { done_(std::move(reason)); }

BatchService::BatchService(net::Loop& loop, CopyPool& pool, std::shared_ptr<Invocation> invocation,
                           std::unique_ptr<BatchRun> run, objects::ObjectStore& store,
                           ResultPlace place, Done done)
    : loop_(loop),
      pool_(pool),
      invocation_(std::move(invocation)),
      run_(std::move(run)),
      place_(std::move(place)),
      done_(std::move(done)),
      transfers_(loop, store) {
  const auto jobs = static_cast<int>(std::min<std::size_t>(run_->jobs(), 1'000'000));
  processes_ = pool_.bounded(std::min(run_->processes(), jobs));
}

void BatchService::on_answer(Copy& copy, Outcome outcome) {
  run_->answered(at_work_.extract(&copy).mapped(), std::move(outcome), now());
  on_change();
}

void BatchService::on_crash(Copy& copy, Outcome reason) {
  run_->crashed(at_work_.extract(&copy).mapped(), std::move(reason), now());
  on_change();
}

void BatchService::on_change() {
  if (handed_in_) return;
  begin_transfers();
  hand_over();
  pool_.have(std::min<std::size_t>(run_->ready_or_at_work(), static_cast<std::size_t>(processes_)));
  if (const auto reason = pool_.hopeless(); reason && run_->ready_or_at_work() > 0)
    run_->give_up(*reason);
  if (!run_->finished()) return watch_time();
  timer_.reset();
  hand_in(run_->result());
}

void BatchService::begin_transfers() {
  while (auto input = run_->next_input(processes_)) {
    transfers_.read(input->url, [this, job = input->job](objects::Transfer transfer) {
      transfer.ok() ? run_->fetched(job, std::move(transfer.bytes))
                    : run_->not_fetched(job, transfer.failure);
      on_change();
    });
  }
  while (auto output = run_->next_output()) {
    const std::string url =
        place_.url(invocation_->request_id, std::to_string(run_->index_in_step(output->job)));
    transfers_.write(url, std::move(output->body),
                     [this, url, job = output->job](const objects::Transfer& transfer) {
                       transfer.ok() ? run_->stored(job, url)
                                     : run_->not_stored(job, transfer.failure);
                       on_change();
                     });
  }
}

void BatchService::hand_in(Outcome outcome) {
  handed_in_ = true;
  const bool by_reference =
      outcome.ok() && !place_.folder.empty() && outcome.body.size() > place_.limit;
  by_reference ? store_results(std::move(outcome.body)) : finish(std::move(outcome));
}

void BatchService::store_results(std::string results) {
  const std::string url = place_.url(invocation_->request_id, "results");
  if (const auto deadline = run_->deadline()) {
    // A tenth of a second for the answer, which is short.
    timer_ = loop_.after(*deadline - now() - Seconds{0.1}, [this, url] {
      finish(unavailable(url + ": could not be written before the invocation's deadline"));
    });
  }
  const std::size_t bytes = results.size();
  transfers_.write(url, std::move(results), [this, url, bytes](const objects::Transfer& transfer) {
    if (!transfer.ok()) return finish(unavailable(transfer.failure));
    finish({.body = Json{{"stepconf", {{"object", url}, {"bytes", bytes}}}}.dump()});
  });
}

// Time may be up and the results stored in the same turn of the loop: the first one counts.
void BatchService::finish(Outcome outcome) {
  if (done_) std::exchange(done_, nullptr)(std::move(outcome));
}

void BatchService::hand_over() {
  while (run_->ready() > 0 && std::ssize(at_work_) < processes_) {
    Copy* copy = pool_.take_idle();
    if (copy == nullptr) return;
    auto order = run_->next(now());
    if (!order) return pool_.put_back(*copy);
    at_work_.emplace(copy, order->job);
    copy->work({.request_id = std::move(order->request_id),
                .event = std::move(order->event),
                .headers = &invocation_->headers,
                .index = run_->index_in_step(order->job)});
  }
}

// One timer for whatever is due first. It is not set back when that comes to nothing: most jobs end
// long before their time.
void BatchService::watch_time() {
  const auto due = run_->next_due();
  if (!due || (timer_ && timer_due_ <= *due)) return;
  timer_due_ = *due;
  timer_ = loop_.after(*due - now(), [this] {
    const auto fired = std::move(timer_);
    on_time();
  });
}

void BatchService::on_time() {
  const Seconds time = now();
  for (const std::size_t job : run_->advance(time)) {
    const auto at = std::ranges::find(at_work_, job, &decltype(at_work_)::value_type::second);
    Copy* copy = at->first;
    at_work_.erase(at);
    pool_.kill(*copy);
  }
  if (run_->out_of_time(time)) pool_.kill_all_but_idle();
  on_change();
}

Seconds BatchService::now() const { return std::chrono::steady_clock::now() - arrived_; }

}  // namespace stepconf::wrapper
