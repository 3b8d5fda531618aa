#include "stepconf/evaluation/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

extern char** environ;

namespace stepconf::evaluation {
namespace {

constexpr const char* kScript = "picture.gp";
constexpr const char* kLog = "gnuplot.log";

// What posix_spawn does before the program starts; freed with the object.
class SpawnActions {
 public:
  SpawnActions() {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void work_in(const std::filesystem::path& folder) {
    ::posix_spawn_file_actions_addchdir_np(&files_, folder.c_str());
  }
  void write_all_to(const char* file) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, file, kFlags, 0644);
    ::posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
  }
  // This program blocks signals that end others.
  void unblock_signals() {
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

bool has_gnuplot() {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    const auto program = std::filesystem::path(folder) / "gnuplot";
    if (::access(program.c_str(), X_OK) == 0) return true;
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
  }
  return false;
}

void run_gnuplot(const std::string& script, const std::filesystem::path& folder) {
  write_file(folder / kScript, script);
  SpawnActions actions;
  actions.work_in(folder);
  actions.write_all_to(kLog);
  actions.unblock_signals();
  std::string program = "gnuplot", file = kScript;
  const std::array<char*, 3> arguments = {program.data(), file.data(), nullptr};
  pid_t child = 0;
  const int problem = ::posix_spawnp(&child, program.c_str(), actions.files(), actions.attributes(),
                                     arguments.data(), environ);
  if (problem != 0) throw Error(fmt::format("gnuplot: {}", std::strerror(problem)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string said = read_if_there(folder / kLog).value_or("");
  std::filesystem::remove(folder / kLog);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(fmt::format("{}: gnuplot failed: {}", (folder / kScript).string(), said));
  }
  std::filesystem::remove(folder / kScript);
}

}  // namespace stepconf::evaluation
