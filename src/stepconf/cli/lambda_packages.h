#pragma once

#include <filesystem>
#include <string>

#include "stepconf/deploy/wrapper_placement.h"

namespace stepconf::cli {

/// What `make package` builds for Lambda: the wrapper and the configurator, for both architectures.
class LambdaPackages {
 public:
  /// `folder`: the command line's --packages, empty where it was not given: STEPCONF_PACKAGES, else
  /// `package` beside the folder of this program (build/package). Throws InvalidInput where there
  /// is no such folder.
  explicit LambdaPackages(const std::filesystem::path& folder);

  /// Gives the wrapper for an architecture with the deployment's steps file. Throws InvalidInput
  /// where it was not built.
  deploy::WrapperPackage wrapper(const std::string& architecture,
                                 const std::string& steps_file) const;
  /// Gives the configurator with its deployment file and, where there are models, its plan.
  deploy::FunctionCode configurator(const std::string& architecture,
                                    const std::string& deployment_file,
                                    const std::string& plan) const;

 private:
  std::string read(const std::string& name, const std::string& architecture) const;

  std::filesystem::path folder_;
};

}  // namespace stepconf::cli
