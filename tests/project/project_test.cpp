#include "stepconf/project/project.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::project {
namespace {

class ProjectFile : public testing::Test {
 protected:
  ProjectFile()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("stepconf_project_test_" + std::to_string(::getpid()))) {}
  ~ProjectFile() override { std::filesystem::remove_all(folder_); }

  Project load(const std::string& yaml) {
    write_file(folder_ / "stepconf.yaml", yaml);
    return load_project(folder_);
  }

  // What is said of a bad file, without the folder that this test happens to use.
  std::string complaint(const std::string& yaml) {
    try {
      load(yaml);
    } catch (const InvalidInput& error) {
      const std::string message = error.what();
      return message.substr(folder_.string().size() + 1);
    }
    return "accepted";
  }

  std::filesystem::path folder_;
};

TEST_F(ProjectFile, FillsInTheDefaults) {
  const Project project = load("schema: 1\nworkflow: w.asl.json\n");
  EXPECT_EQ(project.workflow, folder_ / "w.asl.json");
  EXPECT_EQ(project.strategy, std::nullopt);
  EXPECT_EQ(project.platform.kind, "local");
  EXPECT_FALSE(project.platform.cpu_scale);
  EXPECT_EQ(project.configurations.memory_mb.size(), 8u);
  EXPECT_FALSE(project.slo.fixed);
}

TEST_F(ProjectFile, IsOneDocument) {
  EXPECT_EQ(complaint("schema: 1\nworkflow: w.asl.json\n---\nslo: 4s\n"),
            "stepconf.yaml:3: a second document begins, must be one");
  // yaml-cpp finds no end of documents here.
  EXPECT_EQ(complaint(",d:"), "stepconf.yaml:1: a second document begins, must be one");
}

TEST_F(ProjectFile, ReadsASingleSampleJobAsJson) {
  const Project project = load(R"(schema: 1
workflow: w.asl.json
functions:
  f:
    profile:
      event: {count: 3, share: 0.5, on: true, none: ~, name: frame, quoted: "3", list: [1, {a: b}]}
)");
  const Json expected = parse_json(
      R"({"count": 3, "share": 0.5, "on": true, "none": null, "name": "frame", "quoted": "3",
          "list": [1, {"a": "b"}]})",
      "test");
  EXPECT_EQ(project.functions.at("f").profile_event, expected);
  EXPECT_FALSE(project.functions.at("f").profile_events);
}

TEST_F(ProjectFile, TakesEitherOneSampleJobOrAFileOfThem) {
  const std::string head = "schema: 1\nworkflow: w\nfunctions: {f: {profile: {";
  EXPECT_EQ(complaint(head + "event: {}, events: e.json}}}\n"),
            "stepconf.yaml:3: functions.f.profile: has both \"event\" and \"events\"; keep one");
  EXPECT_EQ(
      complaint(head + "}}}\n"),
      "stepconf.yaml:3: functions.f.profile: is empty; give `event: {...}`, one sample job, or "
      "`events: FILE`, a JSON array of them");
}

TEST_F(ProjectFile, ReadsEveryFieldOfTheContract) {
  const Project project = load(R"(schema: 1
workflow: workflow.asl.json
jobs: {Upscale: 64, Detect: Upscale}
functions:
  upscale:
    command: [./bin/upscale]
    directory: functions/upscale
    environment: {WEIGHTS: espcn.onnx}
    timeout: 30s
    configurations: {processes: [1]}
    profile: {events: upscale-events.json}
models: models.json
slo: {path: $.slo_seconds, default: 20s}
target: 0.9
headroom: 0.1
warm_pools: false
strategy: exact
configurations: {memory_mb: [1024, 512], instances: [1, 2], processes: [1, 2]}
pricing: {region: eu-south-1, architecture: arm64, orchestrator: express, usd_per_request: 0}
cost: paper
platform: {kind: simulated, cpu_scale: 0.5, dispatch: step-functions}
foreign: {WaitForApproval: 3s}
choices: {IsLarge: {Upscale: 0.8, Skip: 0.2}}
simulation: {fluctuation: {cv: 0.12, tail: lognormal}}
)");
  EXPECT_EQ(std::get<int>(project.jobs.at("Upscale")), 64);
  EXPECT_EQ(std::get<std::string>(project.jobs.at("Detect")), "Upscale");
  const Function& upscale = project.functions.at("upscale");
  EXPECT_EQ(upscale.command, std::vector<std::string>{"./bin/upscale"});
  EXPECT_EQ(upscale.directory, folder_ / "functions/upscale");
  EXPECT_EQ(upscale.environment.at("WEIGHTS"), "espcn.onnx");
  EXPECT_EQ(upscale.timeout, Seconds(30));
  EXPECT_EQ(upscale.profile_events, folder_ / "upscale-events.json");
  EXPECT_EQ(project.slo.path, "$.slo_seconds");
  EXPECT_EQ(project.slo.fixed, Seconds(20));
  EXPECT_DOUBLE_EQ(project.headroom, 0.1);
  EXPECT_FALSE(project.warm_pools);
  EXPECT_EQ(project.configurations.memory_mb, (std::vector<int>{512, 1024}));
  EXPECT_EQ(configuration_space(project, "upscale").processes, std::vector<int>{1});
  EXPECT_EQ(configuration_space(project, "other").processes, (std::vector<int>{1, 2}));
  EXPECT_EQ(project.pricing.usd_per_request, 0.0);
  EXPECT_TRUE(project.paper_cost);
  EXPECT_EQ(project.platform.cpu_scale, 0.5);
  EXPECT_EQ(project.foreign.at("WaitForApproval"), Seconds(3));
  EXPECT_EQ(project.choices.at("IsLarge").at("Skip"), 0.2);
}

TEST_F(ProjectFile, ReadsHowASimulationScattersAndWhatStrategiesBelieve) {
  const Simulation all = *load(R"(schema: 1
workflow: w.asl.json
simulation:
  fluctuation: {cv: 0.12, tail: t3}
  outliers: {probability: 0.015, factor: [2, 4]}
  cold: {probability: 0.05, seconds: [0.3, 1.5]}
  dispatch: step-functions
  keep_alive: 10m
  every: 5m
  concurrency: 1000
  failures: 0.01
  decisions: charged
  planned_with: {fluctuation: {cv: 0.06}, cold: {probability: 0.02, seconds: 2}, dispatch: none}
)")
                              .simulation;
  const estimator::Noise& truth = all.truth.noise;
  EXPECT_EQ(truth.fluctuation->cv, 0.12);
  EXPECT_EQ(truth.fluctuation->tail, estimator::Tail::t3);
  EXPECT_EQ(truth.outliers.probability, 0.015);
  EXPECT_EQ(truth.outliers.greatest, 4);
  EXPECT_EQ(truth.cold.least, Seconds(0.3));
  EXPECT_EQ(truth.cold.greatest, Seconds(1.5));
  EXPECT_EQ(truth.failures, 0.01);
  EXPECT_TRUE(all.truth.step_functions);
  EXPECT_EQ(all.keep_alive, Seconds(600));
  EXPECT_EQ(all.every, Seconds(300));
  EXPECT_EQ(all.concurrency, 1000);
  EXPECT_TRUE(all.decisions_charged);
  // What is believed: the truth, with what is given in its place.
  const estimator::Noise& belief = all.belief->noise;
  EXPECT_EQ(belief.fluctuation->cv, 0.06);
  EXPECT_EQ(belief.fluctuation->tail, estimator::Tail::lognormal);
  EXPECT_EQ(belief.cold.least, Seconds(2));
  EXPECT_EQ(belief.outliers.probability, 0.015);
  EXPECT_FALSE(all.belief->step_functions);
}

TEST_F(ProjectFile, TakesTheBestNumberOfProcessesInPlaceOfAList) {
  const Project project = load(R"(schema: 1
workflow: w.asl.json
functions:
  all: {configurations: {processes: [1, 2]}}
configurations: {processes: best}
)");
  EXPECT_TRUE(configuration_space(project, "other").best_processes);
  EXPECT_EQ(configuration_space(project, "other").processes, (std::vector<int>{1, 2, 4, 8}));
  EXPECT_FALSE(configuration_space(project, "all").best_processes);
  EXPECT_NE(complaint("schema: 1\nworkflow: w.json\nconfigurations: {processes: bst}\n")
                .find("must be best"),
            std::string::npos);
}

TEST_F(ProjectFile, ReadsStepsOfAnyDag) {
  const Project project = load(R"(schema: 1
steps:
  - {name: a, function: f, jobs: 4}
  - {name: b, function: g, after: [a]}
)");
  ASSERT_EQ(project.steps.size(), 2u);
  EXPECT_EQ(project.steps[0].jobs, 4);
  EXPECT_EQ(project.steps[1].after, std::vector<std::string>{"a"});
}

TEST_F(ProjectFile, ReadsHowItIsDeployed) {
  const Deployment deployment =
      load(
          "schema: 1\nworkflow: w\ndeployment:\n  name: shop\n  state_machine: orders\n"
          "  mode: observe\n  cache: execution\n  architecture: arm64\n"
          "  wrapped_images: [detect]\n  log_retention_days: 7\n"
          "  permissions_boundary: arn:aws:iam::123456789012:policy/edge\n")
          .deployment;
  EXPECT_EQ(deployment.name, "shop");
  EXPECT_EQ(deployment.state_machine, "orders");
  EXPECT_EQ(deployment.mode, "observe");
  EXPECT_EQ(deployment.cache, "execution");
  EXPECT_EQ(deployment.architecture, "arm64");
  EXPECT_EQ(deployment.wrapped_images, std::vector<std::string>{"detect"});
  EXPECT_EQ(deployment.log_retention_days, 7);
  EXPECT_EQ(deployment.permissions_boundary, "arn:aws:iam::123456789012:policy/edge");
}

TEST_F(ProjectFile, RefusesADeploymentThatCannotBe) {
  EXPECT_NE(
      complaint("schema: 1\nworkflow: w\ndeployment: {mode: maybe}\n").find("deployment.mode"),
      std::string::npos);
  EXPECT_NE(complaint("schema: 1\nworkflow: w\ndeployment: {log_retention_days: 0}\n")
                .find("deployment.log_retention_days"),
            std::string::npos);
  EXPECT_NE(complaint("schema: 1\nworkflow: w\ndeployment: {statemachine: x}\n")
                .find("mean state_machine?"),
            std::string::npos);
}

TEST_F(ProjectFile, NamesLineFieldAndTheNearestKnownName) {
  EXPECT_EQ(complaint("schema: 1\nworkflow: w\nfunktions: {}\n"),
            "stepconf.yaml:3: funktions: is not known here; did you mean functions?");
  EXPECT_EQ(
      complaint("schema: 1\nworkflow: w\nfunctions:\n  f:\n    timeout: 5\n"),
      "stepconf.yaml:5: functions.f.timeout: is \"5\"; write a number, at least 0, and ms, s or m, "
      "for example 20s");
  EXPECT_EQ(complaint("schema: 1\nworkflow: w\nconfigurations: {memory_mb: [512, 64]}\n"),
            "stepconf.yaml:3: configurations.memory_mb[1]: is \"64\", must be a whole number from "
            "128 to 10240");
}

TEST_F(ProjectFile, RefusesWhatContradictsItself) {
  EXPECT_EQ(complaint("schema: 1\n"),
            "stepconf.yaml:1: lacks a workflow; give `workflow: FILE.asl.json` or `steps:`");
  EXPECT_NE(complaint("schema: 1\nworkflow: w\nsteps: [{name: a, function: f}]\n").find("has both"),
            std::string::npos);
  EXPECT_NE(complaint("schema: 1\nworkflow: w\nslo: 1s\nslo: 2s\n").find("slo: occurs twice"),
            std::string::npos);
  EXPECT_NE(complaint("schema: 2\nworkflow: w\n").find("schema: is 2, this program knows 1"),
            std::string::npos);
  EXPECT_NE(complaint("schema: 1\nworkflow: w\nslo: 0s\n").find("must be more than 0"),
            std::string::npos);
  EXPECT_NE(complaint("schema: 1\nworkflow: w\nslo:\n").find("slo: has no value"),
            std::string::npos);
}

TEST_F(ProjectFile, RefusesWhatIsNoYaml) {
  for (const char* text : {"", "[1, 2]", "just words", "a: [", "schema: 1\n\tworkflow: w\n", "{: }",
                           "&a [*a]", "? [1]\n: 2\n"}) {
    EXPECT_EQ(complaint(text).substr(0, 13), "stepconf.yaml") << text;
  }
}

TEST_F(ProjectFile, SaysWhereItLooked) {
  std::filesystem::create_directories(folder_);
  EXPECT_THROW(load_project(folder_), InvalidInput);
  EXPECT_THROW(load_project(folder_ / "nowhere.yaml"), InvalidInput);
}

}  // namespace
}  // namespace stepconf::project
