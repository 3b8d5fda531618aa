#include <fmt/format.h>

#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/export_template.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/step_choices.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/machine/deployment_file.h"
#include "stepconf/machine/generate.h"

namespace stepconf::cli {
namespace {

struct ExportArguments {
  std::filesystem::path project = ".";
  std::filesystem::path output;
  std::filesystem::path models;
  std::string format = "api";
  std::string deployment;
  std::string strategy;
  std::string slo;
  std::filesystem::path packages;
  std::vector<std::string> wrapped;
  bool json = false;
};

// A function as the definition calls it, by another name and alias: "arn:...:function:OTHER:ALIAS".
std::string called_instead(const std::string& called, const std::string& other) {
  constexpr std::string_view kBefore = "function:";
  const auto at = called.find(kBefore);
  return at == std::string::npos ? other : called.substr(0, at + kBefore.size()) + other;
}

void print(const machine::GeneratedMachine& machine, const std::filesystem::path& folder) {
  for (const machine::GeneratedStep& step : machine.steps) {
    std::cout << fmt::format("{}: {}\n", step.name,
                             step.batched ? "batched" : "memory alone, because " + step.reason);
  }
  if (machine.steps.empty())
    std::cout << "The workflow has no function steps: nothing to choose.\n";
  std::cout << fmt::format("Written to {}\n", folder.string());
}

int finish(const machine::GeneratedMachine& machine, bool feasible,
           const ExportArguments& arguments) {
  if (arguments.json) {
    std::cout << machine::report_of(machine).dump(2) << "\n";
  } else {
    print(machine, arguments.output);
  }
  return feasible ? kDone : kSloMissed;
}

int export_as_template(Workspace& workspace, const ExportArguments& arguments) {
  const WrittenTemplate written =
      export_template(workspace,
                      {.slo = arguments.slo,
                       .strategy = arguments.strategy,
                       .deployment = deployment_name(workspace.project, arguments.deployment)},
                      LambdaPackages(arguments.packages), arguments.wrapped,
                      arguments.format == "sam", arguments.output);
  return finish(written.machine, written.feasible, arguments);
}

int export_verb(const ExportArguments& arguments) {
  Workspace workspace =
      open_workspace(arguments.project, arguments.models, ModelsAre::welcome, ReadTo::plan);
  if (!workspace.machine) {
    throw InvalidInput(fmt::format(
        "{}: has steps, no workflow: Step Functions needs a definition in the Amazon States "
        "Language, for example workflow: workflow.asl.json",
        workspace.project.file.string()));
  }
  if (arguments.format != "api") return export_as_template(workspace, arguments);
  const std::filesystem::path& workflow = *workspace.project.workflow;
  const std::string definition = read_file(workflow);
  const StepChoices choices =
      step_choices(workspace, definition, facts_of(workspace.project), arguments.slo);
  // Nothing is asked of an account, so ARNs keep the definition's.
  const deploy::DeploymentNames names(deployment_name(workspace.project, arguments.deployment),
                                      {.id = "000000000000"});
  const std::string configurator =
      choices.steps.empty()
          ? names.configurator()
          : called_instead(choices.steps.front().step.called, names.configurator());
  const auto options = generator_options(
      choices, configurator, [&](const machine::GeneratedStep& step, MemoryMb memory) {
        return called_instead(
            step.called,
            fmt::format("{}:mem-{}", names.function_copy(step.function), memory.value));
      });
  const auto machine = machine::generate(definition, workflow.string(), options);
  const auto write = [&](const char* name, const std::string& content) {
    write_file(arguments.output / name, content);
  };
  write("state-machine.asl.json", machine.definition);
  write("report.json", machine::report_of(machine).dump(2) + "\n");
  write("packages/functions/stepconf-steps.json", machine.templates.dump(2) + "\n");
  write("packages/configurator/stepconf-deployment.json",
        machine::deployment_file(machine, options,
                                 {.name = names.deployment(),
                                  .cache = {.kind = configurator::CacheSettings::Kind::dynamodb,
                                            .table = names.table()}})
                .dump(2) +
            "\n");
  if (workspace.options) {
    save_plan(workspace, arguments.slo, arguments.strategy,
              arguments.output / "packages/configurator/stepconf.plan",
              decisions_deployed(workspace));
  }
  return finish(machine, choices.feasible, arguments);
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ExportArguments>();
  CLI::App* verb = app.add_subcommand(
      "export",
      "Write the state machine with configurators, and what its functions need, to a folder for "
      "review; nothing is deployed");
  add_project(*verb, arguments->project);
  verb->add_option("--output", arguments->output, "Folder to write to; made where it is missing")
      ->required()
      ->check(not_empty);
  verb->add_option(
          "--format", arguments->format,
          "What the export is for: api (functions are aliases, one per memory size), sam or "
          "cloudformation (a template with a function per memory size)")
      ->check(CLI::IsMember({"api", "sam", "cloudformation"}))
      ->capture_default_str();
  add_deployment(*verb, arguments->deployment);
  verb->add_option("--strategy", arguments->strategy,
                   "How the configurator is to choose; default the project's")
      ->check(not_empty);
  verb->add_option("--slo", arguments->slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option("--wrapped", arguments->wrapped,
                   "For templates: a function of a custom runtime whose bootstrap starts the "
                   "wrapper (docs/templates.md); may be given several times")
      ->check(not_empty);
  verb->add_option("--packages", arguments->packages,
                   "For templates: folder with what `make package` builds; default "
                   "STEPCONF_PACKAGES, else package/ beside the folder of this program");
  verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_flag("--json", arguments->json, "Print the report as one JSON document");
  verb->callback([arguments, &status] { status = export_verb(*arguments); });
}

}  // namespace stepconf::cli
