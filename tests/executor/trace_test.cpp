#include "stepconf/executor/trace.h"

#include <gtest/gtest.h>

#include <functional>

#include "stepconf/base/error.h"

namespace stepconf::executor {
namespace {

// The members that a line cannot do without.
const std::string kLine =
    R"({"schema": 1, "execution": "e", "step": "a", "memory_mb": 512, "processes": 2, "ready_s": 1,)"
    R"( "detail": [{"jobs": 3, "started_s": 1.5, "ended_s": 4, "status": "ok"}]})";

std::string with(const std::string& from, const std::string& to) {
  std::string line = kLine;
  return line.replace(line.find(from), from.size(), to);
}

std::string refusal(const std::string& text) {
  try {
    parse_trace(text, "t.jsonl");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

StepRecord whole_record() {
  StepRecord record;
  record.execution = "e";
  record.started_at = asl::parse_timestamp("2026-11-25T17:33:00.250Z");
  record.step = "a";
  record.function = "f";
  record.attempt = 2;
  record.jobs = 5;
  record.configuration = {{512}, 2, 4};
  record.sub_slo = Seconds(7);
  record.time_left = Seconds(-1);
  record.ready = Seconds(1);
  record.decided = Seconds(1.25);
  record.ended = Seconds(9);
  record.predicted = Seconds(6.5);
  record.predicted_cost = Usd{0.002};
  record.cost = Usd{0.003};
  record.reason = "told so";
  record.decision.emplace();
  record.decision->constraint = optimizer::Constraint::price_of_miss;
  record.decision->rank = 2;
  record.decision->efficient = 3;
  record.decision->considered = 192;
  record.decision->runner_up = estimator::Option{{{256}, 1, 2}, Seconds(8), Usd{0.001}};
  record.decision->attainment = 0.95;
  record.oversubscribed = true;
  record.choices = {{"IsLarge", {{"Skip", 2}, {"Upscale", 1}}}};
  record.detail = {{.index = 1,
                    .jobs = 3,
                    .dispatched = Seconds(1.5),
                    .started = Seconds(2),
                    .ended = Seconds(9),
                    .cold = true,
                    .init = Seconds(0.5),
                    .max_memory_mb = 300,
                    .status = "ok"}};
  return record;
}

TEST(Trace, IsReadBackAsItWasWritten) {
  const std::string text = to_json(whole_record()).dump();
  const auto lines = parse_trace(text + "\n", "t.jsonl");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].record.function, "f");
  EXPECT_EQ(lines[0].record.started_at, whole_record().started_at);
  EXPECT_EQ(to_json(lines[0].record).dump(), text);
}

TEST(Trace, MayTellOfWaysAlone) {
  const std::string line = R"({"schema":1,"execution":"e","choices":{"IsLarge":{"Upscale":1}}})";
  const auto lines = parse_trace(line, "t.jsonl");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].record.tells_of_step());
  EXPECT_EQ(to_json(lines[0].record).dump(), line);
}

TEST(Trace, TellsTheTimeOfItsStartInUtc) {
  EXPECT_EQ(to_json(whole_record()).at("started_at"), "2026-11-25T17:33:00.250Z");
}

TEST(Trace, OfAnOlderVersionHasNeitherStartNorFunction) {
  const auto lines = parse_trace(kLine, "t.jsonl");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].record.started_at);
  EXPECT_EQ(lines[0].record.function, "");
  EXPECT_EQ(lines[0].record.detail.at(0).ended, Seconds(4));
}

TEST(Trace, CountsLinesAndSkipsEmptyOnes) {
  const auto lines = parse_trace("\n" + kLine + "\r\n\n" + kLine, "t.jsonl");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].number, 2);
  EXPECT_EQ(lines[1].number, 4);
  EXPECT_TRUE(parse_trace("", "t.jsonl").empty());
}

TEST(Trace, IgnoresMembersOfNewerVersions) {
  EXPECT_EQ(parse_trace(with("\"step\"", "\"mood\": \"good\", \"step\""), "t.jsonl").size(), 1u);
}

TEST(Trace, OfAnAbortedInstanceNeedsNoTimes) {
  const std::string aborted = with(R"("started_s": 1.5, "ended_s": 4, "status": "ok")",
                                   R"("started_s": 0, "ended_s": 0, "status": "aborted")");
  EXPECT_EQ(parse_trace(aborted, "t.jsonl").at(0).record.detail.at(0).status, "aborted");
}

TEST(Trace, SaysWhatBoundTheChoiceAndWhatWouldHaveBeenCheaper) {
  const OrderedJson line = to_json(whole_record());
  EXPECT_EQ(line.at("constraint"), "price_of_miss");
  EXPECT_EQ(line.at("rank"), 2);
  EXPECT_EQ(line.at("runner_up").at("predicted_s"), 8);
  EXPECT_EQ(line.at("attainment"), 0.95);
  EXPECT_TRUE(line.at("attainment_with_runner_up").is_null());
}

TEST(Trace, IsRefusedWithFileLineAndMember) {
  const std::pair<std::string, std::string> cases[] = {
      {with("\"ended_s\": 4", "\"ended_s\": 1"),
       "t.jsonl:2: $.detail[0].ended_s is 1, must be at least started_s (1.5)"},
      {with("\"started_s\": 1.5", "\"started_s\": 0.5"),
       "t.jsonl:2: $.detail[0].started_s is 0.5, must be at least the step's ready_s (1)"},
      {with("\"jobs\": 3", "\"jobs\": 0"), "t.jsonl:2: $.detail[0].jobs is 0, must be at least 1"},
      {with("512", "\"512\""), "t.jsonl:2: $.memory_mb is string, must be a number"},
      {with("\"schema\": 1", "\"schema\": 2"), "t.jsonl:2: $.schema is not known, must be 1"},
      {with("\"step\"", "\"stop\""), "t.jsonl:2: $.step is missing"},
      {with("\"step\"", "\"started_at\": \"noon\", \"step\""),
       "t.jsonl:2: $.started_at is \"noon\", must be a time such as 2026-11-25T17:33:00.250Z"},
      {with("\"step\"", "\"constraint\": \"fate\", \"step\""),
       "t.jsonl:2: $.constraint is \"fate\", must be one of none nothing sub_slo catch_up plan slo "
       "price_of_miss"},
      {with("\"step\"", "\"constraint\": \"slo\", \"attainment\": 2, \"step\""),
       "t.jsonl:2: $.attainment is 2, must be at most 1"},
      {with("\"step\"", "\"choices\": {\"C\": {\"A\": 0}}, \"step\""),
       "t.jsonl:2: $.choices.C.A is 0, must be at least 1"},
      {"[]", "t.jsonl:2: $: is array, must be an object"},
  };
  for (const auto& [line, message] : cases) EXPECT_EQ(refusal(kLine + "\n" + line), message);
  // A run that was killed in the middle of a line.
  const std::string cut = refusal(kLine + "\n" + kLine.substr(0, 30));
  EXPECT_EQ(cut.substr(0, 10), "t.jsonl:2:") << cut;
}

TEST(Trace, KeepsApartWhatIsNotKnownAndWhatIsNothing) {
  StepRecord record = whole_record();
  record.cost_known = false;
  record.detail[0].reported = false;
  const OrderedJson line = to_json(record);
  EXPECT_TRUE(line.at("cost_usd").is_null());
  for (const char* unknown : {"cold", "init_s", "max_memory_mb"})
    EXPECT_TRUE(line.at("detail")[0].at(unknown).is_null()) << unknown;
  const StepRecord read = parse_trace(line.dump(), "t.jsonl").at(0).record;
  EXPECT_FALSE(read.cost_known);
  EXPECT_FALSE(read.detail[0].reported);
  EXPECT_EQ(to_json(read), line);
}

}  // namespace
}  // namespace stepconf::executor
