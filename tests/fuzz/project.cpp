// Whatever stands in a project file: it is refused, or read, and every function then has
// configurations to choose from.
#include "stepconf/project/project.h"

#include "stepconf/base/error.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  project::Project project;
  try {
    project = project::parse_project(std::string(fuzz::text(data, size)), "/p/stepconf.yaml");
  } catch (const InvalidInput&) {
    return 0;
  }
  fuzz::expect(project.workflow.has_value() == project.steps.empty(), "a workflow, or steps");
  fuzz::expect(project.target > 0 && project.target <= 1, "the target is a share");
  for (const auto& [name, function] : project.functions) {
    const auto space = project::configuration_space(project, name);
    fuzz::expect(!space.memory_mb.empty() && !space.instances.empty() && !space.processes.empty(),
                 "there are configurations");
    fuzz::expect(function.timeout > Seconds(0), "there is time for a call");
  }
  return 0;
}
