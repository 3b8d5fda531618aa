#include "stepconf/platform/local/spawner.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/guard.h"
#include "stepconf/platform/local/process_tree.h"

namespace stepconf::platform {

namespace {

// Every process of a sandbox inherits it, so that one is found again which left its group, session
// and parent.
constexpr std::string_view kMarker = "STEPCONF_SANDBOX=";

std::string step_name(std::uint64_t step) {
  constexpr std::array<std::string_view, 4> kNames{"start", "join cgroup", "chdir", "exec"};
  return std::string(kNames[step < kNames.size() ? step : 0]);
}

}  // namespace

Spawner::Spawner() : identity_(identity_of(::getpid())) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(fmt::format("cannot make a socket pair for the guard process: {}",
                            std::generic_category().message(errno)));
  }
  Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const pid_t server = ::getpid();
  guard_ = ::fork();
  if (guard_ < 0) {
    throw Error(
        fmt::format("cannot start the guard process: {}", std::generic_category().message(errno)));
  }
  if (guard_ == 0) {
    ours.reset();
    ::_exit(run_guard(std::move(theirs), server));
  }
  channel_ = std::make_unique<SpawnChannel>(std::move(ours));
}

Spawner::~Spawner() {
  channel_.reset();
  int status = 0;
  while (::waitpid(guard_, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) kill_what_the_guard_left();
}

SpawnToken Spawner::spawn(const SpawnOrder& order, int output) {
  const SpawnToken token = ++last_token_;
  std::string marker = fmt::format("{}{}.{}.", kMarker, identity_, token);
  std::vector<std::string> environment = order.environment;
  environment.push_back(marker);
  send(SpawnFrame(SpawnMessage::spawn)
           .put(token)
           .put(std::string_view(marker))
           .put(order.command)
           .put(environment)
           .put(std::string_view(order.directory))
           .put(order.join_files),
       output);
  return token;
}

void Spawner::kill(SpawnToken token) { send(SpawnFrame(SpawnMessage::kill).put(token)); }

void Spawner::remove_at_end(const std::string& cgroup) {
  cgroups_.push_back(cgroup);
  send(SpawnFrame(SpawnMessage::remove_at_end).put(std::string_view(cgroup)));
}

void Spawner::send(const SpawnFrame& frame, int attached) {
  if (!channel_->send(frame, attached)) alive_ = false;
}

std::vector<SpawnNotice> Spawner::notices() {
  // An order that found no room goes now: the guard tells of each that it has taken.
  if (!channel_->receive() || !channel_->flush()) alive_ = false;
  std::vector<SpawnNotice> result;
  while (auto frame = channel_->next()) {
    if (frame->kind() == SpawnMessage::taken) continue;
    SpawnNotice notice;
    notice.token = frame->take_number();
    if (frame->kind() == SpawnMessage::started) {
      notice.process = static_cast<pid_t>(frame->take_number());
    } else if (frame->kind() == SpawnMessage::exited) {
      notice.kind = SpawnNotice::Kind::exited;
      notice.wait_status = static_cast<int>(frame->take_number());
    } else {
      notice.kind = SpawnNotice::Kind::failed;
      const std::string step = step_name(frame->take_number());
      const int error = static_cast<int>(frame->take_number());
      notice.failure = fmt::format("{}: {}", step, std::generic_category().message(error));
    }
    result.push_back(std::move(notice));
  }
  return result;
}

// The sandboxes' first processes die with the guard (PR_SET_PDEATHSIG); what those had started is
// found by its environment. One look is not enough: a process shows none in the middle of an exec,
// and one that ends may have left a child that was not listed.
void Spawner::kill_what_the_guard_left() const {
  const std::string prefix = fmt::format("{}{}.", kMarker, identity_);
  constexpr int kRounds = 20, kCleanRounds = 3;
  for (int clean = 0, round = 0; clean < kCleanRounds && round < kRounds; ++round) {
    ++clean;
    for (const pid_t process : all_processes()) {
      if (!environment_has(process, prefix)) continue;
      ::kill(process, SIGKILL);
      clean = 0;
    }
    ::usleep(2000);
  }
  for (const std::string& cgroup : cgroups_) remove_server_folder(cgroup);
}

}  // namespace stepconf::platform
