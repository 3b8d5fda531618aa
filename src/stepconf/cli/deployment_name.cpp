#include "stepconf/cli/deployment_name.h"

#include <algorithm>

#include "stepconf/base/error.h"
#include "stepconf/cli/verbs.h"

namespace stepconf::cli {
namespace {

constexpr std::size_t kLongestDeployment = 24;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string deployment_name(const project::Project& project, const std::string& option) {
  if (!option.empty()) return option;
  std::string name;
  for (const char c : project.folder.filename().string()) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool fits = is_letter(lower) || is_digit(lower);
    if (name.empty() && !is_letter(lower)) continue;
    if (fits || !name.ends_with('-')) name += fits ? lower : '-';
  }
  name.resize(std::min(name.size(), kLongestDeployment));
  while (name.ends_with('-')) name.pop_back();
  if (!name.empty()) return name;
  throw InvalidInput(
      "the deployment has no name, for the project's folder has none that fits; give one with "
      "--deployment");
}

void add_deployment(CLI::App& verb, std::string& name) {
  verb.add_option(
          "--deployment", name,
          "Name of the deployment, up to 24 lower-case letters, digits and '-'; default the "
          "project's folder's")
      ->check(not_empty);
}

}  // namespace stepconf::cli
