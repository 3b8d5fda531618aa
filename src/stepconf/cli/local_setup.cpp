#include "stepconf/cli/local_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "stepconf/base/error.h"
#include "stepconf/workflow/choice_tree.h"

namespace stepconf::cli {
namespace {

double vcpus_of(const Workspace& workspace, const workflow::Step& step) {
  if (step.is_foreign()) return 0;
  const auto space = project::configuration_space(workspace.project, step.function);
  const int most =
      step.batched ? std::max(space.instances.front(), std::min(space.instances.back(), step.jobs))
                   : std::max(1, step.jobs);
  return most * vcpus(MemoryMb{space.memory_mb.back()});
}

double widest_of(const workflow::SeriesParallelTree& tree, const std::vector<double>& demand) {
  if (tree.kind == workflow::SeriesParallelTree::Kind::kStep) {
    return demand[static_cast<std::size_t>(tree.step)];
  }
  double result = 0;
  for (const auto& part : tree.parts) {
    const double widest = widest_of(part, demand);
    result = tree.kind == workflow::SeriesParallelTree::Kind::kSeries ? std::max(result, widest)
                                                                      : result + widest;
  }
  return result;
}

std::filesystem::path wrapper_path() {
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  const auto wrapper = own.parent_path() / "stepconf-wrapper";
  if (!std::filesystem::exists(wrapper)) {
    throw InvalidInput(fmt::format("{}: there is no such program; it belongs beside {}",
                                   wrapper.string(), own.filename().string()));
  }
  return wrapper;
}

std::vector<MemoryMb> sizes(const std::vector<int>& memory_mb) {
  std::vector<MemoryMb> result;
  for (const int size : memory_mb) result.push_back(MemoryMb{size});
  return result;
}

}  // namespace

double widest_moment(const Workspace& workspace) {
  std::vector<double> demand;
  for (const workflow::Step& step : workspace.workflow.steps) {
    demand.push_back(vcpus_of(workspace, step));
  }
  if (const auto tree = workflow::series_parallel_tree(workspace.workflow)) {
    return widest_of(*tree, demand);
  }
  double sum = 0;
  for (const double one : demand) sum += one;
  return sum;
}

double cpu_scale_of(const Workspace& workspace) {
  if (workspace.project.platform.cpu_scale) return *workspace.project.platform.cpu_scale;
  // The platform, the wrappers and the executor want some CPU time too.
  constexpr double kShareOfSandboxes = 0.9;
  const double cpus = kShareOfSandboxes * std::max(1u, std::thread::hardware_concurrency());
  const double widest = widest_moment(workspace);
  return widest <= cpus ? 1.0 : cpus / widest;
}

platform::LocalPlatformOptions local_options(
    const Workspace& workspace, std::function<void(std::string_view, std::string_view)> log) {
  const project::Project& project = workspace.project;
  const std::string file = project.file.string();
  if (project.platform.kind != "local") {
    throw InvalidInput(
        fmt::format("{}: platform.kind is {}, and this works on the local platform, kind: local; "
                    "`run` and `profile` work on kind: lambda too",
                    file, project.platform.kind));
  }
  platform::LocalPlatformOptions options;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.is_foreign()) continue;
    const auto found = project.functions.find(step.function);
    if (found == project.functions.end() || found->second.command.empty()) {
      throw InvalidInput(fmt::format(
          "{}: functions.{}.command is missing; it says how step {} is run locally, for example "
          "command: [./bin/{}]",
          file, step.function, step.name, step.function));
    }
    const project::Function& function = found->second;
    const auto space = project::configuration_space(project, step.function);
    options.functions[step.function] = {.command = function.command,
                                        .directory = function.directory,
                                        .environment = function.environment,
                                        .timeout = function.timeout,
                                        .memory_sizes = sizes(space.memory_mb)};
  }
  options.memory_sizes = sizes(project.configurations.memory_mb);
  options.region = project.pricing.region;
  options.cpu_scale = cpu_scale_of(workspace);
  options.wrapper = wrapper_path();
  if (project.platform.dispatch == "step-functions") {
    options.dispatch = platform::Dispatch::step_functions;
  }
  options.log = std::move(log);
  return options;
}

}  // namespace stepconf::cli
