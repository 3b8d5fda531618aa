#include "stepconf/cli/execution_name.h"

#include <fmt/format.h>

#include <random>

#include "stepconf/asl/execution.h"
#include "stepconf/executor/dag_flow.h"

namespace stepconf::cli {

ExecutionName name_execution() {
  std::random_device source;
  // Version 4 of RFC 9562: random, but for the version and variant bits.
  const std::uint32_t a = source(), b = source(), c = source(), d = source();
  return {fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}", a, b >> 16, b & 0xfff,
                      0x8000 | (c >> 18), c & 0xffff, d),
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

std::unique_ptr<asl::Flow> make_flow(const Workspace& workspace, const Json& input,
                                     const ExecutionName& execution) {
  if (!workspace.machine) return std::make_unique<executor::DagFlow>(workspace.workflow, input);
  const std::string machine = workspace.project.workflow->stem().stem().string();
  const std::string prefix =
      "arn:aws:states:" + workspace.project.pricing.region + ":000000000000:";
  return std::make_unique<asl::Execution>(
      *workspace.machine, input,
      asl::ExecutionContext{.id = prefix + "execution:" + machine + ":" + execution.name,
                            .name = execution.name,
                            .state_machine_id = prefix + "stateMachine:" + machine,
                            .state_machine_name = machine,
                            .start_time = execution.started});
}

}  // namespace stepconf::cli
