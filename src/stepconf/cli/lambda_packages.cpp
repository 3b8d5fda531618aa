#include "stepconf/cli/lambda_packages.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/deploy/packages.h"

namespace stepconf::cli {
namespace {

constexpr const char* kStepsFile = "stepconf-steps.json";

std::filesystem::path packages_beside_the_program() {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  return program.parent_path().parent_path() / "package";
}

std::filesystem::path packages_folder(const std::filesystem::path& given) {
  if (!given.empty()) return given;
  if (const char* variable = std::getenv("STEPCONF_PACKAGES"); variable && *variable != '\0') {
    return variable;
  }
  return packages_beside_the_program();
}

}  // namespace

LambdaPackages::LambdaPackages(const std::filesystem::path& folder)
    : folder_(packages_folder(folder)) {
  std::error_code failure;
  if (std::filesystem::is_directory(folder_, failure)) return;
  throw InvalidInput(
      fmt::format("{}: there is no such folder; `make package` builds the programs for Lambda, and "
                  "--packages or STEPCONF_PACKAGES says where they are",
                  folder_.string()));
}

std::string LambdaPackages::read(const std::string& name, const std::string& architecture) const {
  const auto path = folder_ / fmt::format("{}-{}.zip", name, architecture);
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    throw InvalidInput(
        fmt::format("{}: there is no such file; `make package` builds it", path.string()));
  }
  return read_file(path);
}

deploy::WrapperPackage LambdaPackages::wrapper(const std::string& architecture,
                                               const std::string& steps_file) const {
  const std::map<std::string, std::string> files = {{kStepsFile, steps_file}};
  const auto with_steps = [&](const char* name) {
    return deploy::zip_code(deploy::with_files(read(name, architecture), files));
  };
  return {.layer = with_steps("stepconf-wrapper-layer"),
          .bootstrap = with_steps("stepconf-wrapper-bootstrap")};
}

deploy::FunctionCode LambdaPackages::configurator(const std::string& architecture,
                                                  const std::string& deployment_file,
                                                  const std::string& plan) const {
  std::map<std::string, std::string> files = {{"stepconf-deployment.json", deployment_file}};
  if (!plan.empty()) files["stepconf.plan"] = plan;
  return deploy::zip_code(deploy::with_files(read("stepconf-configurator", architecture), files));
}

}  // namespace stepconf::cli
