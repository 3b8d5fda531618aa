#include "stepconf/cli/deployment_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

report::Table table_of(const std::vector<deploy::Change>& changes) {
  report::Table table({{"change"}, {"part"}, {"name"}, {"detail"}});
  for (const deploy::Change& change : changes) {
    table.add({to_string(change.kind), change.part, change.name, change.detail});
  }
  return table;
}

std::string sizes_of(const deploy::FunctionStatus& function) {
  std::string text;
  for (const auto& [memory, arn] : function.sizes) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", memory.value);
  }
  return text;
}

}  // namespace

void print(const deploy::DeploymentStatus& status) {
  std::cout << fmt::format(
      "Deployment {}: {}\n", status.deployment,
      status.state_machine_arn.empty() ? "no state machine yet" : status.state_machine_arn);
  report::Table table({{"function"}, {"state"}, {"wrapped by"}, {"MB in place"}, {"remark"}});
  for (const deploy::FunctionStatus& function : status.functions) {
    table.add({function.function, to_string(function.state), to_string(function.wrapped),
               sizes_of(function), function.remark});
  }
  std::cout << table.text("  ");
  if (status.changes.empty()) {
    std::cout << "Everything is as it is wanted.\n";
    return;
  }
  std::cout << "`stepconf deploy` would change:\n" << table_of(status.changes).text("  ");
}

void announce(const std::vector<deploy::Change>& changes) {
  std::cerr << table_of(changes).text("  ");
}

bool confirmed(const std::string& question, bool yes) {
  if (yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    throw InvalidInput("nobody can be asked here; --yes says that it may be done");
  }
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

deploy::ProgressReport progress_on_stderr() {
  return [](const deploy::Progress& progress) {
    std::cerr << fmt::format("[{}/{}] {}\n", progress.done, progress.parts, progress.change);
  };
}

}  // namespace stepconf::cli
