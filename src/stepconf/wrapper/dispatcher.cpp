#include "stepconf/wrapper/dispatcher.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/wrapper/envelope.h"

namespace stepconf::wrapper {
namespace {

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and 100 bytes as
// the service counts.
constexpr std::size_t kMostResultBytes = 6 * 1024 * 1024 + 100;

}  // namespace

Dispatcher::Dispatcher(net::Loop& loop, CopyOptions options, std::optional<double> memory_mb,
                       StepsFile steps)
    : loop_(loop), pool_(loop, std::move(options), memory_mb), steps_(std::move(steps)) {}

void Dispatcher::warm_up(std::function<void(std::optional<Outcome>)> ready) {
  pool_.warm_up(std::move(ready));
}

void Dispatcher::serve(Invocation invocation, const Done& done) {
  const auto finish = [this, done](Outcome outcome) {
    pool_.serve(nullptr);
    // What was logged during the event stands in the log before the answer is out: the sandbox may
    // be frozen then.
    pool_.flush_logs();
    finished_ = std::move(service_);
    release_ = loop_.after(Seconds{0}, [this] { finished_.reset(); });
    done(std::move(outcome));
  };
  try {
    service_ = service_for(std::make_unique<Invocation>(std::move(invocation)), finish);
  } catch (const InvalidInput& error) {
    return done(failure("StepConf.InvalidBatch", error.what()));
  }
  pool_.serve(service_.get());
  service_->on_change();
}

std::unique_ptr<CopyUser> Dispatcher::service_for(std::unique_ptr<Invocation> invocation,
                                                  Done done) {
  auto batch = parse_batch(invocation->event);
  if (!batch) {
    return std::make_unique<SingleService>(pool_, std::move(invocation), std::move(done));
  }
  auto run = plan(*invocation, *std::move(batch));
  return std::make_unique<BatchService>(loop_, pool_, std::move(invocation), std::move(run),
                                        std::move(done));
}

std::unique_ptr<BatchRun> Dispatcher::plan(const Invocation& invocation, Batch batch) {
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
                .most_result_bytes = kMostResultBytes});
}

}  // namespace stepconf::wrapper
