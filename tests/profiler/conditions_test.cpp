#include "stepconf/profiler/conditions.h"

#include <gtest/gtest.h>

namespace stepconf::profiler {
namespace {

TEST(Conditions, NameWhatDurationsDependOn) {
  project::PlatformChoice platform;
  EXPECT_EQ(platform_conditions(platform, 0.25, true), "local, cpu_scale 0.25");
  EXPECT_EQ(platform_conditions(platform, 1, false), "local, cpu_scale 1, CPU not limited");
  platform.dispatch = "step-functions";
  EXPECT_EQ(platform_conditions(platform, 1, true), "local, cpu_scale 1, dispatch step-functions");
}

TEST(Conditions, TellFunctionsApartByAllThatStartsThemAndByTheirJobs) {
  project::Function function;
  function.command = {"./f"};
  function.directory = "/project/functions";
  const std::string before = function_fingerprint(function, "/project", {1, 2});

  EXPECT_EQ(function_fingerprint(function, "/project", {1, 2}), before);
  EXPECT_NE(function_fingerprint(function, "/project", {1, 3}), before);
  project::Function other = function;
  other.command = {"./f", "-v"};
  EXPECT_NE(function_fingerprint(other, "/project", {1, 2}), before);
  other = function;
  other.environment["A"] = "1";
  EXPECT_NE(function_fingerprint(other, "/project", {1, 2}), before);
  other = function;
  other.directory = "/project/elsewhere";
  EXPECT_NE(function_fingerprint(other, "/project", {1, 2}), before);
}

TEST(Conditions, StayWhenTheProjectIsMoved) {
  project::Function function;
  function.directory = "/project/functions";
  project::Function moved;
  moved.directory = "/home/functions";
  EXPECT_EQ(function_fingerprint(function, "/project", nullptr),
            function_fingerprint(moved, "/home", nullptr));
}

}  // namespace
}  // namespace stepconf::profiler
