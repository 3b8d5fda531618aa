#include "stepconf/platform/lambda/invocation_report.h"

#include <gtest/gtest.h>

namespace stepconf::platform {
namespace {

TEST(InvocationReport, ReadsAWarmInvocation) {
  const auto report = parse_report(
      "REPORT RequestId: 8f507cfc\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 "
      "MB\tMax Memory Used: 77 MB\t\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(*report, (InvocationReport{.request_id = "8f507cfc",
                                       .duration = Seconds(0.01234),
                                       .billed = Seconds(0.013),
                                       .memory_mb = 512,
                                       .max_memory_mb = 77}));
}

TEST(InvocationReport, ReadsInitOfAColdOne) {
  const auto report = parse_report(
      "REPORT RequestId: a\tDuration: 2.00 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\tMax "
      "Memory Used: 35 MB\tInit Duration: 100.50 ms\t");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->init, Seconds(0.1005));
  EXPECT_EQ(report->billed, Seconds(0.103));
}

TEST(InvocationReport, CountsARestoredSnapshotAsInit) {
  const auto report = parse_report(
      "REPORT RequestId: a\tDuration: 2.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax "
      "Memory Used: 35 MB\tRestore Duration: 400 ms\tBilled Restore Duration: 300 ms");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->init, Seconds(0.4));
  // 2 ms and 300 ms.
  EXPECT_DOUBLE_EQ(report->billed.count(), 0.302);
}

TEST(InvocationReport, ReadsHowAnInvocationFailed) {
  const auto report = parse_report(
      "REPORT RequestId: a\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 "
      "MB\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.OutOfMemory");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->status, "error");
  EXPECT_EQ(report->error_type, "Runtime.OutOfMemory");
}

TEST(InvocationReport, ReadsLogsInJson) {
  const auto report = parse_report(
      R"({"time":"2026-11-26T09:00:00Z","type":"platform.report","record":{"requestId":"a",)"
      R"("metrics":{"durationMs":101.5,"billedDurationMs":302,"memorySizeMB":512,)"
      R"("maxMemoryUsedMB":33,"initDurationMs":200.25},"status":"success"}})");
  ASSERT_TRUE(report);
  EXPECT_EQ(*report, (InvocationReport{.request_id = "a",
                                       .duration = Seconds(0.1015),
                                       .billed = Seconds(0.302),
                                       .init = Seconds(0.20025),
                                       .memory_mb = 512,
                                       .max_memory_mb = 33}));
}

TEST(InvocationReport, RefusesWhatIsNoReport) {
  for (const char* line :
       {"", "REPORT", "REPORT RequestId: ", "REPORT RequestId: a\tDuration: 1 ms",
        "REPORT RequestId: a\tDuration: -1 ms\tBilled Duration: 1 ms",
        "REPORT RequestId: a\tDuration: nan ms\tBilled Duration: 1 ms",
        "REPORT RequestId: a\tDuration: inf ms\tBilled Duration: 1 ms",
        "REPORT RequestId: a\tDuration: 1e300 ms\tBilled Duration: 1 ms",
        "REPORT RequestId: a\tDuration: 1 s\tBilled Duration: 1 ms",
        "REPORT RequestId: a\tDuration: 1 ms\tBilled Duration: 1 ms\tInit Duration: soon",
        "{\"type\":\"platform.report\"}", "{\"type\":\"platform.report\",\"record\":[]}",
        "{\"platform.report", " REPORTED RequestId: a"}) {
    EXPECT_FALSE(parse_report(line)) << line;
  }
}

TEST(InvocationReport, IsTheLastOneOfALogThatAFunctionWritesItsOwnInto) {
  const auto report = last_report(
      "REPORT RequestId: forged\tDuration: 1 ms\tBilled Duration: 1 ms\n"
      "END RequestId: a\n"
      "REPORT RequestId: a\tDuration: 5 ms\tBilled Duration: 5 ms\n"
      "XRAY TraceId: 1-2\tSegmentId: 3\tSampled: true\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->request_id, "a");
}

TEST(InvocationReport, IsAbsentInALogWithoutOne) {
  EXPECT_FALSE(last_report(""));
  EXPECT_FALSE(last_report("\n\nSTART RequestId: a\nhello"));
}

}  // namespace
}  // namespace stepconf::platform
