#include "stepconf/estimator/models.h"

#include <gtest/gtest.h>

#include <string>

#include "stepconf/base/error.h"

namespace stepconf::estimator {
namespace {

constexpr const char* kRow =
    R"({"memory_mb": 512, "instances": 1, "processes": 1, "duration_s": 3.0, "cost_usd": 0.0001})";

std::string with_function(const std::string& function) {
  return R"({"schema": 1, "functions": {"f": )" + function + "}}";
}

std::string fault(const std::string& text) {
  try {
    parse_models(text, "m.json");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Models, ReadATable) {
  const Models models =
      parse_models(with_function(std::string(R"({"form": "table", "options": [)") + kRow +
                                 R"(], "noise": {"cv": 0.1}})"),
                   "m.json");
  const auto& table = std::get<Table>(models.at("f"));
  ASSERT_EQ(table.options.size(), 1u);
  EXPECT_EQ(to_string(table.options[0].configuration), "512x1x1");
  EXPECT_EQ(table.options[0].duration, Seconds{3});
  EXPECT_EQ(table.options[0].cost, Usd{0.0001});
  EXPECT_EQ(table.noise_cv, 0.1);
}

TEST(Models, KeepWithHowManyJobsAPairWasSeenToWork) {
  const Models models = parse_models(
      with_function(R"({"form": "constant", "parameters": {"base": 1, "per_job": 0}, "memory":
                        {"fits": [{"memory_mb": 512, "processes": 1, "jobs": 8},
                                  {"memory_mb": 1024, "processes": 1}]}})"),
      "m.json");
  const Models again = parse_models(to_string(models), "m.json");
  const auto& fits = std::get<FittedFunction>(again.at("f")).memory.fits;
  EXPECT_EQ(fits, (std::vector<KnownFit>{{MemoryMb{512}, 1, 8}, {MemoryMb{1024}, 1}}));
}

TEST(Models, KeepWhichWaysExecutionsWent) {
  const std::string text =
      R"({"schema": 1, "functions": {}, "choices": {"IsLarge": {"executions": 3, "taken": {"Upscale": 2, "Skip": 5}}}})";
  const Models models = parse_models(text, "m.json");
  const workflow::LearntWays expected{3, {{"Skip", 5}, {"Upscale", 2}}};
  EXPECT_EQ(models.choices.at("IsLarge"), expected);
  EXPECT_EQ(parse_models(to_string(models), "m.json").choices, models.choices);
  const auto with = [](const std::string& learnt) {
    return fault(R"({"schema": 1, "functions": {}, "choices": {"C": )" + learnt + "}}");
  };
  EXPECT_EQ(with(R"({"executions": 1, "taken": {"A": -1}})"),
            "m.json: $.choices.C.taken.A is -1, must be at least 1");
  EXPECT_EQ(with(R"({"executions": 1, "taken": {}})"),
            "m.json: $.choices.C.taken is empty, must name at least one way");
  EXPECT_EQ(with(R"({"taken": {"A": 1}})"), "m.json: $.choices.C.executions is missing");
}

TEST(Models, ReadBackAsTheyWereWritten) {
  FittedFunction function{
      DurationModel(*find_duration_form("case1"), {1.0 / 3, 0.1, 0.7, 0.2},
                    Correction{{0.5, 1, 2, 3}, 0.1, {{{MemoryMb{512}, 1, 2, 4}, 0.0125}}})};
  function.dispatch = {0.1, 0.01, 14, 0.2, 0.003, 0.004, 0.33, 0.2};
  function.memory = {MemoryNeed::Peak{50, 100},
                     {{{MemoryMb{128}, 2, 3}, "Runtime.OutOfMemory"}},
                     {{MemoryMb{512}, 4}}};
  function.spread = Spread({.cv = 0.05, .freedom = 12, .body = {}, .outliers = {0.01, {0, 0.1}}});
  function.residual = Spread({.cv = 0.06,
                              .freedom = 100,
                              .body = {-2, -1, -0.5, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.5},
                              .tail_scale = 0.1,
                              .tail_shape = 0.2,
                              .outliers = {0.01, {0, 0.1}}});
  function.model_error = {0.01, 0.02, {{MemoryMb{512}, 1, 2, 4}}};
  function.cold = {0.25, 0.4, 0.1, 0.3, 7};
  function.report = {.reliable = false,
                     .reason = "because",
                     .chosen_because = "smallest",
                     .advice = "measure more",
                     .samples = 12,
                     .configurations = 4,
                     .error = {0.01, 0.02},
                     .cross_validation = ErrorSummary{0.03, 0.04},
                     .noise_floor = 0.005};
  Models models;
  models.functions.emplace("f", function);
  models.functions.emplace("t",
                           Table{{Option{{MemoryMb{512}, 2, 1}, Seconds{1.5}, Usd{0.25}}}, 0.2});
  const std::string text = to_string(models);
  const Models again = parse_models(text, "m.json");
  EXPECT_EQ(to_string(again), text);
  const auto& f = std::get<FittedFunction>(again.at("f"));
  EXPECT_EQ(f.dispatch, function.dispatch);
  EXPECT_EQ(f.memory, function.memory);
  EXPECT_EQ(f.report, function.report);
  EXPECT_EQ(f.spread, function.spread);
  EXPECT_EQ(f.residual, function.residual);
  EXPECT_EQ(f.model_error, function.model_error);
  EXPECT_EQ(f.cold, function.cold);
  EXPECT_EQ(f.duration.correction(), function.duration.correction());
  EXPECT_EQ(f.duration.predict({MemoryMb{700}, 1, 2}),
            function.duration.predict({MemoryMb{700}, 1, 2}));
}

TEST(Models, NameTheFieldThatIsWrong) {
  const auto row = [](const std::string& changed) {
    return fault(with_function(R"({"form": "table", "options": [)" + changed + "]}"));
  };
  EXPECT_EQ(
      row(R"({"memory_mb": 0, "instances": 1, "processes": 1, "duration_s": 3, "cost_usd": 0})"),
      "m.json: $.functions.f.options[0].memory_mb is 0, must be at least 1");
  EXPECT_EQ(
      row(R"({"memory_mb": 1, "instances": 1, "processes": 1, "duration_s": -3, "cost_usd": 0})"),
      "m.json: $.functions.f.options[0].duration_s is -3, must be at least 0");
  EXPECT_EQ(
      row(R"({"memory_mb": 1, "instances": 1, "processes": 1, "duration_s": null, "cost_usd": 0})"),
      "m.json: $.functions.f.options[0].duration_s is null, must be a number");
  EXPECT_EQ(row(R"({"memory_mb": 1, "instances": 1, "processes": 1, "duration_s": 1})"),
            "m.json: $.functions.f.options[0].cost_usd is missing");
  EXPECT_EQ(
      row(R"({"memory_mb": 1, "instances": 1, "processes": 1, "duration_s": 1, "cost_usd": 1, "cost_us": 1})"),
      "m.json: $.functions.f.options[0].cost_us is not a known field, is \"cost_usd\" meant?");
  EXPECT_EQ(row("7"), "m.json: $.functions.f.options[0]: is number, must be an object");
  EXPECT_EQ(row(""), "m.json: $.functions.f.options is empty, must hold at least one row");
  EXPECT_EQ(fault(R"({"schema": 2, "functions": {}})"), "m.json: $.schema is not known, must be 1");
  EXPECT_EQ(fault(R"({"functions": {}})"), "m.json: $.schema is missing");
  EXPECT_NE(fault(with_function(R"({"form": "tables"})")).find("is \"table\" meant?"),
            std::string::npos);
  EXPECT_NE(
      fault(with_function(R"({"form": "case2", "parameters": {"work": 1, "speed_offset": 0}})"))
          .find("$.functions.f.parameters.floor is missing"),
      std::string::npos);
  EXPECT_NE(fault("{").find("m.json:1:"), std::string::npos);
}

TEST(Models, NameTheNearestFunctionWhereOneIsMissing) {
  Models models;
  models.source = "m.json";
  models.functions.emplace("upscale", Table{});
  try {
    models.at("upscal");
    FAIL() << "nothing was thrown";
  } catch (const InvalidInput& error) {
    EXPECT_STREQ(error.what(),
                 "m.json: has no model of the function \"upscal\", the nearest is \"upscale\"");
  }
}

}  // namespace
}  // namespace stepconf::estimator
