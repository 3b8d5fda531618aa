#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>

#include "stepconf/base/json.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/local_setup.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/platform/local/invoke_api.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::cli {
namespace {

struct LocalArguments {
  std::filesystem::path project = ".";
  int port = 0;
};

std::string how_to_call(const platform::LocalPlatformOptions& options,
                        const std::string& endpoint) {
  const auto& [name, function] = *options.functions.begin();
  const std::string example =
      fmt::format("{}:mem-{}", name, platform::memory_sizes_of(options, function).front().value);
  return fmt::format(
      "Serving {0} functions, cpu_scale {1:.3g}. To call one (any credentials will do):\n"
      "  export AWS_ENDPOINT_URL_LAMBDA={2} AWS_DEFAULT_REGION={3} AWS_ACCESS_KEY_ID=local "
      "AWS_SECRET_ACCESS_KEY=local\n"
      "  aws lambda invoke --function-name {4} --payload '{{}}' "
      "--cli-binary-format raw-in-base64-out out.json\n"
      "  python3 -c 'import boto3; print(boto3.client(\"lambda\").invoke(FunctionName=\"{4}\", "
      "Payload=\"{{}}\")[\"Payload\"].read())'\n"
      "Ctrl-C ends the server and all functions.\n",
      options.functions.size(), options.cpu_scale, endpoint, options.region, example);
}

int local_verb(const LocalArguments& arguments) {
  const Workspace workspace = open_workspace(arguments.project, {}, ModelsAre::ignored);
  platform::LocalPlatformOptions options =
      local_options(workspace, [](std::string_view function, std::string_view line) {
        std::cerr << fmt::format("{}: {}\n", function, line);
      });
  options.report_calls = true;
  std::atomic<bool> failed = false;
  platform::Spawner spawner;
  Interruption interruption;
  // Where the guard of the sandboxes dies the server cannot go on; it ends as if it had been asked
  // to.
  options.failed = [&failed](const std::string& reason) {
    std::cerr << "stepconf: " << reason << "\n";
    failed = true;
    kill(getpid(), SIGTERM);
  };
  platform::LocalPlatform platform(std::move(options), spawner);
  const platform::LambdaApi api(platform, arguments.port);
  if (!platform.limits().empty()) std::cerr << platform.limits() << "\n";
  std::cerr << how_to_call(platform.options(), api.endpoint());
  std::cout << OrderedJson{{"endpoint", api.endpoint()}}.dump() << "\n" << std::flush;
  interruption.wait();
  return failed ? kFailed : kInterrupted;
}

}  // namespace

void add_local(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<LocalArguments>();
  CLI::App* verb =
      app.add_subcommand("local",
                         "Serve the project's functions by the Lambda Invoke API on loopback, with "
                         "memory sizes that mean speed, until interrupted");
  add_project(*verb, arguments->project);
  verb->add_option("--port", arguments->port, "Port on 127.0.0.1; 0 takes a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  verb->callback([arguments, &status] { status = local_verb(*arguments); });
}

}  // namespace stepconf::cli
