#include "stepconf/wrapper/wrapper.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "stepconf/base/json.h"
#include "stepconf/wrapper/invocation.h"
#include "tests/temporary_folder.h"
#include "tests/wrapper/fake_lambda.h"
#include "tests/wrapper/jobs.h"

namespace stepconf::wrapper {
namespace {

TEST(Wrapper, PassesAnyOtherEventAndItsAnswer) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  EXPECT_EQ(results(lambda.invoke(R"({"a": [1, "x"]})")), Json::parse(R"({"a": [1, "x"]})"));
  EXPECT_EQ(results(lambda.invoke(R"({"do": "id"})")), "request2");
  const Json context = results(lambda.invoke(R"({"do": "context"})"));
  EXPECT_EQ(context.at("arn"), "arn:aws:lambda:eu-west-1:1:function:f:mem-512");
  EXPECT_EQ(context.at("trace"), "Root=1-2-3");
  EXPECT_EQ(context.at("deadline_ms"), 1700000000123);
  const Reply failed = lambda.invoke(R"({"do": "fail", "message": "oh"})");
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.error_type, "Test.Failed");
  EXPECT_EQ(Json::parse(failed.body),
            Json::parse(R"({"errorType": "Test.Failed", "errorMessage": "oh", "stackTrace": []})"));
  EXPECT_EQ(lambda.invoke("no JSON").error_type, "Runtime.UnmarshalError");
}

TEST(Wrapper, AnswersInTheOrderOfTheJobsThatRunSideBySide) {
  const Folder folder;
  const std::string meeting = folder.file("meeting");
  ASSERT_EQ(::mkfifo(meeting.c_str(), 0600), 0);
  FakeLambda lambda({program("wrapper_test_runtime")});
  // The first job ends only after the last one has begun, so they run in different copies.
  const std::vector<Json> jobs{{{"do", "wait"}, {"path", meeting}},
                               1,
                               "two",
                               nullptr,
                               {{"do", "release"}, {"path", meeting}}};
  EXPECT_EQ(results(lambda.invoke(batch(2, jobs))), Json(jobs));
}

TEST(Wrapper, GivesEachJobARequestIdOfItsOwn) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const std::vector<Json> jobs(3, Json{{"do", "id"}});
  const Json ids = results(lambda.invoke(batch(2, jobs)));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(ids.at(i), job_request_id("request1", i, 1));
}

TEST(Wrapper, AnswersNoJobsWithNoResults) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  EXPECT_EQ(lambda.invoke(batch(4, {})).body, "[]");
}

TEST(Wrapper, FailsTheBatchWithTheFirstErrorAndStartsNoFurtherJob) {
  const Folder folder;
  FakeLambda lambda({program("wrapper_test_runtime")});
  const Reply reply = lambda.invoke(batch(1, {1,
                                              {{"do", "fail"}, {"message", "second"}},
                                              {{"do", "touch"}, {"path", folder.file("third")}}}));
  EXPECT_FALSE(reply.ok);
  EXPECT_EQ(reply.error_type, "Test.Failed");
  EXPECT_EQ(Json::parse(reply.body).at("errorMessage"), "second");
  EXPECT_TRUE(Json::parse(reply.body).contains("stackTrace"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("third")));
}

TEST(Wrapper, CollectsTheJobsOwnErrors) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const Json found =
      results(lambda.invoke(batch(2, {1, {{"do", "fail"}, {"message", "m"}}, 3}, true)));
  EXPECT_EQ(found.at(0), Json({{"result", 1}}));
  EXPECT_EQ(found.at(1).at("error").at("errorType"), "Test.Failed");
  EXPECT_EQ(found.at(1).at("error").at("errorMessage"), "m");
  EXPECT_EQ(found.at(2), Json({{"result", 3}}));
}

TEST(Wrapper, ReportsTheJobWhoseCopyDiesAndReplacesTheCopy) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const Json found = results(lambda.invoke(
      batch(1, {kPid, {{"do", "exit"}, {"status", 7}}, {{"do", "kill"}}, kPid}, true)));
  EXPECT_EQ(found.at(1).at("error").at("errorType"), "Runtime.ExitError");
  EXPECT_EQ(found.at(1).at("error").at("errorMessage"),
            "RequestId: " + job_request_id("request1", 1, 1) +
                " Error: Runtime exited with error: exit status 7");
  EXPECT_EQ(found.at(2).at("error").at("errorMessage"),
            "RequestId: " + job_request_id("request1", 2, 1) +
                " Error: Runtime exited with error: signal: killed");
  EXPECT_TRUE(found.at(3).contains("result"));
  EXPECT_NE(found.at(0), found.at(3));
  const Reply alone = lambda.invoke(R"({"do": "exit", "status": 0})");
  EXPECT_EQ(alone.error_type, "Runtime.ExitError");
  EXPECT_EQ(Json::parse(alone.body).at("errorMessage"),
            "RequestId: request2 Error: Runtime exited without providing a reason");
  EXPECT_TRUE(lambda.invoke("1").ok);
}

TEST(Wrapper, KeepsCopiesWarmWhileTheirNumberChanges) {
  const Folder folder;
  FakeLambda lambda({program("wrapper_test_runtime")});
  const Json first = results(lambda.invoke(batch(1, {kPid, kPid}))).at(0);
  EXPECT_EQ(results(lambda.invoke(batch(1, {kPid}))).at(0), first);
  const std::string meeting = folder.file("meeting");
  ASSERT_EQ(::mkfifo(meeting.c_str(), 0600), 0);
  results(lambda.invoke(
      batch(2, {{{"do", "wait"}, {"path", meeting}}, {{"do", "release"}, {"path", meeting}}})));
  // Whichever is idle longest is next, so both are seen as soon as both are idle.
  std::set<Json> seen;
  for (int i = 0; i < 1000 && seen.size() < 2; ++i) {
    seen.insert(results(lambda.invoke(batch(1, {kPid}))).at(0));
  }
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen.contains(first));
}

TEST(Wrapper, MakesDoWithTheCopiesThatStart) {
  const Folder folder;
  FakeLambda lambda({program("wrapper_test_runtime"), "once", folder.file("started")});
  EXPECT_EQ(results(lambda.invoke(batch(4, {1, 2, 3, 4, 5}))), (Json{1, 2, 3, 4, 5}));
  // The only copy that could start is gone: nothing can serve the rest.
  const Json found =
      results(lambda.invoke(batch(1, {1, {{"do", "exit"}, {"status", 1}}, 3}, true)));
  EXPECT_EQ(found.at(0), Json({{"result", 1}}));
  EXPECT_EQ(found.at(2).at("error").at("errorMessage"),
            "Error: Runtime exited with error: exit status 4");
}

TEST(Wrapper, ReportsARuntimeThatCannotBeInitialised) {
  FakeLambda exits({program("wrapper_test_runtime"), "exit-at-once"});
  const Reply reply = exits.init_error();
  EXPECT_EQ(reply.error_type, "Runtime.ExitError");
  EXPECT_EQ(Json::parse(reply.body).at("errorMessage"),
            "Error: Runtime exited with error: exit status 3");
  EXPECT_EQ(exits.process().wait().how, "exit status 1");

  FakeLambda missing({"/no/such/runtime"});
  EXPECT_EQ(missing.init_error().error_type, "Runtime.InvalidEntrypoint");
  EXPECT_EQ(missing.process().wait().how, "exit status 1");
}

TEST(Wrapper, RefusesAMalformedBatch) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const Reply reply = lambda.invoke(R"({"stepconf": {"processes": 0}, "jobs": []})");
  EXPECT_EQ(reply.error_type, "StepConf.InvalidBatch");
  EXPECT_EQ(Json::parse(reply.body).at("errorMessage"),
            "batch: stepconf.processes is 0, must be a positive integer");
}

TEST(Wrapper, HoldsTheRuntimeToTheProtocol) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  EXPECT_EQ(results(lambda.invoke(R"({"do": "unknown-id"})")), 400);
  EXPECT_EQ(results(lambda.invoke(R"({"do": "twice"})")), "early");
  EXPECT_EQ(lambda.invoke(R"({"do": "stream"})").error_type, "StepConf.StreamingUnsupported");
  EXPECT_EQ(results(lambda.invoke("1")), 1);
}

TEST(Wrapper, TakesItsCommandFromAVariable) {
  FakeLambda lambda({}, {{"STEPCONF_COMMAND", "'" + program("wrapper_test_runtime") + "'"}});
  EXPECT_EQ(results(lambda.invoke("1")), 1);
}

TEST(Wrapper, StartsTheBootstrapWhosePlaceItTook) {
  const tests::TemporaryFolder folder;
  std::filesystem::create_symlink(program("wrapper_test_runtime"),
                                  folder.path() / std::string(kReplacedBootstrap));
  FakeLambda lambda({}, {{"LAMBDA_TASK_ROOT", folder.path().string()}});
  EXPECT_EQ(results(lambda.invoke("1")), 1);
}

TEST(Wrapper, PassesOnWholeLinesOfTheLogWithTheirJob) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const auto log = [](const char* text) { return Json{{"do", "log"}, {"text", text}}; };
  results(lambda.invoke(batch(1, {log("alone\n")})));
  results(lambda.invoke(batch(2, {log("a\nb\n"), log("unfinished")})));
  ::kill(lambda.process().pid(), SIGTERM);
  const std::string text = lambda.log();
  EXPECT_TRUE(text.starts_with("[job 0] alone\n")) << text;
  EXPECT_NE(text.find("[job 0] a\n[job 0] b\n"), std::string::npos) << text;
  EXPECT_NE(text.find("[job 1] unfinished\n"), std::string::npos) << text;
}

TEST(Wrapper, TakesItsCopiesAlongHoweverItEnds) {
  for (const int signal : {SIGKILL, SIGTERM}) {
    FakeLambda lambda({program("wrapper_test_runtime")});
    const EndWatch copy(results(lambda.invoke(kPid.dump())).get<pid_t>());
    EXPECT_FALSE(copy.ended_within(0));
    ::kill(lambda.process().pid(), signal);
    EXPECT_TRUE(copy.ended_within(10'000));
    EXPECT_EQ(lambda.process().wait().how,
              signal == SIGKILL ? "signal: killed" : "exit status 143");
  }
}

TEST(Wrapper, EndsWithTheRuntimeApi) {
  FakeLambda lambda({program("wrapper_test_runtime")});
  const EndWatch copy(results(lambda.invoke(kPid.dump())).get<pid_t>());
  lambda.disappear();
  EXPECT_TRUE(copy.ended_within(10'000));
  EXPECT_EQ(lambda.process().wait().how, "");
}

}  // namespace
}  // namespace stepconf::wrapper
