// The corners of the runtime protocol and of Lambda, each made to happen.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "stepconf/wrapper/invocation.h"
#include "tests/wrapper/fake_lambda.h"
#include "tests/wrapper/jobs.h"

namespace stepconf::wrapper {
namespace {

const Json kHang{{"do", "hang"}};

std::vector<std::string> runtime() { return {program("wrapper_test_runtime")}; }

Json options(int processes, Json more = Json::object()) {
  more["processes"] = processes;
  more["errors"] = "collect";
  return more;
}

Json task(Json fields) {
  fields["Type"] = "Task";
  fields["End"] = true;
  fields["Resource"] = "arn:aws:lambda:eu-west-1:123456789012:function:f";
  return {{"state", {{"Task", std::move(fields)}}}};
}

TEST(Corners, AJobThatHangsIsReportedBeforeTheDeadlineAndItsCopyReplaced) {
  FakeLambda lambda(runtime());
  const EndWatch copy(results(lambda.invoke(kPid.dump())).get<pid_t>());
  lambda.limit(Seconds{1});
  const Json found = results(lambda.invoke(batch_with(options(1), {1, kHang, 3})));
  EXPECT_EQ(found.at(0), Json({{"result", 1}}));
  for (const std::size_t job : {1, 2}) {
    EXPECT_EQ(found.at(job).at("error").at("errorType"), "Sandbox.Timedout");
  }
  EXPECT_NE(found.at(1)
                .at("error")
                .at("errorMessage")
                .get<std::string>()
                .find("Error: Task timed out after "),
            std::string::npos);
  EXPECT_TRUE(copy.ended_within(10'000));
  EXPECT_EQ(results(lambda.invoke(batch(1, {7}))), Json({7}));
}

TEST(Corners, ACopyThatNeverBecomesReadyIsReplacedAtTheDeadline) {
  const Folder folder;
  FakeLambda lambda({program("wrapper_test_runtime"), "second-hangs", folder.file("copy")});
  lambda.limit(Seconds{1});
  const Json found = results(lambda.invoke(batch_with(options(2), {kHang, kHang})));
  EXPECT_EQ(found.at(0).at("error").at("errorType"), "Sandbox.Timedout");
  EXPECT_EQ(results(lambda.invoke(batch(2, {1, 2}))), (Json{1, 2}));
}

TEST(Corners, ACopyThatHangsOnceItHasAnsweredIsReplacedAtTheDeadline) {
  FakeLambda lambda(runtime());
  EXPECT_EQ(results(lambda.invoke(batch(1, {{{"do", "answer-and-hang"}}}))), Json({"early"}));
  lambda.limit(Seconds{0.5});
  const Json found = results(lambda.invoke(batch_with(options(1), {1})));
  EXPECT_EQ(found.at(0).at("error").at("errorType"), "Sandbox.Timedout");
  lambda.limit(Seconds{60});
  EXPECT_EQ(results(lambda.invoke(batch(1, {7}))), Json({7}));
}

TEST(Corners, TheMemoryThatALostCopyNeededBoundsTheNextBatch) {
  const Folder folder;
  ::mkfifo(folder.file("meet").c_str(), 0600);
  const Json wait{{"do", "wait"}, {"path", folder.file("meet")}};
  const Json release{{"do", "release"}, {"path", folder.file("meet")}};
  const Json state = task({{"TimeoutSeconds", 1}});
  const Json crashes{{"do", "hold"}, {"megabytes", 80}};
  const Json is_killed{{"do", "hold"}, {"megabytes", 80}, {"then", "hang"}};
  for (const Json& hold : {crashes, is_killed}) {
    FakeLambda lambda(runtime(), {{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"}});
    results(lambda.invoke(batch_with(options(1, state), {hold})));
    // They would end, could they meet.
    const Json found = results(lambda.invoke(batch_with(options(2, state), {wait, release})));
    EXPECT_EQ(found.at(0).at("error").at("errorType"), "States.Timeout");
  }
}

TEST(Corners, AJobThatExceedsItsTimeoutIsEndedAndTriedAgain) {
  const Folder folder;
  FakeLambda lambda(runtime());
  const Json retry{{{"ErrorEquals", {"States.Timeout"}}, {"MaxAttempts", 1}}};
  const Json found = results(lambda.invoke(
      batch_with(options(2, task({{"TimeoutSeconds", 1}, {"Retry", retry}})), {kHang, 2})));
  EXPECT_EQ(found.at(0).at("error"), Json({{"errorType", "States.Timeout"},
                                           {"errorMessage", "The task took longer than 1 s."}}));
  EXPECT_EQ(found.at(1), Json({{"result", 2}}));
}

TEST(Corners, AJobThatFailsIsTriedAgainAsItsRetrySays) {
  const Folder folder;
  FakeLambda lambda(runtime());
  const Json retry{{{"ErrorEquals", {"Test.Once"}}, {"IntervalSeconds", 1}}};
  const Json once{{"do", "fail-once"}, {"path", folder.file("once")}};
  const Json found =
      results(lambda.invoke(batch_with(options(1, task({{"Retry", retry}})), {once, 2})));
  EXPECT_EQ(found.at(0), Json({{"result", once}}));
  EXPECT_EQ(found.at(1), Json({{"result", 2}}));
}

TEST(Corners, AnIdempotentJobGoesToAnotherCopyWhereItsOwnDies) {
  const Folder folder;
  FakeLambda lambda(runtime());
  const Json once{{"do", "kill-once"}, {"path", folder.file("once")}};
  const Json found =
      results(lambda.invoke(batch_with(options(2, {{"idempotent", true}}), {once, 2})));
  EXPECT_EQ(found.at(0), Json({{"result", once}}));
}

TEST(Corners, ACopyThatIsKilledWhileMemoryIsFullRanOutOfIt) {
  const auto error = [](const char* memory_size) {
    FakeLambda lambda(runtime(), {{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_size}});
    const Json hold{{"do", "hold"}, {"megabytes", 64}};
    return results(lambda.invoke(batch(1, {hold}, true))).at(0).at("error");
  };
  EXPECT_EQ(error("64").at("errorType"), "Runtime.OutOfMemory");
  EXPECT_EQ(error("64").at("errorMessage"),
            "RequestId: " + job_request_id("request1", 0, 1) +
                " Error: Runtime exited with error: signal: killed");
  EXPECT_EQ(error("10240").at("errorType"), "Runtime.ExitError");
}

TEST(Corners, WhatACopyHasStartedEndsWithIt) {
  FakeLambda lambda(runtime());
  const EndWatch child(results(lambda.invoke(R"({"do": "child"})")).get<pid_t>());
  EXPECT_FALSE(child.ended_within(0));
  lambda.invoke(R"({"do": "exit", "status": 0})");
  EXPECT_TRUE(child.ended_within(10'000));
}

TEST(Corners, AHandlerMayCleanUpAtSigterm) {
  const Folder folder;
  FakeLambda lambda(runtime());
  lambda.invoke(Json{{"do", "tidy-up"}, {"path", folder.file("tidy")}}.dump());
  lambda.wait_for_next();
  ::kill(lambda.process().pid(), SIGTERM);
  EXPECT_EQ(lambda.process().wait().how, "exit status 143");
  EXPECT_TRUE(std::filesystem::exists(folder.file("tidy")));
}

TEST(Corners, AnAnswerCountsWhoseCopyEndsAtOnce) {
  FakeLambda lambda(runtime());
  const std::vector<Json> jobs(20, Json{{"do", "answer-and-exit"}});
  EXPECT_EQ(results(lambda.invoke(batch(2, jobs))), Json(std::vector<Json>(20, "early")));
}

TEST(Corners, ARuntimeThatReportsItsInitialisationIsQuoted) {
  FakeLambda lambda({program("wrapper_test_runtime"), "init-error"});
  const Reply reply = lambda.init_error();
  EXPECT_EQ(reply.error_type, "Test.Init");
  EXPECT_EQ(Json::parse(reply.body).at("errorMessage"), "no model");
}

TEST(Corners, AResultThatNoAnswerCanHoldIsTheJobsOwnError) {
  FakeLambda lambda(runtime());
  const Json large{{"do", "large"}, {"bytes", 7 << 20}};
  const Json found = results(lambda.invoke(batch(2, {1, large}, true)));
  EXPECT_EQ(found.at(0), Json({{"result", 1}}));
  EXPECT_EQ(found.at(1).at("error").at("errorType"), "Function.ResponseSizeTooLarge");
  const Json half{{"do", "large"}, {"bytes", 4 << 20}};
  EXPECT_EQ(lambda.invoke(batch(2, {half, half}, true)).error_type,
            "Function.ResponseSizeTooLarge");
}

TEST(Corners, AStreamedResponseIsRefused) {
  FakeLambda lambda(runtime());
  EXPECT_EQ(lambda.invoke(R"({"do": "stream-chunks"})").error_type,
            "StepConf.StreamingUnsupported");
  EXPECT_EQ(results(lambda.invoke("1")), 1);
}

TEST(Corners, WhatIsNoRequestIsRefusedAndHarmsNobody) {
  FakeLambda lambda(runtime());
  const auto send = [](const std::string& text) { return Json{{"do", "send"}, {"text", text}}; };
  const std::string api = "/2018-06-01/runtime/";
  const std::vector<Json> jobs{
      send("garbage\r\n\r\n"), send("GET " + api + "invocation/next HTTP/9.9\r\n\r\n"),
      send("POST " + api + "init/error HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
      send("GET " + std::string(100'000, 'x') + " HTTP/1.1\r\n\r\n"),
      send("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")};
  const Json found = results(lambda.invoke(batch(2, jobs)));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_TRUE(found.at(i).get<std::string>().starts_with("HTTP/1.1 4")) << i << found.at(i);
  }
  EXPECT_EQ(results(lambda.invoke("1")), 1);
}

TEST(Corners, AThawedWrapperGoesOnWhereItsConnectionDiedInTheFrost) {
  FakeLambda lambda(runtime());
  EXPECT_EQ(results(lambda.invoke("1")), 1);
  lambda.wait_for_next();
  ::kill(lambda.process().pid(), SIGSTOP);
  siginfo_t stopped{};
  ::waitid(P_PID, static_cast<id_t>(lambda.process().pid()), &stopped, WSTOPPED);
  lambda.drop_connections();
  ::kill(lambda.process().pid(), SIGCONT);
  lambda.limit(Seconds{60});
  EXPECT_EQ(results(lambda.invoke(batch(2, {1, 2}))), (Json{1, 2}));
}

TEST(Corners, AnApiThatVanishesDuringAJobEndsTheWrapperAndItsCopies) {
  FakeLambda lambda(runtime());
  const EndWatch copy(results(lambda.invoke(kPid.dump())).get<pid_t>());
  const Folder folder;
  const std::string begun = folder.file("begun");
  ASSERT_EQ(::mkfifo(begun.c_str(), 0600), 0);
  lambda.send(batch(2, {{{"do", "release"}, {"path", begun}}, kHang}));
  std::ifstream wait(begun);
  lambda.disappear();
  EXPECT_TRUE(copy.ended_within(10'000));
  EXPECT_EQ(lambda.process().wait().how, "");
}

TEST(Corners, NoJobIsLostOrAnsweredTwiceWhereCopiesDieAtRandom) {
  FakeLambda lambda(runtime());
  std::vector<Json> jobs;
  for (int i = 0; i < 2000; ++i) jobs.push_back({{"do", "gamble"}, {"job", i}});
  for (const bool idempotent : {true, false}) {
    const Json found =
        results(lambda.invoke(batch_with(options(4, {{"idempotent", idempotent}}), jobs)));
    ASSERT_EQ(found.size(), jobs.size());
    std::size_t failed = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (found.at(i).contains("error")) {
        EXPECT_EQ(found.at(i).at("error").at("errorType"), "Runtime.ExitError");
        ++failed;
      } else {
        EXPECT_EQ(found.at(i).at("result"), jobs[i]);
      }
    }
    // One job in 20 takes its copy along: about 100 of 2000, or where it is tried three times about
    // 0.25.
    if (idempotent) {
      EXPECT_LT(failed, 10u);
    } else {
      EXPECT_GT(failed, 30u);
    }
  }
}

TEST(Corners, FewDescriptorsMeanFewCopies) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{.rlim_cur = 64, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  FakeLambda lambda(runtime());
  ::setrlimit(RLIMIT_NOFILE, &before);
  std::vector<Json> jobs;
  for (int i = 0; i < 100; ++i) jobs.emplace_back(i);
  EXPECT_EQ(results(lambda.invoke(batch(50, jobs))), Json(jobs));
}

TEST(Corners, StepsAreLookedUpInTheirFile) {
  const Folder folder;
  std::ofstream(folder.file("steps.json")) << Json{
      {"schema", 1},
      {"steps", {{"Double", {{"Map", {{"ItemSelector", {{"v.$", "$$.Map.Item.Value"}}}}}}}}}};
  FakeLambda lambda(runtime(), {{"STEPCONF_STEPS", folder.file("steps.json")}});
  EXPECT_EQ(results(lambda.invoke(batch_with(options(1, {{"step", "Double"}}), {1}))),
            Json::parse(R"([{"result": {"v": 1}}])"));
  EXPECT_EQ(results(lambda.invoke(batch_with(options(1, {{"step", "Other"}}), {1}))),
            Json::parse(R"([{"result": 1}])"));
}

TEST(Corners, AStepsFileThatCannotBeUsedIsNamed) {
  FakeLambda lambda(runtime(), {{"STEPCONF_STEPS", "/no/such/steps.json"}});
  const Reply reply = lambda.invoke(batch_with(options(1, {{"step", "Double"}}), {1}));
  EXPECT_EQ(reply.error_type, "StepConf.InvalidBatch");
  EXPECT_NE(reply.body.find("/no/such/steps.json"), std::string::npos);
}

TEST(Corners, LinesThatAreJsonCarryTheirJobAsAMember) {
  FakeLambda lambda(runtime(), {{"AWS_LAMBDA_LOG_FORMAT", "JSON"}});
  const auto log = [](const char* text) { return Json{{"do", "log"}, {"text", text}}; };
  results(lambda.invoke(batch_with(options(1, {{"batch", 2}, {"size", 10}}),
                                   {log("{\"level\":\"INFO\"}\n{}\nplain\n{\"job\":\"x\"}\n")})));
  ::kill(lambda.process().pid(), SIGTERM);
  EXPECT_EQ(lambda.log(),
            "{\"job\":20,\"level\":\"INFO\"}\n{\"job\":20}\n[job 20] plain\n{\"job\":\"x\"}\n");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Corners, LargePayloadsLeaveNoMemoryTaken) {
  FakeLambda lambda(runtime());
  const std::string large = Json(std::string(5 << 20, 'x')).dump();
  EXPECT_TRUE(lambda.invoke(large).ok);
  EXPECT_TRUE(lambda.invoke("{\"stepconf\":{\"processes\":1},\"jobs\":[" + large + "]}").ok);
  EXPECT_TRUE(lambda.invoke("1").ok);
  std::ifstream status("/proc/" + std::to_string(lambda.process().pid()) + "/status");
  std::string word;
  long resident_kb = 0;
  while (status >> word) {
    if (word == "VmRSS:") status >> resident_kb;
  }
  EXPECT_GT(resident_kb, 0);
  EXPECT_LT(resident_kb, 10 * 1024);
}
#endif

}  // namespace
}  // namespace stepconf::wrapper
