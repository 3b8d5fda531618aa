#include <gtest/gtest.h>

#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

Json states_of_generated(const OrderedJson& map) { return generated(scope("Work", map))["States"]; }

TEST(BatchedMap, SendsBatchesOfBoxedJobsToTheFunctionChosen) {
  const Json states = states_of_generated(with(each(task()), R"({"ItemsPath": "$.a"})"));
  const Json& map = states["Work"];
  EXPECT_EQ(map["Items"],
            "{% ($stepconf_items := $states.input.a; $type($stepconf_items) = 'array' ? "
            "$partition([$map($stepconf_items, function($stepconf_job, $stepconf_index) { {'job': "
            "$stepconf_job} })], $stepconf_1.size) : $error('the items are no array')) %}");
  EXPECT_EQ(map["ItemSelector"], Json::parse(R"({"stepconf": {"boxed": true, "step": "Work",
      "batch": "{% $states.context.Map.Item.Index %}", "size": "{% $stepconf_1.size %}",
      "processes": "{% $stepconf_1.processes %}"}, "jobs": "{% $states.context.Map.Item.Value %}"})"));
  const Json& job = map["ItemProcessor"]["States"]["Job"];
  EXPECT_EQ(
      job["Arguments"],
      Json::parse(
          R"({"FunctionName": "{% $stepconf_1.function %}", "Payload": "{% $states.input %}"})"));
  EXPECT_EQ(map["Output"], "{% $reduce($states.result, $append, []) %}");
}

TEST(BatchedMap, PutsResultsWhereTheMapPutThem) {
  const auto output = [](const char* members) {
    return states_of_generated(with(each(task()), members))["Work"]["Output"];
  };
  EXPECT_EQ(output(R"({"ItemsPath": "$.a", "ResultPath": "$.r"})"),
            "{% $merge([$states.input, {'r': $reduce($states.result, $append, [])}]) %}");
  EXPECT_EQ(output(R"({"ItemsPath": "$.a", "ResultPath": null})"), "{% $states.input %}");
  EXPECT_EQ(output(R"({"ItemsPath": "$.a", "OutputPath": null})"), Json::object());
}

TEST(BatchedMap, LeavesWhatOnlyJsonPathCanSayToAPass) {
  const Json states = states_of_generated(with(
      each(task()),
      R"({"ItemsPath": "$.a", "ResultSelector": {"n.$": "$[0]"}, "ResultPath": "$.r[1]", "OutputPath": "$$.Execution.Input"})"));
  EXPECT_EQ(states["Work"]["Next"], "Work: output");
  EXPECT_EQ(states["Work: output"],
            Json::parse(R"({"Type": "Pass", "InputPath": "$.result", "Parameters": {"n.$": "$[0]"},
      "ResultPath": "$.input.r[1]", "OutputPath": "$$.Execution.Input", "End": true})"));
}

TEST(BatchedMap, ReadsAnInputThatOnlyJsonPathCanReadInAPass) {
  const Json states = states_of_generated(
      with(each(task()), R"({"InputPath": "$.z[0]", "ItemsPath": "$.b", "ResultPath": "$.r"})"));
  EXPECT_EQ(states["Work: input"]["Parameters"],
            Json::parse(R"({"input.$": "$", "effective.$": "$.z[0]"})"));
  EXPECT_EQ(states["Work: input"]["Next"], "Work: configure");
  EXPECT_EQ(states["Work"]["Output"],
            "{% $merge([$states.input.input, {'r': $reduce($states.result, $append, [])}]) %}");
}

TEST(BatchedMap, SharesWhatTheItemSelectorReadsOnce) {
  const GeneratedMachine result = generate_all(scope(
      "Work",
      with(
          each(task()),
          R"json({"ItemsPath": "$.a", "ItemSelector": {"v.$": "$$.Map.Item.Value", "d.$": "$.c.d", "e.$": "States.Format('{}', $.c.e[0])", "n.$": "$$.Execution.Name"}})json")));
  const Json machine = Json::parse(result.definition);
  EXPECT_EQ(
      machine["States"]["Work"]["ItemSelector"]["stepconf"]["shared"],
      Json::parse(R"({"input": "{% {'c': {'d': $states.input.c.d, 'e': $states.input.c.e}} %}",
                            "context": {"Execution": {"Name": "{% $states.context.Execution.Name %}"}}})"));
  EXPECT_EQ(result.templates["steps"]["Work"]["Map"]["ItemSelector"]["d.$"], "$.c.d");
  EXPECT_EQ(result.templates["steps"]["Work"]["Task"]["Type"], "Task");
}

TEST(BatchedMap, KeepsTheBoundOnJobsAtOnce) {
  const Json states =
      states_of_generated(with(each(task()), R"({"ItemsPath": "$.a", "MaxConcurrency": 3})"));
  EXPECT_EQ(states["Work"]["MaxConcurrency"], "{% $stepconf_1.concurrency %}");
  // Safe: 4 instances of 2 processes; of 3 jobs at once 2 fit one instance: 3 / 2 = 1.
  const Json safe = states["Work: configure"]["Catch"][0]["Assign"]["stepconf_1"];
  EXPECT_EQ(safe["concurrency"], 1);
  EXPECT_EQ(safe["processes"], 2);
  const auto size = safe["size"].get<std::string>();
  EXPECT_NE(size.find("$ceil($stepconf_jobs / 1)"), std::string::npos) << size;
}

TEST(BatchedMap, KeepsABoundThatOnlyAnExecutionKnows) {
  const Json machine = generated(jsonata(scope(
      "Work",
      with(each(invoke_jsonata()),
           R"({"Items": "{% $states.input.a %}", "MaxConcurrency": "{% $states.input.n %}"})"))));
  EXPECT_EQ(machine["States"]["Work"]["MaxConcurrency"],
            "{% ($stepconf_most := $states.input.n; $stepconf_most = 0 ? 0 : $max([1, "
            "$floor($stepconf_most / $stepconf_1.processes)])) %}");
}

TEST(BatchedMap, TellsTheConfiguratorJobsAndBytes) {
  const Json states = states_of_generated(with(each(task()), R"({"ItemsPath": "$.a"})"));
  const Json& payload = states["Work: configure"]["Arguments"]["Payload"];
  EXPECT_EQ(payload["jobs"], "{% $count($states.input.a) %}");
  EXPECT_EQ(payload["bytes"],
            "{% ($stepconf_text := $string([$map($states.input.a, function($stepconf_job, "
            "$stepconf_index) { {'job': $stepconf_job} })]); $length($stepconf_text) + 3 * "
            "$length($replace($stepconf_text, /[ -~]+/, ''))) %}");
  EXPECT_EQ(payload.size(), 6U) << payload;
}

TEST(BatchedMap, LeavesRoomInABatchForWhatItsJobsShare) {
  const Json states = states_of_generated(with(each(task()), R"({"ItemsPath": "$.a",
      "ItemSelector": {"d.$": "$.c.d", "n.$": "$$.Execution.Name"}})"));
  const auto bytes = states["Work: configure"]["Arguments"]["Payload"]["bytes"].get<std::string>();
  EXPECT_NE(bytes.find("* 200000 / $max([1, 200000 - ($stepconf_text := $string([{'c': {'d': "
                       "$states.input.c.d}}, {\"Execution\": {\"Name\": "
                       "($states.context.Execution.Name)}}])"),
            std::string::npos)
      << bytes;
}

TEST(BatchedMap, RetriesTheMapByAParallelAroundItAll) {
  const Json states = states_of_generated(with(
      each(task()),
      R"({"ItemsPath": "$.a", "ResultPath": "$.r", "Retry": [{"ErrorEquals": ["Bad"]}], "Catch": [{"ErrorEquals": ["Bad"], "ResultPath": "$.e[0]", "Next": "Work"}]})"));
  const Json& around = states["Work"];
  EXPECT_EQ(around["Type"], "Parallel");
  EXPECT_EQ(around["OutputPath"], "$[0]");
  EXPECT_EQ(around["Retry"], Json::parse(R"([{"ErrorEquals": ["Bad"]}])"));
  EXPECT_EQ(around["Catch"][0]["ResultPath"], "$.e[0]");
  EXPECT_EQ(around["Branches"][0]["StartAt"], "Work: configure");
  EXPECT_EQ(around["Branches"][0]["States"]["Work: batches"]["End"], true);
  EXPECT_FALSE(around["Branches"][0]["States"]["Work: batches"].contains("Catch"));
}

TEST(BatchedMap, CatchesWithoutAParallelWhereJsonataCanSayIt) {
  const Json states = states_of_generated(with(
      each(task()),
      R"({"ItemsPath": "$.a", "Catch": [{"ErrorEquals": ["A"], "ResultPath": "$.e", "Next": "Work"}, {"ErrorEquals": ["B"], "ResultPath": null, "Next": "Work"},
          {"ErrorEquals": ["C"], "Next": "Work"}]})"));
  const Json& catchers = states["Work"]["Catch"];
  EXPECT_EQ(catchers[0]["Output"], "{% $merge([$states.input, {'e': $states.errorOutput}]) %}");
  EXPECT_EQ(catchers[0]["Next"], "Work: configure");
  EXPECT_EQ(catchers[1]["Output"], "{% $states.input %}");
  EXPECT_FALSE(catchers[2].contains("Output"));
}

TEST(BatchedMap, AppliesArgumentsOfJsonataBeforeBatching) {
  OrderedJson job = invoke_jsonata();
  job["Arguments"]["Payload"] = {{"x", "{% $states.input.v %}"}};
  const Json machine = generated(jsonata(scope(
      "Work",
      with(
          each(job),
          R"({"Items": "{% $states.input.a %}", "ItemSelector": {"v": "{% $states.context.Map.Item.Value.k %}"}})"))));
  const auto items = machine["States"]["Work"]["Items"].get<std::string>();
  EXPECT_NE(
      items.find(
          R"({'job': ($stepconf_item := {"v": ($stepconf_job.k)}; {"x": ($stepconf_item.v)})})"),
      std::string::npos)
      << items;
  EXPECT_FALSE(machine["States"]["Work"].contains("QueryLanguage"));
}

TEST(BatchedMap, GivesTheOutputOfJsonataAllResults) {
  const OrderedJson map =
      with(each(invoke_jsonata()),
           R"({"Items": "{% $states.input.a %}", "Output": {"n": "{% $count($states.result) %}"},
      "Assign": {"last": "{% $states.result[-1] %}"}})");
  const Json plain = generated(jsonata(scope("Work", map)))["States"]["Work"];
  EXPECT_EQ(plain["Output"]["n"], "{% $count($reduce($states.result, $append, [])) %}");
  EXPECT_EQ(plain["Assign"]["last"], "{% $reduce($states.result, $append, [])[-1] %}");
  const Json around = generated(jsonata(
      scope("Work", with(map, R"({"Retry": [{"ErrorEquals": ["Bad"]}]})"))))["States"]["Work"];
  EXPECT_EQ(around["Type"], "Parallel");
  EXPECT_EQ(around["Output"]["n"], "{% $count($states.result.r) %}");
}

TEST(BatchedMap, LetsTheMapsCatchHaveWhatFailsWhileJobsAreCounted) {
  const auto type_of = [](const char* items) {
    const OrderedJson map = with(each(invoke_jsonata()),
                                 R"({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Work"}]})");
    OrderedJson definition = jsonata(scope("Work", map));
    definition["States"]["Work"]["Items"] = items;
    return generated(definition)["States"]["Work"]["Type"];
  };
  EXPECT_EQ(type_of("{% $states.input.a %}"), "Map");
  EXPECT_EQ(type_of("{% $sort($states.input.a) %}"), "Parallel");
}

TEST(BatchedMap, SaysWhyItIsNot) {
  const auto says = [](const OrderedJson& map, const char* reason) {
    const std::string why = why_not(scope("Work", map));
    EXPECT_NE(why.find(reason), std::string::npos) << why;
  };
  says(with(each(task()), R"({"ItemSelector": {"x.$": "$$.State.EnteredTime"}})"),
       "'$$.State.EnteredTime'");
  says(with(each(task()), R"({"ItemSelector": {"x.$": "$$"}})"), "whole context object");
  says(with(each(task()), R"({"ItemSelector": {"x.$": "$variable.y"}})"), "ItemSelector");
  says(with(each(task()), R"({"Assign": {"x.$": "$"}})"), "assigns variables");
  says(with(each(task()), R"({"MaxConcurrencyPath": "$.n"})"), "MaxConcurrencyPath");
  says(each(with(task(), R"({"TimeoutSeconds": 5})")), "TimeoutSeconds");
  says(each(with(task(), R"({"HeartbeatSeconds": 5})")), "HeartbeatSeconds");
  says(
      each(with(
          task(),
          R"({"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 300, "MaxAttempts": 5}]})")),
      "Retry");
  EXPECT_EQ(
      why_not(scope(
          "Work",
          each(with(
              task(),
              R"({"Retry": [{"ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 300, "MaxAttempts": 5}]})")))),
      "");
}

TEST(BatchedMap, SaysWhyItIsNotInJsonata) {
  const auto says = [](const OrderedJson& map, const char* reason) {
    const std::string why = why_not(jsonata(scope("Work", map)));
    EXPECT_NE(why.find(reason), std::string::npos) << why;
  };
  OrderedJson job = invoke_jsonata();
  says(each(with(job, R"({"Output": "{% $states.result.Payload.list %}"})")), "flatten");
  says(each(with(job, R"({"Output": {"x": "{% $states.input %}"}})")), "the Task's Output");
  says(each(with(job, R"({"Assign": {"x": 1}})")), "Assign");
  says(with(each(job), R"({"ItemSelector": "{% $states.context %}"})"), "ItemSelector");
  says(with(each(job), R"({"ItemSelector": ["{% $states.context.Map.Item.Value %}"]})"),
       "ItemSelector");
  says(with(each(job), R"({"Output": "{% $keys($states) %}"})"), "Output");
  job["Arguments"]["Payload"] = "{% $states.context.State.Name %}";
  says(each(job), "event");
}

}  // namespace
}  // namespace stepconf::machine
