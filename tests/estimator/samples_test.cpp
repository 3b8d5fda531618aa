#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/csv.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {
namespace {

std::string fault(const std::string& text) {
  try {
    parse_samples(text, "s.csv");
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Samples, TakeColumnsInAnyOrderAndIgnoreUnknownOnes) {
  const auto samples =
      parse_samples("colour,duration_ms,function,memory_mb\nred,1.5,f,512\n", "s.csv");
  ASSERT_EQ(samples.size(), 1u);
  Sample expected;
  expected.function = "f";
  expected.memory = MemoryMb{512};
  expected.duration_ms = 1.5;
  EXPECT_EQ(samples[0], expected);
}

TEST(Samples, MayComeFromWindowsWithAByteOrderMarkQuotesAndEmptyLines) {
  const auto samples = parse_samples(
      "\xEF\xBB\xBF"
      "function,memory_mb,duration_ms,cold\r\n\"a,\"\"b\"\"\", 512 ,10,1\r\n\r\nc,1024,20,\r\n",
      "s.csv");
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].function, "a,\"b\"");
  EXPECT_TRUE(samples[0].cold);
  EXPECT_EQ(samples[1].memory.value, 1024);
  EXPECT_FALSE(samples[1].cold);
}

TEST(Samples, MayLackTheDurationOnlyWhereTheyFailed) {
  const auto samples = parse_samples(
      "function,memory_mb,duration_ms,status\nf,128,,Runtime.OutOfMemory\nf,256,5,\n", "s.csv");
  EXPECT_FALSE(samples[0].duration_ms.has_value());
  EXPECT_FALSE(samples[0].ok());
  EXPECT_TRUE(samples[1].ok());
  EXPECT_EQ(fault("function,memory_mb,duration_ms,status\nf,128,,ok\n"),
            "s.csv:2: duration_ms is empty, must be given where the status is ok");
}

TEST(Samples, NameFileLineAndFieldOfWhatIsWrong) {
  const std::string header = "function,memory_mb,duration_ms\n";
  EXPECT_EQ(fault(header + "f,512,1\nf,512,-3\n"),
            "s.csv:3: duration_ms is -3, must be at least 0");
  EXPECT_EQ(fault(header + "f,512,nan\n"), "s.csv:2: duration_ms is nan, must be a finite number");
  EXPECT_EQ(fault(header + "f,512,1e999\n"),
            "s.csv:2: duration_ms is 1e999, must be a finite number");
  EXPECT_EQ(fault(header + "f,512,inf\n"), "s.csv:2: duration_ms is inf, must be a finite number");
  EXPECT_EQ(fault(header + "f,0,1\n"), "s.csv:2: memory_mb is 0, must be at least 1");
  EXPECT_EQ(fault(header + "f,512.5,1\n"), "s.csv:2: memory_mb is 512.5, must be a whole number");
  EXPECT_EQ(fault(header + "f,99999999999999999999,1\n"),
            "s.csv:2: memory_mb is 99999999999999999999, must be at most 16777216");
  EXPECT_EQ(fault(header + "f,512,12ms\n"), "s.csv:2: duration_ms is \"12ms\", must be a number");
  EXPECT_EQ(fault(header + ",512,1\n"), "s.csv:2: function is empty, must be a function's name");
  EXPECT_EQ(fault(header + "f\xff,512,1\n"), "s.csv:2: function is not valid UTF-8");
  EXPECT_EQ(fault(header + "f,512\n"), "s.csv:2: has 2 fields, the header has 3");
  EXPECT_EQ(fault(header + "\"f,512,1\n"), "s.csv:2: a quote is opened and never closed");
  EXPECT_EQ(fault(header), "s.csv: has a header and no samples, must have at least one row");
  EXPECT_EQ(fault(""), "s.csv: is empty, must begin with a header line");
  EXPECT_NE(fault("function,memory,duration_ms\nf,1,1\n").find("the column memory_mb is missing"),
            std::string::npos);
  EXPECT_EQ(fault("function,function\n"), "s.csv:1: the header names the column function twice");
}

Sample arbitrary_sample() {
  const auto number = [] {
    return *rc::gen::map(rc::gen::inRange(0, 1'000'000'000),
                         [](int n) { return n == 0 ? std::optional<double>() : n / 977.0; });
  };
  Sample sample;
  sample.function = *rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\"\n\r ;_"))));
  sample.memory = MemoryMb{*rc::gen::inRange(1, 10241)};
  sample.instances = *rc::gen::inRange(1, 1000);
  sample.processes = *rc::gen::inRange(1, 9);
  sample.jobs = *rc::gen::inRange(1, 100000);
  sample.duration_ms = number().value_or(0);
  sample.init_ms = number();
  sample.dispatch_ms = number();
  sample.max_memory_mb = std::optional<double>(*rc::gen::inRange(1, 10240));
  sample.cold = *rc::gen::arbitrary<bool>();
  sample.status = *rc::gen::elementOf(std::vector<std::string>{"ok", "Runtime.ExitError", "a,b"});
  return sample;
}

RC_GTEST_PROP(Samples, ReadBackAsTheyWereWritten, ()) {
  std::vector<Sample> samples;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) samples.push_back(arbitrary_sample());
  RC_ASSERT(parse_samples(write_samples(samples), "s.csv") == samples);
}

RC_GTEST_PROP(Csv, NeverDoesWorseThanToRefuse, (const std::string& text)) {
  try {
    const CsvTable table = parse_csv(text, "t.csv");
    for (const auto& row : table.rows) RC_ASSERT(row.fields.size() == table.header.size());
  } catch (const InvalidInput& error) {
    RC_ASSERT(std::string(error.what()).starts_with("t.csv:"));
  }
}

TEST(Configuration, IsWrittenAndReadAsFixTakesIt) {
  const Configuration configuration{MemoryMb{1024}, 4, 2};
  EXPECT_EQ(to_string(configuration), "1024x4x2");
  EXPECT_EQ(parse_configuration("1024x4x2", "--fix"), configuration);
  for (const char* wrong : {"", "1024", "1024x4", "1024x4x", "1024x4x1x1", "0x4x1", "-1x4x1",
                            "1024x4x99999999999", "1024 x4x1", "1024X4X1"}) {
    EXPECT_THROW(parse_configuration(wrong, "--fix"), InvalidInput) << wrong;
  }
}

RC_GTEST_PROP(Split, GivesEveryJobAPlaceAndEveryInstanceAJob, ()) {
  const int jobs = *rc::gen::inRange(1, 5000);
  const int asked = *rc::gen::inRange(1, 200);
  const Split result = split(jobs, asked);
  RC_ASSERT(result.instances <= asked);
  RC_ASSERT(result.instances * result.jobs_per_instance >= jobs);
  RC_ASSERT((result.instances - 1) * result.jobs_per_instance < jobs);
}

}  // namespace
}  // namespace stepconf::estimator
