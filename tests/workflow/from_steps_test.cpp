#include "stepconf/workflow/from_steps.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"

namespace stepconf::workflow {
namespace {

std::string error_of(std::vector<StepSpec> specs) {
  try {
    from_steps(std::move(specs), "stepconf.yaml");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "accepted";
}

TEST(FromSteps, KeepsTheListsOrderAndDrawsItsEdges) {
  const Workflow workflow = from_steps(
      {{"encode", "enc", 1, {"detect", "upscale"}}, {"upscale", "up", 64, {}}, {"detect", "d"}},
      "stepconf.yaml");
  ASSERT_EQ(workflow.steps.size(), 3u);
  EXPECT_EQ(workflow.steps[1].function, "up");
  EXPECT_EQ(workflow.steps[1].jobs, 64);
  EXPECT_TRUE(workflow.steps[1].is_map);
  EXPECT_FALSE(workflow.steps[0].is_map);
  EXPECT_EQ(workflow.graph.predecessors[0], (std::vector<StepId>{1, 2}));
  EXPECT_EQ(workflow.find("detect"), 2);
  EXPECT_EQ(workflow.find("Detect"), std::nullopt);
}

TEST(FromSteps, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of({}), "stepconf.yaml: steps is empty, must list at least one step");
  EXPECT_EQ(error_of({{"a", "f"}, {"a", "f"}}),
            "stepconf.yaml: steps[1].name is \"a\", the name of steps[0] already");
  EXPECT_EQ(error_of({{"", "f"}}), "stepconf.yaml: steps[0].name is empty, must name the step");
  EXPECT_EQ(error_of({{"a", ""}}),
            "stepconf.yaml: steps[0] (\"a\"): function is empty, must name one");
  EXPECT_EQ(error_of({{"a", "f", 0}}),
            "stepconf.yaml: steps[0] (\"a\"): jobs is 0, must be at least 1");
  EXPECT_EQ(error_of({{"upscale", "f"}, {"b", "f", 1, {"upscael"}}}),
            "stepconf.yaml: steps[1] (\"b\"): after names \"upscael\", which is no step; meant "
            "\"upscale\"?");
  EXPECT_EQ(error_of({{"a", "f", 1, {"a"}}}),
            "stepconf.yaml: steps[0] (\"a\"): after names the step itself, must name steps before "
            "it");
  EXPECT_EQ(error_of({{"a", "f", 1, {"c"}}, {"b", "f", 1, {"a"}}, {"c", "f", 1, {"b"}}}),
            "stepconf.yaml: steps wait for each other in a circle: a -> b -> c -> a");
}

}  // namespace
}  // namespace stepconf::workflow
