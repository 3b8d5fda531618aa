#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stepconf/platform/local/cpu_quota.h"

namespace stepconf::platform {

/// Keeps every thread of a large sandbox at the speed of one vCPU. On Lambda one thread gains
/// nothing above 1,769 MB; here a sandbox's quota is the sandbox's, and where cpu_scale is less
/// than 1 a single thread could take more of it than one vCPU's share.
///
/// Each thread is put into a CPU-limited cgroup of its own below the sandbox's. Until it is found
/// there, a new thread shares its creator's. May be used by any thread.
class ThreadCaps {
 public:
  /// The threads of one sandbox. Destroying it ends the search and removes the cgroups, as far as
  /// they are empty.
  class Watch {
   public:
    virtual ~Watch() = default;
    /// Looks for new threads at once and every few milliseconds; or not at all.
    virtual void set_at_work(bool at_work) = 0;
  };

  /// `one_thread` is what each may have. Starts a thread that searches.
  explicit ThreadCaps(CpuQuota one_thread);
  /// REQUIRES: no watch is left.
  ~ThreadCaps();
  ThreadCaps(const ThreadCaps&) = delete;
  ThreadCaps& operator=(const ThreadCaps&) = delete;

  /// Begins with the sandbox whose CPU-limited cgroup is `group`; at work at first.
  std::unique_ptr<Watch> watch(const std::filesystem::path& group);

 private:
  class Search;
  struct Entry {
    std::shared_ptr<Search> search;
    bool at_work = true;
  };
  void run();
  void set_at_work(const Search& search, bool at_work);
  void forget(const Search& search);

  CpuQuota one_thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  bool wanted_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace stepconf::platform
