#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stepconf/aws/service_client.h"

namespace stepconf::objects {

/// Threads that transfer, each with a client, and so a connection, of its own. They start when
/// there is work for them. May be shared between threads.
class TransferThreads {
 public:
  /// Work of one thread's; it must not throw, and must not wait for other work.
  using Work = std::function<void(aws::ServiceClient&)>;

  TransferThreads(std::size_t most, std::shared_ptr<aws::CredentialChain> credentials,
                  const aws::CallOptions& options);
  /// Forgets work that has not begun and waits for what has.
  ~TransferThreads();
  TransferThreads(const TransferThreads&) = delete;
  TransferThreads& operator=(const TransferThreads&) = delete;

  /// Has `work` done soon, in the order of the calls. Throws Error where not even one thread can be
  /// started; `work` is forgotten then.
  void post(Work work);
  /// Tells how many may be at work at once.
  std::size_t most() const { return most_; }
  /// Tells whether any thread is at work.
  bool busy();

 private:
  bool start_one();
  void serve();

  std::size_t most_;
  std::shared_ptr<aws::CredentialChain> credentials_;
  aws::CallOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> waiting_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stepconf::objects
