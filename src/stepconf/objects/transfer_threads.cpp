#include "stepconf/objects/transfer_threads.h"

#include <system_error>
#include <utility>

#include "stepconf/base/error.h"

namespace stepconf::objects {

TransferThreads::TransferThreads(std::size_t most,
                                 std::shared_ptr<aws::CredentialChain> credentials,
                                 const aws::CallOptions& options)
    : most_(most), credentials_(std::move(credentials)), options_(options) {}

TransferThreads::~TransferThreads() {
  std::deque<Work> forgotten;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    forgotten.swap(waiting_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void TransferThreads::post(Work work) {
  const std::scoped_lock lock(mutex_);
  if (ending_) return;
  waiting_.push_back(std::move(work));
  const bool short_of_threads = idle_ < waiting_.size() && threads_.size() < most_;
  // Where the system gives no more threads, those that there are do all the work.
  if (short_of_threads && !start_one() && threads_.empty()) {
    waiting_.pop_back();
    throw Error("no thread can be started for transfers");
  }
  wake_.notify_one();
}

bool TransferThreads::start_one() {
  try {
    threads_.emplace_back([this] { serve(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

bool TransferThreads::busy() {
  const std::scoped_lock lock(mutex_);
  return idle_ < threads_.size();
}

void TransferThreads::serve() {
  aws::ServiceClient client(credentials_, options_);
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    --idle_;
    if (ending_) return;
    {
      const Work work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work(client);
    }
    lock.lock();
  }
}

}  // namespace stepconf::objects
