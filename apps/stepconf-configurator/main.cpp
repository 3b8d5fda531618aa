// The Lambda function that the generated state machine asks before each step: docs/configurator.md.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "stepconf/aws/credentials.h"
#include "stepconf/aws/dynamodb.h"
#include "stepconf/aws/environment.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cache/dynamodb_table.h"
#include "stepconf/compiled/container.h"
#include "stepconf/configurator/configurator.h"
#include "stepconf/configurator/log_line.h"
#include "stepconf/runtime/serve.h"

namespace stepconf::configurator {
namespace {

using Clock = std::chrono::steady_clock;

std::filesystem::path packaged(const aws::Environment& environment, const std::string& variable,
                               const char* name) {
  if (const auto given = environment(variable)) return *given;
  return std::filesystem::path(environment("LAMBDA_TASK_ROOT").value_or(".")) / name;
}

// Without its plan the configurator still knows what is safe, so it says what is wrong and serves.
Configurator load(const aws::Environment& environment) {
  const auto deployment_file =
      packaged(environment, "STEPCONF_DEPLOYMENT", "stepconf-deployment.json");
  Deployment deployment = parse_deployment(read_file(deployment_file), deployment_file.string());
  const auto plan_file = packaged(environment, "STEPCONF_PLAN", "stepconf.plan");
  std::optional<compiled::CompiledPlan> plan;
  std::string name;
  std::string why_no_plan;
  try {
    const std::string bytes = read_file(plan_file);
    plan = compiled::plan_from_bytes(bytes, plan_file.string());
    name = compiled::hash_of(bytes);
  } catch (const Error& error) {
    why_no_plan = error.what();
    std::cerr << why_no_plan << '\n';
  }
  return {std::move(deployment), std::move(plan), std::move(name), std::move(why_no_plan)};
}

// What STEPCONF_MODE says, else the deployment; a word that is neither switches decisions off.
Mode standing_mode(const aws::Environment& environment, const Deployment& deployment) {
  const auto word = environment("STEPCONF_MODE");
  if (!word) return deployment.mode;
  const auto mode = parse_mode(*word);
  if (!mode) {
    std::cerr << fmt::format("STEPCONF_MODE is {}, must be off, observe or on; taken for off",
                             *word)
              << '\n';
  }
  return mode.value_or(Mode::off);
}

// The table, with the connection that is kept from one event to the next.
class Table {
 public:
  Table(const aws::Environment& environment, const CacheSettings& settings)
      : client_(std::make_shared<aws::CredentialChain>(environment), aws::dynamodb(environment)),
        options_{environment("STEPCONF_TABLE").value_or(settings.table),
                 std::chrono::duration_cast<std::chrono::seconds>(settings.keep)},
        limit_(std::chrono::duration_cast<Clock::duration>(settings.limit)) {}

  // For one decision that begins now.
  cache::DynamoDbTable open() {
    const auto now = std::chrono::system_clock::now();
    return {client_, options_, Clock::now() + limit_,
            std::chrono::floor<std::chrono::seconds>(now)};
  }

  // Connects before the first event: INIT has a whole vCPU for the certificates and the handshake.
  void connect() {
    try {
      open().read("stepconf-configurator starts");
    } catch (const cache::Unavailable& error) {
      std::cerr << error.what() << '\n';
    }
  }

 private:
  aws::DynamoDb client_;
  cache::DynamoDbTableOptions options_;
  Clock::duration limit_;
};

std::unique_ptr<Table> connect(const aws::Environment& environment,
                               const Configurator& configurator) {
  if (!configurator.needs_table()) return nullptr;
  try {
    auto table = std::make_unique<Table>(environment, configurator.deployment().cache);
    table->connect();
    return table;
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return nullptr;
  }
}

int serve() {
  const aws::Environment environment = aws::process_environment();
  Configurator configurator = load(environment);
  const Mode standing = standing_mode(environment, configurator.deployment());
  configurator.warm_up();
  const std::unique_ptr<Table> table = connect(environment, configurator);
  return runtime::serve([&](const Json& event, const runtime::Invocation&) {
    const auto begun = Clock::now();
    std::optional<cache::DynamoDbTable> opened;
    if (table) opened.emplace(table->open());
    try {
      const Verdict verdict =
          configurator.decide(parse_event(event), standing, opened ? &*opened : nullptr);
      const Seconds took = Clock::now() - begun;
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      std::cout << log_line(verdict, configurator.deployment().name,
                            std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
                            took)
                << '\n';
      return answer(verdict);
    } catch (const InvalidEvent& error) {
      throw runtime::HandlerError("StepConf.InvalidEvent", error.what());
    }
  });
}

}  // namespace
}  // namespace stepconf::configurator

int main() {
  try {
    return stepconf::configurator::serve();
  } catch (const stepconf::InvalidInput& error) {
    std::cerr << "stepconf-configurator: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "stepconf-configurator: " << error.what() << '\n';
    return 1;
  }
}
