#include <fmt/format.h>

#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/template_packages.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/deploy/wanted_state.h"
#include "stepconf/templates/read.h"

namespace stepconf::cli {
namespace {

struct TransformArguments {
  std::filesystem::path file;
  std::filesystem::path output;
  std::filesystem::path definition;
  std::filesystem::path project = ".";
  std::filesystem::path models;
  std::filesystem::path packages;
  std::string state_machine;
  std::string architecture;
  // 0: the project's.
  int log_retention_days = 0;
  ChoiceArguments choice;
  bool json = false;
};

// The template names files from its own folder, and so does what is made of it.
void expect_same_folder(const TransformArguments& arguments) {
  const auto folder = [](const std::filesystem::path& file) {
    return std::filesystem::absolute(file).lexically_normal().parent_path();
  };
  if (folder(arguments.file) == folder(arguments.output)) return;
  throw InvalidInput(
      fmt::format("--output {}: must be in the folder of {}, for the paths in the "
                  "template begin there",
                  arguments.output.string(), arguments.file.string()));
}

// Models and decisions belong to a workflow: the project's has to be the template's.
void expect_same_workflow(const Workspace& workspace, const templates::Transform& transform,
                          const TransformArguments& arguments) {
  const auto& workflow = workspace.project.workflow;
  const std::string remedy =
      fmt::format("make the file anew with `stepconf transform {} --definition {}`",
                  arguments.file.string(), workflow ? workflow->string() : "workflow.asl.json");
  if (!workflow) {
    throw InvalidInput(fmt::format("{}: has steps, no workflow, and the template has one; {}",
                                   workspace.project.file.string(), remedy));
  }
  if (Json::parse(read_file(*workflow), nullptr, false) ==
      Json::parse(transform.definition().text)) {
    return;
  }
  throw InvalidInput(fmt::format("{}: differs from the definition of {} in {}; {}",
                                 workflow->string(), transform.machine(), arguments.file.string(),
                                 remedy));
}

void print(const WrittenTemplate& written, const TransformArguments& arguments) {
  for (const machine::GeneratedStep& step : written.machine.steps) {
    std::cout << fmt::format("{}: {}\n", step.name,
                             step.batched ? "batched" : "memory alone, because " + step.reason);
  }
  std::cout << fmt::format("Written to {}\n", arguments.output.string());
}

int transform_verb(const TransformArguments& arguments) {
  if (arguments.output.empty() && arguments.definition.empty()) {
    throw InvalidInput(
        "transform: give --output for the template, or --definition for the workflow file");
  }
  const std::string text = read_file(arguments.file);
  const std::string source = arguments.file.string();
  templates::Transform transform(
      templates::Template(templates::read_value(text, source), source), arguments.state_machine,
      [&](const std::string& path) { return read_file(arguments.file.parent_path() / path); });
  if (!arguments.definition.empty()) {
    write_file(arguments.definition, transform.definition().text);
    std::cerr << fmt::format("{}: the definition of {}, with functions by name\n",
                             arguments.definition.string(), transform.machine());
  }
  if (arguments.output.empty()) return kDone;
  expect_same_folder(arguments);
  const LambdaPackages packages(arguments.packages);
  Workspace workspace =
      open_workspace(arguments.project, arguments.models, ModelsAre::welcome, ReadTo::plan);
  expect_same_workflow(workspace, transform, arguments);
  const TemplateTarget target{.file = arguments.output,
                              .folder = "stepconf-" + transform.machine(),
                              .format = templates::format_of(text)};
  const project::Deployment& deployment = workspace.project.deployment;
  ChoiceArguments choice = arguments.choice;
  if (choice.cache.empty()) choice.cache = deployment.cache.value_or("");
  std::string architecture = arguments.architecture;
  if (architecture.empty()) {
    architecture = deployment.architecture.value_or(workspace.project.pricing.architecture);
  }
  const int days = arguments.log_retention_days > 0 ? arguments.log_retention_days
                                                    : deployment.log_retention_days;
  const WrittenTemplate written = write_template(
      workspace, transform, choice, packages,
      {.configurator_architecture = architecture, .log_retention_days = days}, target);
  if (arguments.json) {
    std::cout << machine::report_of(written.machine).dump(2) << "\n";
  } else {
    print(written, arguments);
  }
  return written.feasible ? kDone : kSloMissed;
}

}  // namespace

void add_transform(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<TransformArguments>();
  CLI::App* verb = app.add_subcommand(
      "transform",
      "Write a SAM or CloudFormation template anew, with a function for each memory size and a "
      "configurator before each step of its state machine; nothing is deployed");
  verb->add_option("TEMPLATE", arguments->file, "Your template, YAML or JSON")->required();
  verb->add_option("-o,--output", arguments->output,
                   "Template to write, in the same folder; what belongs to it goes into "
                   "stepconf-STATEMACHINE/ beside it")
      ->check(not_empty);
  verb->add_option("--definition", arguments->definition,
                   "Workflow file to write: the state machine's definition with functions by name, "
                   "for the project file's `workflow`")
      ->check(not_empty);
  verb->add_option("--project", arguments->project,
                   "Project file, or a folder that holds stepconf.yaml")
      ->capture_default_str();
  verb->add_option("--state-machine", arguments->state_machine,
                   "Logical id of the state machine, where the template has several")
      ->check(not_empty);
  verb->add_option("--strategy", arguments->choice.strategy,
                   "How the configurator is to choose; default the project's")
      ->check(not_empty);
  verb->add_option("--slo", arguments->choice.slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option(
          "--cache", arguments->choice.cache,
          "Where the decisions of an execution meet; default the project's, else dynamodb, "
          "and none for strategies that decide beforehand")
      ->check(CLI::IsMember({"dynamodb", "execution", "none"}));
  verb->add_option("--architecture", arguments->architecture,
                   "The configurator's; default the project's")
      ->check(CLI::IsMember({"x86_64", "arm64"}));
  verb->add_option("--log-retention", arguments->log_retention_days,
                   "Days that the logs of what is added are kept; default the project's, else 30")
      ->check(CLI::IsMember(
          std::vector<int>(deploy::kLogRetentionDays.begin(), deploy::kLogRetentionDays.end())));
  verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_option("--packages", arguments->packages,
                   "Folder with what `make package` builds; default STEPCONF_PACKAGES, else "
                   "package/ beside the folder of this program");
  verb->add_flag("--json", arguments->json, "Print the report as one JSON document");
  verb->callback([arguments, &status] { status = transform_verb(*arguments); });
}

}  // namespace stepconf::cli
