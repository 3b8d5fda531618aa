#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/base/json.h"
#include "stepconf/base/suggest.h"
#include "stepconf/base/units.h"

namespace stepconf {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Duration, TakesUnitsFromMillisecondsToDays) {
  EXPECT_DOUBLE_EQ(parse_duration("250ms", "slo").count(), 0.25);
  EXPECT_DOUBLE_EQ(parse_duration("1.5s", "slo").count(), 1.5);
  EXPECT_DOUBLE_EQ(parse_duration("2m", "slo").count(), 120);
  EXPECT_DOUBLE_EQ(parse_duration("3h", "slo").count(), 10'800);
  EXPECT_DOUBLE_EQ(parse_duration("14d", "slo").count(), 1'209'600);
}

TEST(Duration, RefusesWhatHasNoUnitOrIsNegative) {
  for (const char* text :
       {"", "20", "s", "20 s", "20w", "-1s", "nans", "infs", "1e999s", "0x10s"}) {
    EXPECT_THROW(parse_duration(text, "slo"), InvalidInput) << text;
  }
  EXPECT_EQ(message_of([] { parse_duration("20", "--slo"); }),
            "--slo is \"20\"; write a number and ms, s, m, h or d, for example 250ms, 20s or 1.5m");
}

TEST(Duration, IsWrittenWithThreeDigits) {
  EXPECT_EQ(format_duration(Seconds(0.00432)), "4.32 ms");
  EXPECT_EQ(format_duration(Seconds(17.26)), "17.3 s");
  EXPECT_EQ(format_duration(Seconds(125)), "2 m 05 s");
  EXPECT_EQ(format_duration(Seconds(25e-6)), "25 us");
  EXPECT_EQ(format_duration(Seconds(0)), "0 s");
  EXPECT_EQ(format_duration(Seconds(1e18)), "1e+18 s");
}

TEST(Json, NamesLineAndColumnOfWhatIsWrong) {
  const std::string message = message_of([] { parse_json("{\n  \"a\": ]\n}", "x.json"); });
  EXPECT_EQ(message.substr(0, 12), "x.json:2:8: ") << message;
}

TEST(Json, NamesTheLineOfAFileThatHasAValueALine) {
  const auto message = [](const char* text) {
    return message_of([&] { parse_json_line(text, "x.jsonl", 7); });
  };
  EXPECT_EQ(message("{\"a\": ]").substr(0, 13), "x.jsonl:7:7: ") << message("{\"a\": ]");
  EXPECT_EQ(message(R"({"a": 1, "a": 2})"), "x.jsonl:7: $: member \"a\" occurs twice; keep one");
  EXPECT_EQ(parse_json_line("[1]\r", "x.jsonl", 7), Json::array({1}));
}

TEST(Json, RefusesAMemberThatOccursTwice) {
  EXPECT_EQ(message_of([] { parse_json(R"({"States": {"A": 1, "A": 2}})", "x.json"); }),
            "x.json: $.States: member \"A\" occurs twice; keep one");
}

TEST(Json, RefusesBottomlessNesting) {
  EXPECT_THROW(parse_json(std::string(100000, '['), "x"), InvalidInput);
  EXPECT_NO_THROW(parse_json(std::string(200, '[') + std::string(200, ']'), "x"));
}

TEST(Suggest, FindsTheNearestKnownWord) {
  const std::vector<std::string_view> known = {"workflow", "functions", "models"};
  EXPECT_EQ(nearest("worflow", known), "workflow");
  EXPECT_EQ(nearest("function", known), "functions");
  EXPECT_EQ(nearest("wrok", std::vector<std::string_view>{"work"}), "work");
  EXPECT_EQ(nearest("zebra", known), "");
}

TEST(File, ComesBackAsWritten) {
  const auto folder = std::filesystem::path(testing::TempDir()) /
                      ("stepconf_file_test_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  write_file(folder / "deep" / "file", std::string("a\0b", 3));
  EXPECT_EQ(read_file(folder / "deep" / "file"), std::string("a\0b", 3));
  write_file(folder / "deep" / "file", "new");
  EXPECT_EQ(read_file(folder / "deep" / "file"), "new");
  std::filesystem::remove_all(folder);
}

TEST(File, IsWrittenThroughALinkAndNeverReplacesADevice) {
  const auto folder = std::filesystem::path(testing::TempDir()) /
                      ("stepconf_link_test_" + std::to_string(::getpid()));
  write_file(folder / "file", "old");
  std::filesystem::create_symlink("file", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_EQ(read_file(folder / "file"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  std::filesystem::create_symlink("/dev/null", folder / "null");
  write_file(folder / "null", "gone");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "null"));
  EXPECT_THROW(write_file(folder, "a folder"), Error);
  std::filesystem::remove_all(folder);
}

TEST(File, MayBeAbsentWhereThatIsNoError) {
  EXPECT_EQ(read_if_there("/nowhere/at all"), std::nullopt);
  // What the kernel answers of a process that has ended, a folder answers too: it opens, and cannot
  // be read.
  EXPECT_EQ(read_if_there("/proc"), std::nullopt);
}

TEST(File, NamesThePathThatCannotBeRead) {
  EXPECT_EQ(message_of([] { read_file("/no/such/file"); }),
            "/no/such/file: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace stepconf
