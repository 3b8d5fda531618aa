#include "stepconf/platform/local/local_platform.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "stepconf/base/json.h"
#include "stepconf/platform/local/process_tree.h"
#include "tests/platform/eventually.h"
#include "tests/platform/gate.h"

namespace stepconf::platform {
namespace {

LocalFunction behaviour(const std::string& on_init = "", Seconds timeout = Seconds(30)) {
  LocalFunction function;
  function.command = {PLATFORM_FUNCTION};
  function.directory = "/";
  function.timeout = timeout;
  if (!on_init.empty()) function.environment["ON_INIT"] = on_init;
  return function;
}

LocalPlatformOptions with_functions() {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}, {1024}};
  options.functions["f"] = behaviour();
  return options;
}

/// A platform whose calls wait for their end.
class TestPlatform {
 public:
  explicit TestPlatform(const LocalPlatformOptions& options) : platform_(options, spawner_) {}

  void start(const Json& event, const std::string& function = "f", int memory = 512) {
    Invocation invocation;
    invocation.id = ++last_id_;
    invocation.function = function;
    invocation.memory = {memory};
    invocation.payload = event.dump();
    platform_.start(invocation);
  }
  Completion next() {
    auto completion = platform_.wait_next(platform_.now() + Seconds(20));
    if (!completion) throw Error("no completion within 20 s");
    return *completion;
  }
  Completion call(const Json& event, const std::string& function = "f", int memory = 512) {
    start(event, function, memory);
    return next();
  }
  LocalPlatform& operator*() { return platform_; }
  Spawner& spawner() { return spawner_; }

 private:
  Spawner spawner_;
  LocalPlatform platform_;
  InvocationId last_id_ = 0;
};

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

TEST(LocalPlatform, PutsSandboxesUnderTheirCpuLimit) {
  TestPlatform platform(with_functions());
  if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
  const std::string process = platform.call({{"pid", 1}}).payload;
  std::ifstream file("/proc/" + process + "/cgroup");
  const std::string groups(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(groups.find("/stepconf-" + std::to_string(::getpid()) + "-"), std::string::npos)
      << groups;
  EXPECT_NE(groups.find("/sandbox-"), std::string::npos) << groups;
}

// The limits in the CPU hierarchy of a process's sandbox: "QUOTA PERIOD" in microseconds.
std::string cpu_limit_of(pid_t process) {
  const auto text = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string own = text("/proc/" + std::to_string(process) + "/cgroup");
  for (const CgroupHierarchy& hierarchy : parse_hierarchies(text("/proc/self/mounts"), own)) {
    std::filesystem::path own_group = hierarchy.own_group;
    if (own_group.filename().string().starts_with("thread-")) own_group = own_group.parent_path();
    const auto group = hierarchy.mount_point.string() + own_group.string() + "/";
    std::string limit = text(group + "cpu.max");
    if (limit.empty()) limit = text(group + "cpu.cfs_quota_us") + text(group + "cpu.cfs_period_us");
    std::ranges::replace(limit, '\n', ' ');
    if (!limit.empty()) return limit.substr(0, limit.size() - 1);
  }
  return "";
}

TEST(LocalPlatform, GivesInitAWholeVcpuAndTheFunctionItsMemorysShare) {
  const Gate gate("init");
  LocalPlatformOptions options;
  options.memory_sizes = {{884}, {3538}};
  options.cpu_scale = 0.5;
  options.functions["f"] = behaviour("wait");
  options.functions["f"].environment["GATE"] = gate.path();
  const auto initialising = [&gate]() -> pid_t {
    for (const pid_t process : all_processes()) {
      if (environment_has(process, "GATE=" + gate.path())) return process;
    }
    return 0;
  };
  for (const auto& [memory, in_init, at_work] :
       {std::tuple(884, 0.5, 0.5 * 884 / 1769), std::tuple(3538, 1.0, 1.0)}) {
    TestPlatform platform(options);
    if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
    platform.start({{"pid", 1}}, "f", memory);
    ASSERT_TRUE(eventually([&] { return initialising() != 0; }));
    EXPECT_EQ(cpu_limit_of(initialising()), cpu_quota(in_init).text()) << memory;
    gate.open();
    const Completion completion = platform.next();
    ASSERT_TRUE(completion.ok()) << completion.payload;
    EXPECT_EQ(cpu_limit_of(Json::parse(completion.payload).get<pid_t>()), cpu_quota(at_work).text())
        << memory;
  }
}

// Pages of a file are charged to whoever reads them first, which is this test.
TEST(LocalPlatform, CountsAllMemoryThatAFunctionHasHad) {
  constexpr int kMemoryMb = 48, kFileMb = 32, kProgramMb = 40;
  const std::string path = testing::TempDir() + "mapped-" + std::to_string(::getpid());
  std::ofstream(path) << std::string(kFileMb << 20, 'x');
  TestPlatform platform(with_functions());
  const Completion first = platform.call({{"touch_mb", kMemoryMb}, {"map", path}});
  ::unlink(path.c_str());
  EXPECT_GE(first.max_memory_mb, kMemoryMb + kFileMb);
  EXPECT_LE(first.max_memory_mb, kMemoryMb + kFileMb + kProgramMb);
  EXPECT_GE(platform.call(1).max_memory_mb, first.max_memory_mb) << "a peak never falls";
}

TEST(LocalPlatform, EndsASandboxThatWantsMoreMemoryThanItHas) {
  LocalPlatformOptions options = with_functions();
  options.memory_sizes = {{128}, {512}};
  TestPlatform platform(options);
  if (const std::string why = (*platform).limits(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_TRUE(platform.call({{"touch_mb", 200}}).ok());
  const Completion completion = platform.call({{"touch_mb", 200}}, "f", 128);
  EXPECT_EQ(completion.status, "Runtime.OutOfMemory");
  EXPECT_TRUE(completion.error_message.starts_with("RequestId: ")) << completion.error_message;
  EXPECT_TRUE(
      completion.error_message.ends_with(" Error: Runtime exited with error: signal: killed"))
      << completion.error_message;
  const Completion next = platform.call(1, "f", 128);
  EXPECT_TRUE(next.ok());
  EXPECT_TRUE(next.cold);
}

// How much CPU a thread that a handler has left behind gets until the next event, while another
// function works for a third of a second.
double cpu_between_events(const LocalPlatformOptions& options) {
  TestPlatform platform(options);
  const auto cpu = [&platform](const Json& event) {
    return Json::parse(platform.call(event).payload).get<double>();
  };
  const double before = cpu({{"background", 1}, {"cpu", 1}});
  platform.call({{"spin", 0.33}}, "other");
  return cpu({{"cpu", 1}}) - before;
}

TEST(LocalPlatform, FreezesSandboxesBetweenEvents) {
  LocalPlatformOptions options = with_functions();
  options.functions["other"] = behaviour();
  EXPECT_LT(cpu_between_events(options), 0.02);
  options.freeze_idle = false;
  EXPECT_GT(cpu_between_events(options), 0.05);
  // Without cgroups, and so by signals.
  options.freeze_idle = true;
  options.limit_cpu = false;
  EXPECT_LT(cpu_between_events(options), 0.02);
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
