#pragma once

#include <filesystem>
#include <string>

#include "stepconf/cli/lambda_packages.h"
#include "stepconf/cli/step_choices.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/templates/read.h"
#include "stepconf/templates/transform.h"

namespace stepconf::cli {

/// Where a transformed template and what belongs to it are written.
struct TemplateTarget {
  std::filesystem::path file;
  /// Beside the file; as the template names it.
  std::string folder;
  templates::Format format = templates::Format::yaml;
};

/// What the command line says of how steps are chosen.
struct ChoiceArguments {
  std::string slo{};
  std::string strategy{};
  /// Empty: as the strategy needs it.
  std::string cache{};
  /// The deployment's name, in metrics; empty: the state machine's logical id.
  std::string deployment{};
};

struct WrittenTemplate {
  machine::GeneratedMachine machine;
  /// Whether the safe configurations keep the SLO.
  bool feasible = true;
};

/// Plans for a template's state machine, and writes the transformed template, the generated
/// definition, report.json and the packages for Lambda. The workspace's workflow is what
/// `transform` has as definition. Remarks go to stderr. Throws InvalidInput.
WrittenTemplate write_template(Workspace& workspace, templates::Transform& transform,
                               const ChoiceArguments& arguments, const LambdaPackages& packages,
                               templates::TransformSettings settings, const TemplateTarget& target);
}  // namespace stepconf::cli
