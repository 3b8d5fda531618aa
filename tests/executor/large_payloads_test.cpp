#include "stepconf/platform/large_payloads.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "stepconf/base/file.h"
#include "tests/executor/fake_platform.h"

namespace stepconf::executor {
namespace {

class LargePayloadsTest : public testing::Test {
 protected:
  LargePayloadsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "payloads-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LargePayloadsTest() override { std::filesystem::remove_all(folder_); }

  std::string url() const { return objects::file_url(folder_); }
  bool nothing_is_left() const { return std::filesystem::is_empty(folder_); }

  platform::Completion call(const std::string& payload) {
    platform::LargePayloads platform(fake_, store_, url(), 60);
    platform.start({.id = 1, .function = "f", .memory = {}, .payload = payload});
    return *platform.wait_next(Seconds{100});
  }

  objects::ObjectStore store_{objects::store_options()};
  FakePlatform fake_;

 private:
  std::filesystem::path folder_;
};

TEST_F(LargePayloadsTest, SayWhereLargeResultsGo) {
  Json seen;
  fake_.functions["f"] = [&seen](const Json& event) {
    seen = event;
    return FakeAnswer{.payload = {1}};
  };
  EXPECT_EQ(call(R"({"stepconf":{"processes":1},"jobs":[1]})").payload, "[1]");
  EXPECT_EQ(seen, (Json{{"stepconf", {{"processes", 1}, {"objects", url()}}}, {"jobs", {1}}}));
}

TEST_F(LargePayloadsTest, HandOverLargeJobsAsAnObjectWhileTheyAreServed) {
  const Json jobs{std::string(40, 'x'), 2};
  fake_.functions["f"] = [&](const Json& event) {
    EXPECT_EQ(event["stepconf"]["processes"], 3);
    EXPECT_EQ(event["stepconf"]["objects"], url());
    EXPECT_EQ(Json::parse(store_.read(event["jobs"]["object"].get<std::string>())), jobs);
    return FakeAnswer{.payload = {1, 2}};
  };
  EXPECT_EQ(call(R"({"stepconf":{"processes":3},"jobs":)" + jobs.dump() + "}").payload, "[1,2]");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(LargePayloadsTest, ReadTheResultThatCameAsAnObject) {
  store_.write(url() + "/x/results.json", "[7]");
  fake_.functions["f"] = [this](const Json&) {
    return FakeAnswer{
        .payload = {{"stepconf", {{"object", url() + "/x/results.json"}, {"bytes", 3}}}}};
  };
  EXPECT_EQ(call(R"({"stepconf":{"processes":1},"jobs":[1]})").payload, "[7]");
  EXPECT_FALSE(std::filesystem::exists(
      std::get<std::filesystem::path>(objects::locate(url() + "/x/results.json"))));
}

TEST_F(LargePayloadsTest, FailWhereTheResultIsNotThere) {
  fake_.functions["f"] = [this](const Json&) {
    return FakeAnswer{.payload = {{"stepconf", {{"object", url() + "/nobody"}, {"bytes", 3}}}}};
  };
  const auto completion = call(R"({"stepconf":{"processes":1},"jobs":[1]})");
  EXPECT_EQ(completion.status, "StepConf.ObjectUnavailable");
  EXPECT_NE(completion.error_message.find("/nobody"), std::string::npos);
}

TEST_F(LargePayloadsTest, LeaveOtherEventsAlone) {
  fake_.functions["f"] = [](const Json& event) { return FakeAnswer{.payload = event}; };
  EXPECT_EQ(call(R"({"a":"b"})").payload, R"({"a":"b"})");
}

}  // namespace
}  // namespace stepconf::executor
