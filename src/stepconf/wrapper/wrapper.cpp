#include "stepconf/wrapper/wrapper.h"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/signalfd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/net/loop.h"
#include "stepconf/wrapper/command_line.h"
#include "stepconf/wrapper/dispatcher.h"
#include "stepconf/wrapper/steps_file.h"
#include "stepconf/wrapper/upstream.h"

namespace stepconf::wrapper {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

// Payloads come and go; the memory belongs to the copies. Without a fixed threshold glibc keeps
// large blocks for next time once one has been freed. (musl always gives them back.)
void give_back_large_blocks() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 64 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 64 * 1024);
#endif
}

Descriptor watch_signals() {
  // A reader of the log that is gone must not end the wrapper.
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGTERM);
  sigaddset(&endings, SIGINT);
  ::sigprocmask(SIG_BLOCK, &endings, nullptr);
  return Descriptor(::signalfd(-1, &endings, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Serves events until the loop is stopped; gives the exit status.
int serve(const WrapperOptions& options, net::Loop& loop, objects::ObjectStore& store) {
  const Descriptor signals = watch_signals();
  int status = 0;
  const auto end = [&loop, &status](int with) {
    status = with;
    loop.stop();
  };
  Dispatcher dispatcher(loop, options.copies, options.memory_mb, StepsFile(options.steps), store,
                        options.results);
  // A handler may clean up on SIGTERM; nothing of ours depends on it.
  const auto signal_watch = loop.on_readable(signals.get(), [&] {
    signalfd_siginfo info{};
    if (::read(signals.get(), &info, sizeof info) != sizeof info) return;
    const int with = 128 + static_cast<int>(info.ssi_signo);
    dispatcher.terminate([&end, with] { end(with); });
  });
  Upstream upstream(
      loop, options.upstream,
      [&dispatcher](Invocation invocation, const Done& done) {
        dispatcher.serve(std::move(invocation), done);
      },
      end);
  dispatcher.warm_up([&upstream](const std::optional<Outcome>& failed) {
    if (failed) return upstream.report_init_error(*failed);
    upstream.start();
  });
  loop.run();
  return status;
}

// The function's own bootstrap, whose place the wrapper has taken.
std::vector<std::string> replaced_bootstrap() {
  const auto root = variable("LAMBDA_TASK_ROOT");
  if (!root) return {};
  const auto path = std::filesystem::path(*root) / kReplacedBootstrap;
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) return {};
  return {path.string()};
}

}  // namespace

WrapperOptions options_from_environment(std::vector<std::string> arguments) {
  WrapperOptions options{.copies = {.command = std::move(arguments)},
                         .upstream = {},
                         .memory_mb = {},
                         .steps = steps_file_from_environment(),
                         .results = variable("STEPCONF_OBJECTS").value_or(""),
                         .store = objects::store_options()};
  if (options.copies.command.empty()) {
    options.copies.command = split_words(variable("STEPCONF_COMMAND").value_or(""));
  }
  if (options.copies.command.empty()) options.copies.command = replaced_bootstrap();
  if (options.copies.command.empty()) {
    throw InvalidInput(fmt::format(
        "no command to wrap: give it as arguments, stepconf-wrapper COMMAND [ARG...], in "
        "STEPCONF_COMMAND, or as the file {} in LAMBDA_TASK_ROOT",
        kReplacedBootstrap));
  }
  const auto address = variable("AWS_LAMBDA_RUNTIME_API");
  if (!address) {
    throw InvalidInput(
        "AWS_LAMBDA_RUNTIME_API is not set: stepconf-wrapper is to be started by Lambda or by "
        "`stepconf local`");
  }
  const auto endpoint = runtime::parse_endpoint(*address);
  if (!endpoint) {
    throw InvalidInput(fmt::format("AWS_LAMBDA_RUNTIME_API is {}, must be HOST:PORT", *address));
  }
  options.upstream = *endpoint;
  const double memory =
      std::strtod(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").value_or("").c_str(), nullptr);
  if (memory > 0) options.memory_mb = memory;
  // Whoever may call a function in the cloud may not read the files of its sandbox.
  options.store.files = variable("STEPCONF_SANDBOX").has_value();
  options.copies.json_logs = variable("AWS_LAMBDA_LOG_FORMAT") == "JSON";
  return options;
}

int run(const WrapperOptions& options) {
  give_back_large_blocks();
  net::Loop loop;
  objects::ObjectStore store(options.store);
  const int status = serve(options, loop, store);
  // Nobody waits any more for what is still under way, which may take a minute.
  if (store.busy()) std::_Exit(status);
  return status;
}

}  // namespace stepconf::wrapper
