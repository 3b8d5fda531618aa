#include "stepconf/cli/export_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/templates/project_template.h"

namespace stepconf::cli {
namespace {

std::vector<templates::ProjectFunction> functions_of(const Workspace& workspace,
                                                     const std::string& definition,
                                                     const std::vector<std::string>& wrapped) {
  const project::Project& project = workspace.project;
  std::vector<templates::ProjectFunction> functions;
  for (const auto& step : machine::function_steps(definition, workspace.machine->source(), {})) {
    const auto is_it = [&](const auto& known) { return known.name == step.function; };
    if (std::ranges::any_of(functions, is_it)) continue;
    templates::ProjectFunction function{
        .name = step.function,
        .architecture = project.pricing.architecture,
        .wrapped = std::ranges::find(wrapped, step.function) != wrapped.end()};
    const auto known = project.functions.find(step.function);
    if (known != project.functions.end()) {
      function.command = known->second.command;
      function.environment = known->second.environment;
      function.timeout = known->second.timeout;
    }
    functions.push_back(std::move(function));
  }
  for (const std::string& name : wrapped) {
    const auto is_it = [&](const auto& known) { return known.name == name; };
    if (std::ranges::any_of(functions, is_it)) continue;
    throw InvalidInput(fmt::format("--wrapped {}: the workflow calls no such function", name));
  }
  return functions;
}

}  // namespace

WrittenTemplate export_template(Workspace& workspace, const ChoiceArguments& arguments,
                                const LambdaPackages& packages,
                                const std::vector<std::string>& wrapped, bool serverless,
                                const std::filesystem::path& folder) {
  const std::string source = workspace.project.workflow->string();
  const std::string definition = read_file(source);
  templates::Transform transform(
      templates::project_template(definition, functions_of(workspace, definition, wrapped),
                                  serverless, source),
      "", [](const std::string& path) { return read_file(path); });
  const std::string architecture = workspace.project.pricing.architecture;
  return write_template(
      workspace, transform, arguments, packages,
      {.configurator_architecture = architecture, .keep_functions = false},
      {.file = folder / "template.yaml", .folder = ".", .format = templates::Format::yaml});
}

}  // namespace stepconf::cli
