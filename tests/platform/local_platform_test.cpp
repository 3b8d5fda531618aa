#include "stepconf/platform/local/local_platform.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

#include "tests/platform/eventually.h"
#include "tests/platform/gate.h"
#include "tests/platform/test_platform.h"

namespace stepconf::platform {
namespace {

TEST(LocalPlatform, AnswersWithTheFunctionsResultAndItsTimes) {
  TestPlatform platform(with_functions());
  const Completion completion = platform.call({{"sleep", 0.02}});
  EXPECT_TRUE(completion.ok()) << completion.payload;
  EXPECT_EQ(completion.payload, R"({"sleep":0.02})");
  EXPECT_EQ(completion.id, 1u);
  EXPECT_TRUE(completion.cold);
  EXPECT_GT(completion.init, Seconds(0));
  EXPECT_LE(completion.dispatched + completion.init, completion.started);
  const Seconds duration = completion.ended - completion.started;
  EXPECT_GE(duration, Seconds(0.02));
  EXPECT_GE(completion.billed, duration + completion.init);
  EXPECT_LE(completion.billed, duration + completion.init + Seconds(0.001));
  EXPECT_GT(completion.max_memory_mb, 0);
}

TEST(LocalPlatform, ReusesTheSandboxThatWasUsedLast) {
  TestPlatform platform(with_functions());
  const Gate gate("reuse");
  platform.start({{"wait", gate.path()}});
  platform.start({{"pid", 1}});
  const Completion quick = platform.next();
  gate.open();
  const Completion slow = platform.next();
  EXPECT_TRUE(quick.cold);
  EXPECT_TRUE(slow.cold);
  const Completion again = platform.call({{"pid", 1}});
  EXPECT_FALSE(again.cold);
  EXPECT_EQ(again.init, Seconds(0));
  EXPECT_NE(again.payload, quick.payload);
  EXPECT_EQ(platform.call({{"pid", 1}}).payload, again.payload);
}

TEST(LocalPlatform, KeepsASandboxPerFunctionAndMemorySize) {
  LocalPlatformOptions options = with_functions();
  options.functions["g"] = behaviour();
  TestPlatform platform(options);
  std::set<std::string> processes;
  processes.insert(platform.call({{"pid", 1}}).payload);
  processes.insert(platform.call({{"pid", 1}}, "f", 1024).payload);
  processes.insert(platform.call({{"pid", 1}}, "g").payload);
  EXPECT_EQ(processes.size(), 3u);
  EXPECT_FALSE(platform.call({{"pid", 1}}, "f", 1024).cold);
}

TEST(LocalPlatform, TellsWhichSandboxesAreIdle) {
  using Idle = std::map<MemoryMb, int>;
  TestPlatform platform(with_functions());
  // A sandbox is idle when its runtime asks for the next event, a moment after its answer.
  const auto becomes = [&](const std::string& function, const Idle& idle) {
    return eventually([&] { return (*platform).idle_sandboxes(function) == idle; });
  };
  EXPECT_TRUE(becomes("f", {}));
  const Gate gate("idle");
  platform.start({{"wait", gate.path()}});
  platform.call({{"pid", 1}});
  platform.call({{"pid", 1}}, "f", 1024);
  // One of 512 MB is at work.
  EXPECT_TRUE(becomes("f", {{MemoryMb{512}, 1}, {MemoryMb{1024}, 1}}));
  EXPECT_TRUE(becomes("no such function", {}));
  gate.open();
  platform.next();
  EXPECT_TRUE(becomes("f", {{MemoryMb{512}, 2}, {MemoryMb{1024}, 1}}));
}

TEST(LocalPlatform, KnowsNothingWhereItDoesNotAnswerInTime) {
  TestPlatform platform(with_functions());
  std::promise<void> go_on;
  std::thread busy(
      [&] { (*platform).in_loop([&](Engine&, net::Loop&) { go_on.get_future().wait(); }); });
  // Its thread is held up, soon.
  EXPECT_TRUE(eventually([&] { return !(*platform).idle_sandboxes("f").has_value(); }));
  go_on.set_value();
  busy.join();
}

TEST(LocalPlatform, GivesTheEnvironmentOfLambda) {
  LocalPlatformOptions options = with_functions();
  options.functions["f"].environment["WEIGHTS"] = "espcn.onnx";
  TestPlatform platform(options);
  const auto value = [&](const char* name) {
    return Json::parse(platform.call({{"variable", name}}, "f", 1024).payload).get<std::string>();
  };
  EXPECT_EQ(value("AWS_LAMBDA_FUNCTION_NAME"), "f");
  EXPECT_EQ(value("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), "1024");
  EXPECT_EQ(value("AWS_REGION"), "us-east-1");
  EXPECT_EQ(value("LAMBDA_TASK_ROOT"), "/");
  EXPECT_EQ(value("WEIGHTS"), "espcn.onnx");
  EXPECT_NE(value("AWS_ACCESS_KEY_ID"), "");
  EXPECT_EQ(platform.call({{"arn", 1}}, "f", 1024).payload,
            R"("arn:aws:lambda:us-east-1:000000000000:function:f:mem-1024")");
}

TEST(LocalPlatform, FailsAsTheFunctionSays) {
  TestPlatform platform(with_functions());
  const Completion completion = platform.call({{"throw", "FrameMissing"}});
  EXPECT_EQ(completion.status, "FrameMissing");
  EXPECT_EQ(completion.error_message, "as told");
  EXPECT_EQ(Json::parse(completion.payload)["errorType"], "FrameMissing");
  EXPECT_FALSE(platform.call(1).cold);
}

TEST(LocalPlatform, NoticesThatARuntimeHasEnded) {
  TestPlatform platform(with_functions());
  const Completion exited = platform.call({{"exit", 3}});
  EXPECT_EQ(exited.status, "Runtime.ExitError");
  EXPECT_TRUE(exited.error_message.starts_with("RequestId: ")) << exited.error_message;
  EXPECT_TRUE(exited.error_message.ends_with(" Error: Runtime exited with error: exit status 3"))
      << exited.error_message;
  EXPECT_EQ(Json::parse(exited.payload)["errorMessage"], exited.error_message);
  const Completion left = platform.call({{"exit", 0}});
  EXPECT_TRUE(left.error_message.ends_with(" Error: Runtime exited without providing a reason"));
  const Completion killed = platform.call({{"signal", SIGKILL}});
  EXPECT_TRUE(killed.error_message.ends_with(" Error: Runtime exited with error: signal: killed"))
      << killed.error_message;
  EXPECT_TRUE(platform.call(1).cold);
}

TEST(LocalPlatform, HearsAResultToItsEndThoughTheRuntimeHasEnded) {
  TestPlatform platform(with_functions());
  for (const std::size_t bytes : {std::size_t{10}, std::size_t{700'000}}) {
    const Completion completion = platform.call({{"last_words", bytes}});
    EXPECT_TRUE(completion.ok()) << completion.payload;
    EXPECT_EQ(completion.payload.size(), bytes + 2);
  }
  EXPECT_TRUE(platform.call(1).cold);
}

TEST(LocalPlatform, RefusesStreamedResponses) {
  TestPlatform platform(with_functions());
  const Completion completion = platform.call(
      {{"last_words", 10}, {"headers", "Lambda-Runtime-Function-Response-Mode: streaming\r\n"}});
  EXPECT_EQ(completion.status, "StepConf.StreamingUnsupported");
}

TEST(LocalPlatform, KillsAFunctionThatTakesTooLong) {
  LocalPlatformOptions options = with_functions();
  options.functions["f"].timeout = Seconds(1);
  TestPlatform platform(options);
  const Completion completion = platform.call({{"sleep", 60}});
  EXPECT_EQ(completion.status, "Sandbox.Timedout");
  EXPECT_TRUE(completion.error_message.ends_with(" Error: Task timed out after 1.00 seconds"))
      << completion.error_message;
  const Completion next = platform.call(1);
  EXPECT_TRUE(next.ok());
  EXPECT_TRUE(next.cold);
}

TEST(LocalPlatform, TellsWhyASandboxDoesNotInitialise) {
  LocalPlatformOptions options = with_functions();
  options.functions["exits"] = behaviour("exit");
  options.functions["reports"] = behaviour("report");
  options.functions["absent"] = behaviour();
  options.functions["absent"].command = {"/no/such/program"};
  TestPlatform platform(options);
  const Completion exits = platform.call(1, "exits");
  EXPECT_EQ(exits.status, "Runtime.ExitError");
  EXPECT_TRUE(exits.error_message.ends_with("exit status 7")) << exits.error_message;
  EXPECT_TRUE(exits.cold);
  const Completion reports = platform.call(1, "reports");
  EXPECT_EQ(reports.status, "Init.Broken");
  EXPECT_EQ(reports.error_message, "no weights");
  const Completion absent = platform.call(1, "absent");
  EXPECT_EQ(absent.status, "Runtime.InvalidEntrypoint");
  EXPECT_NE(absent.error_message.find("cannot start /no/such/program in /: exec: No such file"),
            std::string::npos)
      << absent.error_message;
}

TEST(LocalPlatform, EndsASandboxThatDoesNotInitialiseInTime) {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}};
  options.init_limit = Seconds(0.1);
  options.functions["f"] = behaviour("hang");
  TestPlatform platform(options);
  const Completion completion = platform.call(1);
  EXPECT_EQ(completion.status, "Sandbox.Timedout");
  EXPECT_TRUE(completion.error_message.ends_with("INIT timed out after 0.10 seconds"))
      << completion.error_message;
}

TEST(LocalPlatform, RefusesWhatLambdaRefuses) {
  TestPlatform platform(with_functions());
  EXPECT_EQ(platform.call(1, "unknown").status, "ResourceNotFoundException");
  EXPECT_EQ(platform.call(1, "f", 640).status, "ResourceNotFoundException");
  EXPECT_EQ(platform.call(std::string(kMaxRequestBytes, 'x')).status, "RequestTooLargeException");
  const Completion large = platform.call({{"bytes", kMaxResponseBytes}});
  EXPECT_EQ(large.status, "Function.ResponseSizeTooLarge");
  // The two quotes count.
  EXPECT_TRUE(platform.call({{"bytes", kMaxResponseBytes - 2}}).ok());
}

TEST(LocalPlatform, ThrottlesAboveItsConcurrency) {
  LocalPlatformOptions options = with_functions();
  options.concurrency = 1;
  TestPlatform platform(options);
  const Gate gate("concurrency");
  platform.start({{"wait", gate.path()}});
  const Completion second = platform.call(1);
  EXPECT_EQ(second.status, "TooManyRequestsException");
  gate.open();
  EXPECT_TRUE(platform.next().ok());
  EXPECT_TRUE(platform.call(1).ok());
}

TEST(LocalPlatform, EndsIdleSandboxes) {
  LocalPlatformOptions options = with_functions();
  options.idle_limit = Seconds(0.05);
  TestPlatform platform(options);
  const pid_t process = Json::parse(platform.call({{"pid", 1}}).payload).get<pid_t>();
  EXPECT_TRUE(eventually([process] { return ::kill(process, 0) != 0; }));
  EXPECT_TRUE(platform.call(1).cold);
}

TEST(LocalPlatform, HandsOnWhatFunctionsPrint) {
  LocalPlatformOptions options = with_functions();
  std::mutex mutex;
  std::vector<std::string> lines;
  options.log = [&](std::string_view function, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.push_back(std::string(function) + ": " + std::string(line));
  };
  TestPlatform platform(options);
  platform.call({{"print", "one\ntwo"}});
  const std::lock_guard lock(mutex);
  EXPECT_EQ(lines, (std::vector<std::string>{"f: one", "f: two"}));
}

TEST(LocalPlatform, PutsLambdasOwnLinesAroundAFunctionsWhereTold) {
  LocalPlatformOptions options = with_functions();
  options.report_calls = true;
  std::mutex mutex;
  std::vector<std::string> lines;
  options.log = [&](std::string_view, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line.substr(0, line.find(" RequestId: ")));
  };
  TestPlatform platform(options);
  platform.call({{"print", "one\ntwo"}});
  const std::lock_guard lock(mutex);
  EXPECT_EQ(lines, (std::vector<std::string>{"START", "one", "two", "END", "REPORT"}));
}

TEST(LocalPlatform, CountsWhereSandboxesAskForMoreCpusThanThereAre) {
  LocalPlatformOptions options = with_functions();
  {
    TestPlatform modest(options);
    EXPECT_FALSE(modest.call(1).oversubscribed);
    EXPECT_FALSE((*modest).oversubscribed());
  }
  options.cpu_scale = 10'000;
  TestPlatform greedy(options);
  EXPECT_TRUE(greedy.call(1).oversubscribed);
  EXPECT_TRUE((*greedy).oversubscribed());
  EXPECT_EQ((*greedy).statistics().oversubscribed, 1u);
}

TEST(LocalPlatform, WaitsNoLongerThanTold) {
  TestPlatform platform(with_functions());
  EXPECT_FALSE((*platform).wait_next((*platform).now() + Seconds(0.01)));
  std::thread other([&] { (*platform).interrupt(); });
  EXPECT_FALSE((*platform).wait_next(Seconds(std::numeric_limits<double>::infinity())));
  other.join();
  EXPECT_TRUE(platform.call(1).ok());
}

TEST(LocalPlatform, SaysWhereItsGuardHasDied) {
  TestPlatform platform(with_functions());
  platform.call(1);
  ::kill(platform.spawner().guard(), SIGKILL);
  EXPECT_THROW((*platform).wait_next((*platform).now() + Seconds(20)), Error);
}

TEST(LocalPlatform, TakesMegabytesOfLog) {
  LocalPlatformOptions options = with_functions();
  std::atomic<int> lines = 0;
  std::atomic<bool> whole = true;
  options.log = [&](std::string_view, std::string_view line) {
    if (line.size() != 99) whole = false;
    ++lines;
  };
  TestPlatform platform(options);
  EXPECT_TRUE(platform.call({{"lines", 50'000}}).ok());
  EXPECT_EQ(lines, 50'000);
  EXPECT_TRUE(whole);
}

TEST(LogPipe, TakesNoMoreThanWasThere) {
  net::Loop loop;
  int taken = 0;
  std::unique_ptr<LogPipe> log;
  const auto write = [&log] { EXPECT_EQ(::write(log->writing_end(), "again\n", 6), 6); };
  log = std::make_unique<LogPipe>(loop, [&](std::string_view) {
    if (++taken < 1000) write();
  });
  write();
  log->drain();
  EXPECT_EQ(taken, 1);
  log->drain();
  EXPECT_EQ(taken, 2);
}

#ifdef STEPCONF_WRAPPER
TEST(LocalPlatform, RunsABatchThroughTheWrapper) {
  LocalPlatformOptions options = with_functions();
  options.wrapper = STEPCONF_WRAPPER;
  TestPlatform platform(options);
  const Completion batch =
      platform.call({{"stepconf", {{"processes", 2}}}, {"jobs", Json::array({1, "two", nullptr})}});
  EXPECT_TRUE(batch.ok()) << batch.payload;
  EXPECT_EQ(Json::parse(batch.payload), Json::array({1, "two", nullptr}));
  EXPECT_EQ(platform.call({{"plain", "event"}}).payload, R"({"plain":"event"})");
  const Completion failed =
      platform.call({{"stepconf", {{"processes", 1}}}, {"jobs", {{{"throw", "FrameMissing"}}}}});
  EXPECT_EQ(failed.status, "FrameMissing");
}
#endif

}  // namespace
}  // namespace stepconf::platform
