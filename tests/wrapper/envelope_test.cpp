#include "stepconf/wrapper/envelope.h"

#include <gtest/gtest.h>

#include "stepconf/wrapper/capacity.h"
#include "stepconf/wrapper/command_line.h"

namespace stepconf::wrapper {
namespace {

using Texts = std::vector<std::string_view>;

TEST(Batch, KeepsTheTextOfItsJobs) {
  const auto batch = parse_batch(
      R"( {"jobs" : [1.50, "a]\"}\\" , {"x": [1, {}]},[ ],12345678901234567890123,true], "stepconf":{"processes":4}} )");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->processes, 4);
  EXPECT_FALSE(batch->collect);
  EXPECT_EQ(batch->jobs, (Texts{"1.50", R"("a]\"}\\")", R"({"x": [1, {}]})", "[ ]",
                                "12345678901234567890123", "true"}));
}

TEST(Batch, OpensBoxesAndReadsOptions) {
  const auto batch = parse_batch(
      R"({"stepconf":{"processes":1,"boxed":true,"errors":"collect","step":"a","batch":0,"size":2},
          "jobs":[{"job": [1, 2]}, {"job":null}]})");
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->collect);
  EXPECT_EQ(batch->jobs, (Texts{"[1, 2]", "null"}));
}

TEST(Batch, IsNoOtherEvent) {
  for (const char* event :
       {"", "no JSON", "[1]", "{}", R"("stepconf")", R"(["stepconf"])", R"({"a": "stepconf"})",
        R"({"a": {"stepconf": {}}})", R"({"stepconf": {"processes": 1}, "jobs": [)"}) {
    EXPECT_FALSE(parse_batch(event)) << event;
  }
}

TEST(Batch, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"stepconf": 1, "jobs": []})", "stepconf must be an object"},
      {R"({"stepconf": {}, "jobs": []})", "stepconf.processes is missing"},
      {R"({"stepconf": {"processes": 1.5}, "jobs": []})", "processes is 1.5"},
      {R"({"stepconf": {"processes": -1}, "jobs": []})", "processes is -1"},
      {R"({"stepconf": {"processes": "2"}, "jobs": []})", "processes is \"2\""},
      {R"({"stepconf": {"processes": 1, "errors": "all"}, "jobs": []})", "errors is \"all\""},
      {R"({"stepconf": {"processes": 1, "boxed": 1}, "jobs": []})", "boxed is 1"},
      {R"({"stepconf": {"processes": 1, "share": {}}, "jobs": []})", "stepconf.share is not"},
      {R"({"stepconf": {"processes": 1, "shared": {"input": 1, "more": 2}}, "jobs": []})",
       "must be an object with the objects input and context"},
      {R"({"stepconf": {"processes": 1, "size": -1}, "jobs": []})", "size is -1"},
      {R"({"stepconf": {"processes": 1, "weights": [1]}, "jobs": []})", "1 numbers for 0 jobs"},
      {R"({"stepconf": {"processes": 1, "weights": ["1"]}, "jobs": [1]})", "array of numbers"},
      {R"({"stepconf": {"processes": 1, "output": "url"}, "jobs": []})", "output is \"url\""},
      {R"({"stepconf": {"processes": 1, "input": true}, "jobs": []})", "must be \"objects\""},
      {R"({"stepconf": {"processes": 1, "objects": ""}, "jobs": []})", "objects is \"\""},
      {R"({"stepconf": {"processes": 1, "limit": -1}, "jobs": []})", "limit is -1"},
      {R"({"stepconf": {"processes": 1}, "jobs": {"object": 1}})", "or {\"object\": URL}"},
      {R"({"stepconf": {"processes": 1}})", "jobs is missing"},
      {R"({"stepconf": {"processes": 1}, "jobs": 7})", "jobs is 7, must be an array"},
      {R"({"stepconf": {"processes": 1}, "jobs": {"url": "x"}})", "or {\"object\": URL}"},
      {R"({"stepconf": {"processes": 1}, "jobs": [], "jobs": []})", "jobs stands there twice"},
      {R"({"stepconf": {"processes": 1}, "jobs": [], "more": 1})", "stepconf and jobs only"},
      {R"({"stepconf": {"processes": 1, "boxed": true}, "jobs": [{"job": 1}, 2]})", "jobs[1] is 2"},
  };
  for (const auto& [event, message] : cases) {
    try {
      parse_batch(event);
      ADD_FAILURE() << event;
    } catch (const InvalidBatch& error) {
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
}

TEST(Results, StandInOrderAsTheyWereWritten) {
  const std::vector<Outcome> outcomes{{.body = "1.50"}, failure("T", "m"), {.body = "[ ]"}};
  EXPECT_EQ(join_results(outcomes, true),
            R"([{"result":1.50},{"error":{"errorMessage":"m","errorType":"T"}},{"result":[ ]}])");
  EXPECT_EQ(join_results(std::vector<Outcome>{{.body = "1"}, {.body = "2"}}, false), "[1,2]");
}

TEST(JobOutcome, IsAlwaysJson) {
  EXPECT_EQ(as_job_outcome({.body = ""}).body, "null");
  EXPECT_EQ(as_job_outcome({.body = "{\"a\": 1.0}"}).body, "{\"a\": 1.0}");
  EXPECT_EQ(as_job_outcome({.body = "oops"}).error_type, "StepConf.InvalidResult");
  EXPECT_EQ(as_job_outcome({.error_type = "T", .body = "plain"}).body,
            R"({"errorMessage":"plain","errorType":"T"})");
}

TEST(CommandLine, SplitsWordsAsAShellDoes) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_words("  a  b\tc\n"), (Words{"a", "b", "c"}));
  EXPECT_EQ(split_words(R"('a b'"c \"d\" \x" e\ f '' "$HOME")"),
            (Words{R"(a bc "d" \x)", "e f", "", "$HOME"}));
  EXPECT_EQ(split_words(" "), Words{});
  EXPECT_THROW(split_words("'open"), InvalidInput);
  EXPECT_THROW(split_words("\"open"), InvalidInput);
  EXPECT_THROW(split_words("end\\"), InvalidInput);
}

TEST(Capacity, IsBoundedByMemory) {
  // 1000 - 10 - 50 shared = 940, of which each copy takes 300.
  const ProcessUse wrapper{.own_mb = 10};
  const ProcessUse copy{.own_mb = 300, .shared_mb = 50};
  EXPECT_EQ(capacity({.memory_mb = 1000}, wrapper, copy).copies, 3);
  EXPECT_EQ(capacity({.memory_mb = 1000}, wrapper, copy).reason,
            "one has used up to 350 MB, the function has 1000 MB");
  EXPECT_EQ(capacity({.memory_mb = 128}, wrapper, copy).copies, 1);
}

TEST(Capacity, IsBoundedByLambdasDescriptorsAndThreads) {
  // (1024 - 32) / 8 descriptors a copy; (1024 - 64) / 20 threads a copy. A transfer takes two
  // descriptors and a thread: (1024 - 32 - 2 * 40) / 8; (1024 - 64 - 40) / 20.
  const SandboxLimits limits{.memory_mb = {}, .descriptors = 1024, .threads = 1024};
  EXPECT_EQ(capacity(limits, {}, {.threads = 1}).copies, 124);
  EXPECT_EQ(capacity(limits, {}, {.threads = 20}).copies, 48);
  const SandboxLimits less{.memory_mb = {}, .descriptors = 1024, .threads = 1024, .transfers = 40};
  EXPECT_EQ(capacity(less, {}, {.threads = 1}).copies, 114);
  EXPECT_EQ(capacity(less, {}, {.threads = 20}).copies, 46);
  EXPECT_EQ(capacity({}, {}, {}).copies, 1'000'000);
}

}  // namespace
}  // namespace stepconf::wrapper
