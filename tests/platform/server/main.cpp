// Serves one function by the Invoke API until interrupted, as `stepconf local` does: the process
// that the clean-up tests kill. Usage: platform_server COMMAND

#include <csignal>
#include <iostream>

#include "stepconf/platform/local/invoke_api.h"
#include "stepconf/platform/local/local_platform.h"
#include "stepconf/platform/local/spawner.h"

int main(int count, char** arguments) {
  using namespace stepconf::platform;
  if (count != 2) return 2;
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);

  Spawner spawner;
  LocalPlatformOptions options;
  options.memory_sizes = {{512}};
  options.functions["f"].command = {arguments[1]};
  options.functions["f"].directory = "/";
  LocalPlatform platform(options, spawner);
  const LambdaApi api(platform, 0);
  std::cout << api.port() << std::endl;
  int signal = 0;
  ::sigwait(&ends, &signal);
  return 0;
}
