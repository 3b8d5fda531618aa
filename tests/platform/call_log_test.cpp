#include "stepconf/platform/local/call_log.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

namespace stepconf::platform {
namespace {

CallReport call() {
  CallReport call;
  call.request_id = "a-b";
  call.version = "$LATEST";
  call.memory = {128};
  call.completion.started = Seconds(1);
  call.completion.ended = Seconds(1.01234);
  call.completion.billed = Seconds(0.013);
  call.completion.max_memory_mb = 35;
  return call;
}

const std::string kReport =
    "REPORT RequestId: a-b\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 35 MB\t";

using Lines = std::vector<std::string>;

TEST(CallLog, ReportsACallAsLambdaDoes) {
  EXPECT_EQ(start_line("a-b", "3"), "START RequestId: a-b Version: 3");
  EXPECT_EQ(closing_lines(call(), ""), (Lines{"END RequestId: a-b", kReport}));
}

TEST(CallLog, TellsTheInitOfAColdStart) {
  CallReport cold = call();
  cold.completion.cold = true;
  cold.completion.init = Seconds(0.12011);
  EXPECT_EQ(closing_lines(cold, "").back(), kReport + "Init Duration: 120.11 ms\t");
}

TEST(CallLog, TellsHowASandboxFailed) {
  CallReport late = call();
  late.error = timed_out("a-b", Seconds(3));
  EXPECT_EQ(closing_lines(late, "NOW"), (Lines{"NOW a-b Task timed out after 3.00 seconds",
                                               "END RequestId: a-b", kReport + "Status: timeout"}));
  CallReport exited = call();
  exited.error = runtime_exited("a-b", W_EXITCODE(3, 0));
  EXPECT_EQ(
      closing_lines(exited, ""),
      (Lines{"RequestId: a-b Error: Runtime exited with error: exit status 3", "Runtime.ExitError",
             "END RequestId: a-b", kReport + "Status: error\tError Type: Runtime.ExitError"}));
}

TEST(CallLog, KeepsAHandlersOwnErrorToTheHandler) {
  CallReport failed = call();
  failed.error = reported_error(R"({"errorType":"Runtime.ExitError"})", "");
  EXPECT_EQ(closing_lines(failed, ""), (Lines{"END RequestId: a-b", kReport}));
}

TEST(CallLog, TellsThatInitFailed) {
  CallReport absent = call();
  absent.completion.init = Seconds(0.00079);
  absent.delivered = false;
  absent.error = not_started("a-b", "no such file");
  const Lines lines = closing_lines(absent, "");
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0],
            "INIT_REPORT Init Duration: 0.79 ms\tPhase: init\tStatus: error\tError Type: "
            "Runtime.InvalidEntrypoint");
  EXPECT_EQ(lines[1], "START RequestId: a-b Version: $LATEST");
  EXPECT_EQ(lines[2], "RequestId: a-b Error: no such file");
}

}  // namespace
}  // namespace stepconf::platform
