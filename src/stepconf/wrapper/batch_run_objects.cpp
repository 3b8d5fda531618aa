#include <fmt/format.h>

#include <utility>

#include "stepconf/wrapper/batch_run.h"

// The jobs whose events or results travel as objects.

namespace stepconf::wrapper {
namespace {

// Events that are fetched before a copy is free for them: enough to keep the copies and the
// connections busy, not so many that they fill the memory.
std::size_t most_ahead(int processes) { return 2 * static_cast<std::size_t>(processes) + 6; }

}  // namespace

std::optional<BatchRun::Input> BatchRun::next_input(int processes) {
  while (!failed_ && !unfetched_.empty() && fetching_ + ready_.size() < most_ahead(processes)) {
    const std::size_t job = unfetched_.top();
    unfetched_.pop();
    const Json url = Json::parse(batch_.jobs[job]);
    if (url.is_string()) {
      ++fetching_;
      return Input{.job = job, .url = url.get<std::string>()};
    }
    settle(job, unavailable(fmt::format("the job is {:.80}, must be the URL of an object",
                                        batch_.jobs[job])));
  }
  return std::nullopt;
}

void BatchRun::fetched(std::size_t job, std::string event) {
  if (!Json::accept(event)) {
    return not_fetched(job, fmt::format("{}: what it holds is no JSON", batch_.jobs[job]));
  }
  --fetching_;
  if (jobs_[job].stage != Stage::kFetching) return;
  events_[job] = std::move(event);
  batch_.jobs[job] = events_[job];
  jobs_[job].stage = Stage::kWaiting;
  ready_.push(job);
}

void BatchRun::not_fetched(std::size_t job, const std::string& reason) {
  --fetching_;
  if (jobs_[job].stage == Stage::kFetching) settle(job, unavailable(reason));
}

std::optional<BatchRun::Output> BatchRun::next_output() {
  while (!unstored_.empty()) {
    const std::size_t job = unstored_.front();
    unstored_.pop_front();
    if (jobs_[job].stage != Stage::kStoring) continue;
    return Output{
        .job = job, .request_id = request_id(job), .body = std::move(outcomes_[job].body)};
  }
  return std::nullopt;
}

void BatchRun::stored(std::size_t job, const std::string& url) {
  if (jobs_[job].stage == Stage::kStoring) settle(job, {.body = Json(url).dump()});
}

void BatchRun::not_stored(std::size_t job, const std::string& reason) {
  if (jobs_[job].stage == Stage::kStoring) settle(job, unavailable(reason));
}

}  // namespace stepconf::wrapper
