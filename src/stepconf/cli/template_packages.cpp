#include "stepconf/cli/template_packages.h"

#include <iostream>

#include "stepconf/base/file.h"
#include "stepconf/cli/cache_kind.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/machine/deployment_file.h"
#include "stepconf/templates/write.h"

namespace stepconf::cli {
namespace {

std::map<std::string, FunctionFacts> facts_of(
    const std::map<std::string, templates::TemplateFunction>& functions) {
  std::map<std::string, FunctionFacts> facts;
  for (const auto& [name, function] : functions) {
    facts[name] = {function.timeout, function.why_not_wrapped};
  }
  return facts;
}

}  // namespace

WrittenTemplate write_template(Workspace& workspace, templates::Transform& transform,
                               const ChoiceArguments& arguments, const LambdaPackages& packages,
                               templates::TransformSettings settings,
                               const TemplateTarget& target) {
  const std::string& definition = transform.definition().text;
  const StepChoices choices =
      step_choices(workspace, definition, facts_of(transform.functions()), arguments.slo);
  auto options = generator_options(choices, transform.configurator(),
                                   [&](const machine::GeneratedStep& step, MemoryMb memory) {
                                     return transform.copy_name(step.function, memory);
                                   });
  transform.adapt(options);
  using CacheKind = configurator::CacheSettings::Kind;
  const CacheKind kind = cache_kind(workspace, arguments.cache, arguments.strategy);
  options.decisions_travel = kind == CacheKind::execution;
  WrittenTemplate written{
      .machine = machine::generate(definition, workspace.machine->source(), options),
      .feasible = choices.feasible};
  settings.folder = target.folder;
  settings.decisions_table = kind == CacheKind::dynamodb;
  const templates::Transformed result = transform.apply(options, written.machine, settings);

  const std::filesystem::path folder = target.file.parent_path() / target.folder;
  const std::string name =
      arguments.deployment.empty() ? transform.machine() : arguments.deployment;
  // The table's own name comes in the configurator's environment.
  const std::string deployment =
      machine::deployment_file(written.machine, options,
                               {.name = name, .cache = {.kind = kind, .table = name}})
          .dump(2) +
      "\n";
  const std::string plan =
      workspace.options
          ? plan_bytes(workspace, arguments.slo, arguments.strategy, decisions_deployed(workspace))
          : "";
  const auto configurator =
      packages.configurator(settings.configurator_architecture, deployment, plan);
  write_file(folder / templates::kConfiguratorZip, *configurator.zip);
  const std::string steps_file = written.machine.templates.dump(2) + "\n";
  for (const std::string& architecture : result.architectures) {
    write_file(folder / templates::layer_zip(architecture),
               *packages.wrapper(architecture, steps_file).layer.zip);
  }
  write_file(folder / templates::kDefinitionFile, result.definition);
  // For container images, into which they have to be copied.
  write_file(folder / "stepconf-steps.json", steps_file);
  write_file(folder / "report.json", machine::report_of(written.machine).dump(2) + "\n");
  write_file(target.file, templates::write_value(result.root, target.format));
  for (const std::string& remark : result.remarks) std::cerr << "warning: " << remark << "\n";
  return written;
}

}  // namespace stepconf::cli
