// Texts from outside, changed at random: whatever they are, the wrapper refuses them in its own
// words or uses them. Run under the sanitizers for what it is worth.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "stepconf/base/json.h"
#include "stepconf/wrapper/command_line.h"
#include "stepconf/wrapper/envelope.h"
#include "stepconf/wrapper/iteration.h"
#include "stepconf/wrapper/line_forwarder.h"

namespace stepconf::wrapper {
namespace {

constexpr int kTrials = 20'000;

/// Changes a few bytes of a text, or takes, doubles or moves parts of it; the same for a seed.
class Mutator {
 public:
  std::string operator()(std::string text) {
    constexpr std::string_view kMarks = "\"\\{}[]:,0-9eE.u \n\t\0\xc3\xff$";
    const auto below = [this](std::size_t limit) {
      return random_() % std::max<std::size_t>(limit, 1);
    };
    for (std::size_t changes = 1 + below(4); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = below(text.size());
      const std::size_t length = below(std::min<std::size_t>(text.size() - at, 16)) + 1;
      switch (below(4)) {
        case 0:
          text[at] = kMarks[below(kMarks.size())];
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(below(text.size()), text.substr(at, length));
          break;
        default:
          text.insert(at, 1, kMarks[below(kMarks.size())]);
      }
    }
    return text;
  }

 private:
  std::mt19937 random_{20261123};
};

TEST(HostileText, IsABatchOrIsRefusedWhereItLooksLikeOne) {
  constexpr std::array<const char*, 3> kEvents{
      R"({"stepconf":{"processes":4,"errors":"collect"},"jobs":[1.5,"a\"]","é",{"x":[1,{}]},[],true,null]})",
      R"({"jobs":[{"job":[1]},{"job":{"a":"b"}}],"stepconf":{"processes":1,"boxed":true,"weights":[1,2.5],"batch":1,"size":2,"step":"s"}})",
      R"({"stepconf":{"processes":2,"idempotent":true,"shared":{"input":{"a":1},"context":{"Execution":{"Id":"e"}}},"state":{"Task":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$.a[0]"},"Retry":[{"ErrorEquals":["States.ALL"]}],"End":true}}},"jobs":[{"a":[1]}]})"};
  Mutator mutate;
  int batches = 0;
  for (int i = 0; i < kTrials; ++i) {
    const std::string event = mutate(kEvents[static_cast<std::size_t>(i) % kEvents.size()]);
    try {
      const auto batch = parse_batch(event);
      if (!batch) continue;
      ++batches;
      for (const std::string_view job : batch->jobs) EXPECT_TRUE(Json::accept(job)) << event;
      if (batch->state) Iteration::parse(*batch->state, "state");
    } catch (const InvalidInput& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
    }
  }
  EXPECT_GT(batches, kTrials / 100);
}

TEST(HostileText, NestedWithoutEndIsCutWithoutRecursion) {
  constexpr std::size_t kDepth = 200'000;
  const std::string deep = std::string(kDepth, '[') + std::string(kDepth, ']');
  const std::string event = R"({"stepconf":{"processes":1},"jobs":[)" + deep + "]}";
  const auto batch = parse_batch(event);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->jobs.at(0).size(), deep.size());
  EXPECT_THROW(parse_batch(R"({"stepconf":{"processes":1,"state":)" + deep + R"(},"jobs":[]})"),
               InvalidInput);
  EXPECT_EQ(as_job_outcome({.body = deep}).body, deep);
}

TEST(HostileText, IsALineOfALog) {
  Mutator mutate;
  for (int i = 0; i < kTrials; ++i) {
    const std::string line =
        mutate(R"( {"level":"INFO","message":"a \"b\"","n":{"job":1}})") + "\n";
    const std::string marked = mark_line(line, 7, true);
    EXPECT_TRUE(marked.ends_with('\n'));
    if (marked.starts_with("[job 7] ")) {
      EXPECT_EQ(marked.substr(8), line);
    } else {
      EXPECT_TRUE(Json::accept(marked)) << marked;
      EXPECT_TRUE(Json::parse(marked).contains("job")) << marked;
    }
  }
}

TEST(HostileText, IsACommandLineOrIsRefused) {
  Mutator mutate;
  for (int i = 0; i < kTrials; ++i) {
    try {
      split_words(mutate(R"(run 'a b' "c \" d" e\ f ''g)"));
    } catch (const InvalidInput& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
    }
  }
}

}  // namespace
}  // namespace stepconf::wrapper
