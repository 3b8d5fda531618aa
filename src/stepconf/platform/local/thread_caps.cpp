// The kernel can limit the CPU time of a cgroup, and a thread only as the one member of a group. So
// each thread gets a group below its sandbox's, which goes on to limit them all together. Nobody
// tells us of a new thread (the netlink connector wants a right that few have), but a new thread
// starts in its creator's group, so one look at the lists of members finds it. Groups whose
// threads have ended are used again.
//
// Moving another thread waits for an RCU grace period (10 to 20 ms), because nothing may fork
// meanwhile; hence a thread of our own for it. Threads that are found together share that wait.

#include "stepconf/platform/local/thread_caps.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>
#include <string>

#include "stepconf/platform/local/thread_groups.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

using std::chrono::microseconds;

// A program with more busy threads than this shares the sandbox's CPUs finely enough as it is.
constexpr std::size_t kMostGroups = 64;
constexpr microseconds kBetweenLooks{3'000};
// Where there is much to look at, one looks less often: this share of a CPU is spent on it.
constexpr int kShareOfACpu = 20;

microseconds own_cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return microseconds(time.tv_sec * 1'000'000 + time.tv_nsec / 1000);
}

}  // namespace

class ThreadCaps::Search {
 public:
  Search(fs::path group, const CpuQuota& one_thread)
      : group_(std::move(group)), one_thread_(one_thread) {}

  // Gives each thread that it finds a group of its own.
  void look() {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    std::vector<pid_t> newcomers = threads_of(group_);
    std::vector<const fs::path*> empty;
    for (const fs::path& group : groups_) {
      const std::vector<pid_t> threads = threads_of(group);
      if (threads.empty()) empty.push_back(&group);
      if (threads.size() > 1) newcomers.insert(newcomers.end(), threads.begin() + 1, threads.end());
    }
    for (const pid_t thread : newcomers) {
      if (!empty.empty()) {
        if (move_thread(thread, *empty.back())) empty.pop_back();
      } else if (const fs::path* added = add_group(); added != nullptr) {
        if (!move_thread(thread, *added)) empty.push_back(added);
      } else {
        return;
      }
    }
  }

  // Waits for a look that is going on.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const fs::path& group : groups_) ::rmdir(group.c_str());
  }

 private:
  const fs::path* add_group() {
    if (groups_.size() >= kMostGroups) return nullptr;
    const fs::path folder = group_ / ("thread-" + std::to_string(groups_.size()));
    if (!make_thread_group(folder, one_thread_)) return nullptr;
    groups_.push_back(folder);
    return &groups_.back();
  }

  const fs::path group_;
  const CpuQuota one_thread_;
  std::mutex mutex_;
  bool ended_ = false;
  // A deque, for pointers to its elements are kept while it grows.
  std::deque<fs::path> groups_;
};

ThreadCaps::ThreadCaps(CpuQuota one_thread) : one_thread_(one_thread) {
  thread_ = std::thread([this] { run(); });
}

ThreadCaps::~ThreadCaps() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::unique_ptr<ThreadCaps::Watch> ThreadCaps::watch(const fs::path& group) {
  class OwnWatch final : public Watch {
   public:
    OwnWatch(ThreadCaps& caps, std::shared_ptr<Search> search)
        : caps_(caps), search_(std::move(search)) {}
    ~OwnWatch() override {
      caps_.forget(*search_);
      search_->end();
    }
    void set_at_work(bool at_work) override { caps_.set_at_work(*search_, at_work); }

   private:
    ThreadCaps& caps_;
    std::shared_ptr<Search> search_;
  };
  auto search = std::make_shared<Search>(group, one_thread_);
  {
    const std::lock_guard lock(mutex_);
    entries_.push_back({search, true});
    wanted_ = true;
  }
  changed_.notify_all();
  return std::make_unique<OwnWatch>(*this, std::move(search));
}

void ThreadCaps::set_at_work(const Search& search, bool at_work) {
  {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.search.get() == &search) entry.at_work = at_work;
    }
    wanted_ |= at_work;
  }
  if (at_work) changed_.notify_all();
}

void ThreadCaps::forget(const Search& search) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.search.get() == &search; });
}

void ThreadCaps::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    std::vector<std::shared_ptr<Search>> at_work;
    for (const Entry& entry : entries_) {
      if (entry.at_work) at_work.push_back(entry.search);
    }
    wanted_ = false;
    lock.unlock();
    const auto cpu_before = own_cpu_time();
    for (const auto& search : at_work) search->look();
    const auto pause = std::max(kBetweenLooks, (own_cpu_time() - cpu_before) * kShareOfACpu);
    lock.lock();
    const auto called = [this] { return ending_ || wanted_; };
    if (at_work.empty()) {
      changed_.wait(lock, called);
    } else {
      changed_.wait_for(lock, pause, called);
    }
  }
}

}  // namespace stepconf::platform
