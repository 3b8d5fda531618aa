#include "stepconf/wrapper/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/wrapper/envelope.h"

namespace stepconf::wrapper {
namespace {

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and 100 bytes as
// the service counts.
constexpr std::size_t kMostResultBytes = 6 * 1024 * 1024 + 100;

// What an answer may hold, less what a caller puts around it.
constexpr std::size_t kUsualLimit = kMostResultBytes - 64 * 1024;

}  // namespace

Dispatcher::Dispatcher(net::Loop& loop, CopyOptions options, std::optional<double> memory_mb,
                       StepsFile steps, objects::ObjectStore& store, std::string results)
    : loop_(loop),
      pool_(loop, std::move(options), sandbox_limits(memory_mb, store.connections())),
      steps_(std::move(steps)),
      store_(store),
      results_(std::move(results)) {}

void Dispatcher::warm_up(std::function<void(std::optional<Outcome>)> ready) {
  pool_.warm_up(std::move(ready));
}

void Dispatcher::serve(Invocation invocation, const Done& done) {
  auto owned = std::make_unique<Invocation>(std::move(invocation));
  const Done finishing = [this, done](Outcome outcome) { finish(std::move(outcome), done); };
  try {
    auto batch = parse_batch(owned->event);
    if (!batch) {
      return begin(std::make_unique<SingleService>(pool_, std::move(owned), finishing));
    }
    if (batch->jobs_object.empty())
      return serve_batch(std::move(owned), *std::move(batch), finishing);
    fetch_jobs(std::move(owned), *batch, finishing);
  } catch (const InvalidInput& error) {
    finishing(failure("StepConf.InvalidBatch", error.what()));
  }
}

void Dispatcher::serve_batch(std::shared_ptr<Invocation> invocation, Batch batch,
                             const Done& done) {
  ResultPlace place = place_for(batch);
  auto run = plan(*invocation, std::move(batch), !place.folder.empty());
  begin(std::make_unique<BatchService>(loop_, pool_, std::move(invocation), std::move(run), store_,
                                       std::move(place), done));
}

void Dispatcher::fetch_jobs(const std::shared_ptr<Invocation>& invocation, const Batch& batch,
                            const Done& done) {
  const auto left = time_left(*invocation, std::chrono::system_clock::now());
  if (left) {
    fetch_limit_ = loop_.after(*left - deadline_margin(*left), [this, done, batch] {
      const auto fired = std::move(fetch_limit_);
      fetch_.reset();
      done(unavailable(batch.jobs_object + ": could not be read before the invocation's deadline"));
    });
  }
  fetch_.emplace(loop_, store_);
  fetch_->read(batch.jobs_object, [this, invocation, batch, done](objects::Transfer transfer) {
    fetch_limit_.reset();
    if (!transfer.ok()) return done(unavailable(transfer.failure));
    invocation->fetched_jobs = std::move(transfer.bytes);
    const std::string source = fmt::format("what {} holds", batch.jobs_object);
    try {
      if (!Json::accept(invocation->fetched_jobs)) {
        throw InvalidBatch(fmt::format("batch: {} is no JSON", source));
      }
      Batch whole = batch;
      read_jobs(whole, invocation->fetched_jobs, source);
      serve_batch(invocation, std::move(whole), done);
    } catch (const InvalidInput& error) {
      done(failure("StepConf.InvalidBatch", error.what()));
    }
  });
}

void Dispatcher::begin(std::unique_ptr<CopyUser> service) {
  service_ = std::move(service);
  pool_.serve(service_.get());
  service_->on_change();
}

void Dispatcher::finish(Outcome outcome, const Done& done) {
  pool_.serve(nullptr);
  // What was logged during the event stands in the log before the answer is out: the sandbox may be
  // frozen then.
  pool_.flush_logs();
  finished_ = std::move(service_);
  release_ = loop_.after(Seconds{0}, [this] { finished_.reset(); });
  done(std::move(outcome));
}

ResultPlace Dispatcher::place_for(const Batch& batch) const {
  ResultPlace place{.folder = batch.objects.empty() ? results_ : batch.objects,
                    .limit = std::min(batch.limit.value_or(kUsualLimit), kMostResultBytes)};
  if (batch.output_objects && place.folder.empty()) {
    throw InvalidBatch(
        "batch: stepconf.output is \"objects\": say where in stepconf.objects or in "
        "STEPCONF_OBJECTS");
  }
  return place;
}

std::unique_ptr<BatchRun> Dispatcher::plan(const Invocation& invocation, Batch batch,
                                           bool any_size) {
  std::shared_ptr<const Iteration> iteration;
  if (batch.state) {
    iteration =
        std::make_shared<const Iteration>(Iteration::parse(*batch.state, "batch: stepconf.state"));
  } else if (!batch.step.empty()) {
    iteration = steps_.find(batch.step);
  }
  return std::make_unique<BatchRun>(
      std::move(batch), std::move(iteration),
      RunLimits{.request_id = invocation.request_id,
                .deadline = time_left(invocation, std::chrono::system_clock::now()),
                .most_result_bytes =
                    any_size ? std::numeric_limits<std::size_t>::max() : kMostResultBytes});
}

}  // namespace stepconf::wrapper
