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
    platform::LargePayloads platform(fake_, store_, url(), kMostEventBytes + place().size());
    platform.start({.id = 1, .function = "f", .memory = {}, .payload = payload});
    return *platform.wait_next(Seconds{100});
  }

  // What is inserted into each batch.
  std::string place() const { return R"("objects":")" + url() + R"(",)"; }

  static constexpr std::size_t kMostEventBytes = 60;
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

TEST_F(LargePayloadsTest, CountWhatTheyInsertIntoAnEvent) {
  bool by_reference = false;
  fake_.functions["f"] = [&by_reference](const Json& event) {
    by_reference = event["jobs"].is_object();
    return FakeAnswer{.payload = {1}};
  };
  const std::string event = R"({"stepconf":{"processes":1},"jobs":[""]})";
  const auto call_with = [&](std::size_t bytes) {
    call(std::string(event).insert(event.size() - 3, std::string(bytes - event.size(), 'x')));
  };
  call_with(kMostEventBytes);
  EXPECT_FALSE(by_reference);
  call_with(kMostEventBytes + 1);
  EXPECT_TRUE(by_reference);
}

TEST_F(LargePayloadsTest, KeepTheResultWhereAnObjectCannotBeRemoved) {
  fake_.functions["f"] = [](const Json& event) {
    const auto jobs = std::get<std::filesystem::path>(
        objects::locate(event["jobs"]["object"].get<std::string>()));
    std::filesystem::remove(jobs);
    std::filesystem::create_directories(jobs / "in its place");
    return FakeAnswer{.payload = {1}};
  };
  const Json jobs{std::string(60, 'x')};
  EXPECT_EQ(call(R"({"stepconf":{"processes":1},"jobs":)" + jobs.dump() + "}").payload, "[1]");
}

TEST_F(LargePayloadsTest, NeitherReadNorRemoveWhatAFunctionNames) {
  store_.write(url() + "/mine/x", "[7]");
  const std::string others = url() + "-of-others";
  store_.write(others, "[8]");
  const auto answer_with = [this](const std::string& object) {
    fake_.functions["f"] = [object](const Json&) {
      return FakeAnswer{.payload = {{"stepconf", {{"object", object}, {"bytes", 3}}}}};
    };
  };
  const auto reference = [](const std::string& object) {
    return Json{{"stepconf", {{"object", object}, {"bytes", 3}}}}.dump();
  };
  answer_with(others);
  EXPECT_EQ(call(R"({"stepconf":{"processes":1},"jobs":[1]})").payload, reference(others));
  answer_with(url() + "/mine/x");
  EXPECT_EQ(call(R"({"no":"batch"})").payload, reference(url() + "/mine/x"));
  EXPECT_EQ(store_.read(url() + "/mine/x"), "[7]");
  EXPECT_EQ(store_.read(others), "[8]");
  store_.remove(others);
}

TEST_F(LargePayloadsTest, LeaveOtherEventsAlone) {
  fake_.functions["f"] = [](const Json& event) { return FakeAnswer{.payload = event}; };
  EXPECT_EQ(call(R"({"a":"b"})").payload, R"({"a":"b"})");
}

}  // namespace
}  // namespace stepconf::executor
