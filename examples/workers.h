#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace examples {

/// How many threads a function of this memory size can keep busy: Lambda gives one vCPU for each
/// 1,769 MB. `memory_mb` is the text of AWS_LAMBDA_FUNCTION_MEMORY_SIZE, null where it is not set.
int threads_for(const char* memory_mb);

/// Threads that stay between events, as a program has them that is called often: starting one takes
/// time, and the local platform needs some milliseconds to see that there is one more to be given
/// its vCPU. For one caller at a time.
class Workers {
 public:
  /// Starts `count` threads, at least 1.
  explicit Workers(int count);
  /// Ends them.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t count() const { return threads_.size(); }
  /// Calls `task` once in each thread, all at once, and returns when all have returned. `task` must
  /// not throw.
  void run(const std::function<void()>& task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable given_, done_;
  const std::function<void()>* task_ = nullptr;
  // Counts the tasks given, so that a thread takes each once.
  int round_ = 0;
  int at_work_ = 0;
  bool over_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace examples
