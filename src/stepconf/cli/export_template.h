#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stepconf/cli/template_packages.h"

namespace stepconf::cli {

/// Writes a project's workflow as a template (`serverless`: for SAM), FOLDER/template.yaml, with
/// what belongs to it beside it. `wrapped` names functions of custom runtimes whose bootstrap
/// starts the wrapper. What a project does not know of its functions are parameters. Throws
/// InvalidInput.
WrittenTemplate export_template(Workspace& workspace, const ChoiceArguments& arguments,
                                const LambdaPackages& packages,
                                const std::vector<std::string>& wrapped, bool serverless,
                                const std::filesystem::path& folder);

}  // namespace stepconf::cli
