#include "stepconf/configurator/log_line.h"

#include <gtest/gtest.h>

#include "tests/configurator/fixtures.h"

namespace stepconf::configurator {
namespace {

Json line_of(const Verdict& verdict, const std::string& deployment = "fan-out") {
  const std::string line = log_line(verdict, deployment, 1'764'092'000'000, Seconds(0.00025));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return parse_json(line, "line");
}

TEST(LogLine, GivesTheMetricsOfADecision) {
  Configurator configurator = testing::configurator();
  const Verdict verdict = configurator.decide(testing::event("fan", 64, 1000), Mode::on, nullptr);
  const Json line = line_of(verdict);
  const Json& directive = line.at("_aws").at("CloudWatchMetrics").at(0);
  EXPECT_EQ(line.at("_aws").at("Timestamp"), 1'764'092'000'000);
  EXPECT_EQ(directive.at("Namespace"), "StepConf");
  EXPECT_EQ(directive.at("Dimensions"), Json::parse(R"([["Deployment","Step"],["Deployment"]])"));
  for (const Json& metric : directive.at("Metrics")) {
    EXPECT_TRUE(line.at(metric.at("Name").get<std::string>()).is_number()) << metric;
  }
  EXPECT_EQ(directive.at("Metrics").size(), 5U);
  EXPECT_EQ(line.at("Deployment"), "fan-out");
  EXPECT_EQ(line.at("Step"), "fan");
  EXPECT_EQ(line.at("TimeLeft"), 11.0);  // an SLO of 12 s, 1 s of it gone
  EXPECT_EQ(line.at("DecisionTime"), 0.25);
  EXPECT_EQ(line.at("Late"), 0);
  EXPECT_EQ(line.at("Safe"), 0);
}

TEST(LogLine, TellsTheDecisionInTheWordsOfTheTrace) {
  Configurator configurator = testing::configurator();
  const Verdict verdict =
      configurator.decide(testing::event("fan", 64, 1000), Mode::observe, nullptr);
  const Json line = line_of(verdict);
  EXPECT_EQ(line.at("execution"), "execution");
  EXPECT_EQ(line.at("mode"), "observe");
  EXPECT_EQ(line.at("memory_mb"), verdict.chosen->memory.value);
  EXPECT_EQ(line.at("instances"), verdict.chosen->instances);
  EXPECT_EQ(line.at("predicted_s"), verdict.decision->duration->count());
  EXPECT_EQ(line.at("sub_slo_s"), verdict.decision->sub_slo->count());
  EXPECT_EQ(line.at("constraint"), "sub_slo");
  EXPECT_TRUE(line.contains("runner_up"));
  EXPECT_EQ(line.at("safe"), "observed only");
  EXPECT_EQ(line.at("answer").at("memory_mb"), testing::safe().memory.value);
}

TEST(LogLine, LeavesOutMetricsThatNobodyKnows) {
  Configurator configurator = testing::configurator();
  Event event = testing::event("fan", 64, 0);
  event.fault = "the event lacks started";
  const Json line = line_of(configurator.decide(event, Mode::on, nullptr));
  EXPECT_FALSE(line.contains("TimeLeft"));
  EXPECT_EQ(line.at("_aws").at("CloudWatchMetrics").at(0).at("Metrics").size(), 3U);
  EXPECT_EQ(line.at("Safe"), 1);
}

TEST(LogLine, WritesDimensionsInAscii) {
  Configurator configurator = testing::configurator();
  Verdict verdict = configurator.decide(testing::event("fan", 64, 0), Mode::on, nullptr);
  verdict.event.step = "Größe 100%\n";
  verdict.event.execution = "\xff";
  const Json line = line_of(verdict, std::string(2000, 'x'));
  EXPECT_EQ(line.at("Step"), "Gr%C3%B6%C3%9Fe 100%25%0A");
  EXPECT_EQ(line.at("step"), "Größe 100%\n");
  EXPECT_EQ(line.at("Deployment").get<std::string>().size(), 1024U);
}

}  // namespace
}  // namespace stepconf::configurator
